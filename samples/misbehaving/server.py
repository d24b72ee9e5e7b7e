"""Plays the cases on loopback: one host a case, a thread a connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from samples.misbehaving.case import Case
from samples.misbehaving.wire import Exchange, head, hung_up

MOST_HEAD = 65_536


@dataclass
class Misbehaving:
    """The running server."""

    port: int
    cases: Mapping[str, Case]
    """By host name; any other host is a healthy site."""
    tls_port: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    """Requests so far, by host and path."""
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, case: Case, host: str) -> str:
        """What a crawl asks for to meet a case at its host."""
        base = f"http://{host}:{self.port}"
        return case.url.format(
            base=base,
            tls=f"https://{host}:{self.tls_port}",
            plain_tls=f"https://{host}:{self.port}",
            user=f"http://user:SECRET-2@{host}:{self.port}",
            closed=f"http://{host}:9",
        )

    def answer(self, exchange: Exchange) -> None:
        """Play the case of the host that was asked."""
        self.hits[exchange.host + exchange.path] += 1
        case = self.cases.get(exchange.host)
        if exchange.path == "/robots.txt":
            if case is None or case.robots is None:
                exchange.reply(b"none", "404 Not Found")
            else:
                case.robots(exchange)
        elif case is None:
            exchange.reply()
        else:
            case.answer(exchange)

    def converse(self, connection: socket.socket, context: ssl.SSLContext | None = None) -> None:
        """Read one request of a connection and answer it."""
        scheme, port = ("http", self.port) if context is None else ("https", self.tls_port)
        connection.settimeout(30)
        with (
            connection,
            hung_up(),
            context.wrap_socket(connection, server_side=True) if context else connection as talking,
        ):
            received = b""
            while b"\r\n\r\n" not in received and len(received) < MOST_HEAD:
                piece = talking.recv(8192)
                if not piece:
                    return
                received += piece
                if context is None and received.startswith(b"\x16\x03"):
                    talking.sendall(head("400 Bad Request", "Content-Length: 0"))  # as web servers answer to TLS
                    return
            first, *lines = received.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
            path = first.split(" ")[1]
            self.answer(Exchange(talking, host, path, headers, f"{scheme}://{host}:{port}", self.stopped))


@contextlib.contextmanager
def serving(
    addresses: Iterable[str],
    cases: Mapping[str, Case],
    *,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Misbehaving]:
    """Serve the cases, by host name, at every one of the addresses; `tls`: on a second port in TLS, too.

    Raises OSError where a port is taken.
    """
    server = Misbehaving(port, cases)
    threads: list[threading.Thread] = []
    with contextlib.ExitStack() as stack:
        for address in addresses:
            listening = stack.enter_context(socket.create_server((address, server.port), backlog=256))
            server.port = listening.getsockname()[1]
            threads.append(_accepting(server, listening, None))
        if tls is not None:
            secure = stack.enter_context(socket.create_server((address, 0), backlog=256))
            server.tls_port = secure.getsockname()[1]
            threads.append(_accepting(server, secure, tls))
        try:
            yield server
        finally:
            server.stopped.set()
            for thread in threads:
                thread.join()


def _accepting(server: Misbehaving, listening: socket.socket, context: ssl.SSLContext | None) -> threading.Thread:
    listening.settimeout(0.1)

    def accept() -> None:
        while not server.stopped.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = listening.accept()
                threading.Thread(target=server.converse, args=(connection, context), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    return thread
