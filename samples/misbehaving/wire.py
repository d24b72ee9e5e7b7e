"""What a misbehaving server can do with a connection: pieces of answers, from well-formed to none at all."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

PAGE = b"<!doctype html><html lang=en><head><title>A page</title></head><body><p>All is well here.</p></body></html>"
HTML = "text/html; charset=utf-8"
FEED = "application/rss+xml"
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was read, and the connection on which it wants its answer."""

    connection: socket.socket
    host: str
    """As the request names it, without port."""
    path: str
    """Path with query."""
    headers: dict[str, str]
    """By name in lower case."""
    base: str
    """``http://host:port`` of the request."""
    stopped: threading.Event

    def send(self, data: bytes) -> None:
        """Send bytes as they are; raises OSError where the client has hung up."""
        self.connection.sendall(data)

    def reply(self, body: bytes = PAGE, status: str = "200 OK", media: str = HTML, **headers: str) -> None:
        """Send a well-formed answer; underscores in header names are hyphens."""
        named = {"Content-Type": media, "Content-Length": str(len(body)), "Connection": "close"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.send(head(status, *(f"{name}: {value}" for name, value in named.items())) + body)

    def reset(self) -> None:
        """Break the connection off, so that the client sees a reset and not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def rest(self, seconds: float = 3600.0) -> bool:
        """Do nothing for some time; true where the server was stopped meanwhile."""
        return self.stopped.wait(seconds)


Answer = Callable[[Exchange], None]


def head(status: str, *lines: str) -> bytes:
    """Status line and headers, with the empty line that ends them."""
    return ("\r\n".join([f"HTTP/1.1 {status}", *lines]) + "\r\n\r\n").encode("latin-1")


def replies(body: bytes = PAGE, status: str = "200 OK", media: str = HTML, **headers: str) -> Answer:
    """A well-formed answer, always the same."""
    return lambda exchange: exchange.reply(body, status, media, **headers)


def sends(*parts: bytes) -> Answer:
    """These bytes, then the end of the connection."""

    def answer(exchange: Exchange) -> None:
        for part in parts:
            exchange.send(part)

    return answer


def sends_and_waits(*parts: bytes) -> Answer:
    """These bytes, then nothing more, and the connection stays open."""

    def answer(exchange: Exchange) -> None:
        sends(*parts)(exchange)
        exchange.rest()

    return answer


def sends_and_resets(*parts: bytes) -> Answer:
    """These bytes, then a reset."""

    def answer(exchange: Exchange) -> None:
        sends(*parts)(exchange)
        exchange.rest(0.2)  # a reset takes with it what the client has not read yet
        exchange.reset()

    return answer


def drips(first: bytes, each: bytes = b".", seconds: float = 1.0) -> Answer:
    """These bytes, then a little now and then, for ever."""

    def answer(exchange: Exchange) -> None:
        exchange.send(first)
        while not exchange.rest(seconds):
            exchange.send(each)

    return answer


def floods(first: bytes, each: Iterable[bytes] | None = None) -> Answer:
    """These bytes, then others as fast as the client takes them, for ever."""

    def answer(exchange: Exchange) -> None:
        exchange.send(first)
        for part in each if each is not None else endless():
            if exchange.stopped.is_set():
                return
            exchange.send(part)

    return answer


def endless(piece: bytes = b"<p>more</p>" * 1000) -> Iterator[bytes]:
    """A piece, again and again."""
    while True:
        yield piece


class Numbered:
    """``header-1: x``, ``header-2: x``, …: each use begins anew."""

    def __iter__(self) -> Iterator[bytes]:
        return (b"".join(b"X-Flood-%d: %s\r\n" % (100 * n + i, b"x" * 100) for i in range(100)) for n in count())


def redirects(location: str, status: str = "302 Found") -> Answer:
    """Leads elsewhere; ``{base}`` in the location is the server's own address."""
    return lambda exchange: exchange.reply(b"moved", status, Location=location.replace("{base}", exchange.base))


@contextlib.contextmanager
def hung_up() -> Iterator[None]:
    """Pass over that the client has hung up: that is what it should do here."""
    with contextlib.suppress(OSError, ValueError):
        yield
