"""A real web server on loopback whose pages a test writes itself, and which can misbehave."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        site = self.server.site
        site.hits.append(self.path)
        site.headers.append((self.path, dict(self.headers)))
        answer = site.answers.get(self.path)
        if answer is not None:
            answer(self)
        elif self.path == "/robots.txt":
            self.reply(404, b"none")
        else:
            self.reply(404, b"no such page")

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what these tests are about."""


@dataclass
class Site:
    server: _Server
    answers: dict[str, Answer] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)
    headers: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def add(
        self,
        path: str,
        body: str | bytes = "",
        media: str = "text/html; charset=utf-8",
        status: int = 200,
        **headers: str,
    ) -> str:
        """Serve a body under a path; underscores in header names are hyphens. Answers the URL."""
        data = body.encode() if isinstance(body, str) else body
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = lambda handler: handler.reply(status, data, {"Content-Type": media, **extra})
        return self.url(path)

    def page(self, path: str, text: str = "A page.", **headers: str) -> str:
        return self.add(path, f"<!doctype html><html><body><p>{text}</p></body></html>", **headers)

    def feed(self, path: str, *links: str, **headers: str) -> str:
        items = "".join(f"<item><title>T</title><link>{link}</link></item>" for link in links)
        return self.add(path, f'<rss version="2.0"><channel>{items}</channel></rss>', "application/rss+xml", **headers)

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        return self.add(path, "moved", status=status, Location=target)

    def conditional(self, path: str, body: str, etag: str, media: str = "text/html") -> str:
        def answer(handler: Handler) -> None:
            if handler.headers.get("If-None-Match") == etag:
                handler.reply(304, b"", {"ETag": etag})
            else:
                handler.reply(200, body.encode(), {"ETag": etag, "Content-Type": media})

        self.answers[path] = answer
        return self.url(path)

    def asked(self, path: str) -> int:
        return self.hits.count(path)


def endless(handler: Handler) -> None:
    """Sends as fast as it can, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Connection", "close")
    handler.end_headers()
    while True:
        handler.wfile.write(b"<p>more</p>" * 1000)


def drip(handler: Handler) -> None:
    """Sends a byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Connection", "close")
    handler.end_headers()
    while not handler.server.site.stopped.wait(0.1):
        handler.wfile.write(b".")
        handler.wfile.flush()


def reset(handler: Handler) -> None:
    """Breaks the connection off instead of answering."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RD)
    handler.rfile.close()
    handler.connection.close()


def short(handler: Handler) -> None:
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"<p>cut")
    handler.close_connection = True


@contextlib.contextmanager
def serving(address: str = "127.0.0.1") -> Iterator[Site]:
    server = _Server((address, 0), Handler)
    server.site = Site(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.site.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
