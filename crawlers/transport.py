"""Scrapy's HTTP with bounds on what comes before a body: a server that never ends its headers is named, not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.web._newclient import STATUS, ParseError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request
    from twisted.web.iweb import IResponse

HEAD_BYTES = 131_072
"""Most bytes of status line and headers together, those of answers 1xx included; browsers stop at a quarter million."""
_START = b"HTTP/"


class HeaderFloodError(Exception):
    """Raised where a server goes on and on before the body of its answer begins."""


class _BoundedParser(_LenientHTTPClientParser):
    """Reads status line and headers up to `HEAD_BYTES`, and no answer that does not begin as one of HTTP."""

    head_bytes = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.state == STATUS and not self._everReceivedData and not _START.startswith(data[: len(_START)]):
            raise ParseError("not an answer of HTTP/1", data[:40])  # type: ignore[no-untyped-call]
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self._bound(len(line) + 2)
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        raise HeaderFloodError(f"a line of more than {self.MAX_LENGTH} bytes")

    def _bound(self, more: int) -> None:
        self.head_bytes += more
        if self.head_bytes > HEAD_BYTES:
            raise HeaderFloodError(f"more than {HEAD_BYTES} bytes of headers")


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Request) -> Deferred[IResponse]:
        answer = super().request(request)
        # Twisted names the parser's class in its code; Scrapy changes it in the same way.
        self._parser.__class__ = _BoundedParser
        return answer


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:  # noqa: N802
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https; connections read with bounds."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
