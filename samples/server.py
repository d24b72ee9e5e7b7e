"""Serve the three sample sites on loopback: ``python -m samples.server --edition 2``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from samples.site import HTML, Resource, Sites, build

HOST = "127.0.0.1"
NAMES = ("courier", "clusters", "table")


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a site has answered."""

    site: str
    path: str
    """Path with query."""
    status: int
    user_agent: str
    conditional: bool
    """True if it came with ``If-None-Match`` or ``If-Modified-Since``."""


@dataclass
class Server:
    """The running sites. Their addresses stay the same when the edition changes."""

    sites: Sites
    edition: int
    requests: list[Request] = field(default_factory=list)
    """Every request so far, in the order of the answers."""
    _resources: dict[int, dict[str, dict[str, Resource]]] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Base URL of the news site."""
        return self.sites.news_url

    def resource(self, site: str, path: str) -> Resource | None:
        """What a site answers for a path (with query) in the present edition; None: not found."""
        if self.edition not in self._resources:
            self._resources[self.edition] = build(self.sites, self.edition)
        return self._resources[self.edition][site].get(path)

    def paths(self, site: str) -> list[str]:
        """Every path of a site in the present edition."""
        self.resource(site, "/")
        return list(self._resources[self.edition][site])


@contextmanager
def serve(edition: int = 1, port: int = 0) -> Iterator[Server]:
    """Serve the sites while the context lasts: news on `port`, clusters and think tank on the two ports after it.

    ``port=0`` takes three free ports. Set `Server.edition` to move on to another edition at the same addresses.
    Raises OSError where a port is taken.
    """
    with ExitStack() as stack:
        listeners = [stack.enter_context(_Listener(name, port + i if port else 0)) for i, name in enumerate(NAMES)]
        server = Server(Sites(*(f"http://{HOST}:{listener.server_port}" for listener in listeners)), edition)
        for listener in listeners:
            listener.content = server
            thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(listener.shutdown)
        yield server


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    content: Server

    def __init__(self, site: str, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.site = site

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that is killed in the middle of an answer is an everyday event here, not worth a traceback.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    server_version = "PactwatchSamples/1"
    sys_version = ""
    # Head and body are two small packets; without this the second waits for the client's delayed acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        resource = self.server.content.resource(self.server.site, self.path)
        if resource is None:
            self._send(HTTPStatus.NOT_FOUND, Resource(_NOT_FOUND, HTML), body)
        elif self._is_known(resource):
            self._send(HTTPStatus.NOT_MODIFIED, resource, body=False)
        else:
            self._send(HTTPStatus.OK, resource, body)

    def _is_known(self, resource: Resource) -> bool:
        etags = self.headers.get("If-None-Match")
        if etags is not None:  # RFC 9110 13.2.2: where it is present, If-Modified-Since does not count
            return resource.etag is not None and resource.etag in [tag.strip() for tag in etags.split(",")]
        return resource.last_modified is not None and self.headers.get("If-Modified-Since") == resource.last_modified

    def _send(self, status: HTTPStatus, resource: Resource, body: bool) -> None:
        self._note(status)
        self.send_response(status)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", resource.media_type)
            self.send_header("Content-Length", str(len(resource.body)))
        if resource.etag:
            self.send_header("ETag", resource.etag)
        if resource.last_modified:
            self.send_header("Last-Modified", resource.last_modified)
        self.end_headers()
        if body:
            self.wfile.write(resource.body)

    def _note(self, status: HTTPStatus) -> None:
        conditional = bool({"if-none-match", "if-modified-since"} & {name.lower() for name in self.headers})
        agent = self.headers.get("User-Agent", "")
        self.server.content.requests.append(Request(self.server.site, self.path, status, agent, conditional))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing: `Server.requests` has it all."""


_NOT_FOUND = (
    b"<!doctype html><html lang=en><title>Not found</title><h1>Not found</h1><p>There is no such page.</p></html>"
)


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m samples.server", description=__doc__)
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1, help="1: first visit, 2: some days later")
    parser.add_argument("--port", type=int, default=8700, help="port of the news site; the other two follow it")
    options = parser.parse_args()
    # A shell that starts a program in the background has it ignore Ctrl-C; this one is ended by nothing else.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with serve(options.edition, options.port) as server:
            sys.stdout.write("\n".join(_addresses(server.sites)) + "\nCtrl-C ends it.\n")
            sys.stdout.flush()
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        return
    except OSError as err:
        raise SystemExit(f"port {options.port} or one of the two after it: {err}: choose another --port") from err


def _addresses(sites: Sites) -> list[str]:
    """One line for each site: what it is and where."""
    return [f"news      {sites.news_url}/", f"clusters  {sites.cluster_url}/", f"table     {sites.tank_url}/"]


if __name__ == "__main__":
    main()
