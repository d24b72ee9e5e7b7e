"""Unpacks what servers pack, up to a size and a ratio: a bomb is named, not unpacked."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import brotli
from scrapy.responsetypes import responsetypes

from crawlers.verdicts import failed, filtered

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_RATIO = 200
"""A body that unpacks to more than this many times its size is a bomb; pages reach 20, repetitive tables 100."""
FREE_BYTES = 500_000
"""Size up to which the ratio does not count."""
MOST_LAYERS = 3
"""Encodings one in the other; two happen, where a server packs what an application has packed."""
MOST_MEMBERS = 1000
"""Parts that a gzip stream may be put together of."""
PIECE = 1 << 17
Pieces = Iterator[bytes]


class NotPackedError(ValueError):
    """Raised for bytes that are not what they are said to be, or end in the middle."""


class TooMuchError(ValueError):
    """Raised where unpacking is given up; ``reason`` is ``too-large`` or ``bomb``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def unpack(body: bytes, encodings: list[str], most: int, wire: int | None = None) -> bytes:
    """Take the encodings off a body, the last one first, as Content-Encoding lists them.

    `most` bounds the bytes of each layer; `wire` is what the ratio is measured against (none: the size of `body`).
    Raises TooMuchError, NotPackedError; KeyError for an encoding that is not known.
    """
    wire = wire or len(body)
    for encoding in reversed(encodings):
        body = _bounded(UNPACKERS[encoding](body), most, wire)
    return body


def _bounded(pieces: Pieces, most: int, wire: int) -> bytes:
    whole, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise TooMuchError("too-large", f"{wire} bytes unpack to more than {most}")
        if size > max(FREE_BYTES, MOST_RATIO * wire):
            raise TooMuchError("bomb", f"{wire} bytes unpack to more than {MOST_RATIO} times as many")
        whole.append(piece)
    return b"".join(whole)


def _gunzip(body: bytes) -> Pieces:
    for _ in range(MOST_MEMBERS):
        inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
        yield from _inflated(inflater, body)
        body = inflater.unused_data.lstrip(b"\0")
        if not body.startswith(b"\x1f\x8b"):
            return  # what follows the last part is padding; browsers pass over it, too
    raise NotPackedError(f"more than {MOST_MEMBERS} parts")


def _inflate(body: bytes) -> Pieces:
    # RFC 9110 means zlib's format; some servers send what is inside it. Its first two bytes are divisible by 31.
    is_zlib = len(body) > 1 and body[0] & 15 == 8 and (body[0] * 256 + body[1]) % 31 == 0
    return _inflated(zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS), body)


def _inflated(inflater: zlib._Decompress, body: bytes) -> Pieces:
    try:
        yield inflater.decompress(body, PIECE)
        while inflater.unconsumed_tail and not inflater.eof:
            yield inflater.decompress(inflater.unconsumed_tail, PIECE)
        yield inflater.flush(PIECE) if not inflater.eof else b""
    except zlib.error as err:
        raise NotPackedError(str(err)) from err
    if not inflater.eof:
        raise NotPackedError("it ends in the middle")


def _unbrotli(body: bytes) -> Pieces:
    unpacker = brotli.Decompressor()
    try:
        yield unpacker.process(body, output_buffer_limit=PIECE)
        while not unpacker.is_finished() and not unpacker.can_accept_more_data():
            yield unpacker.process(b"", output_buffer_limit=PIECE)
    except brotli.error as err:
        raise NotPackedError(str(err)) from err
    if not unpacker.is_finished():
        raise NotPackedError("it ends in the middle")


def _unzstd(body: bytes) -> Pieces:
    # The format lets a frame ask for a window of gigabytes; RFC 9659 grants 8 MiB.
    unpacker = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})
    try:
        yield unpacker.decompress(body, PIECE)
        while not unpacker.eof and not unpacker.needs_input:
            yield unpacker.decompress(b"", PIECE)
    except (zstd.ZstdError, EOFError) as err:
        raise NotPackedError(str(err)) from err
    if not unpacker.eof:
        raise NotPackedError("it ends in the middle")


UNPACKERS: dict[str, Callable[[bytes], Pieces]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}


class UnpackingMiddleware:
    """Asks for packed answers and unpacks them; stands for Scrapy's own one, which has no bound but the size.

    An encoding that nobody knows (``utf-8`` is frequent) is passed over, as browsers do: the content then says what the
    body is.
    """

    def __init__(self, most: int) -> None:
        self._most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> UnpackingMiddleware:
        """Scrapy's way to build it."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what can be unpacked."""
        request.headers.setdefault("Accept-Encoding", "gzip, deflate, br, zstd")

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer without its encodings; raises Refused: ``too-large``, ``bomb``, ``bad-encoding``."""
        told = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
        encodings = [one for one in (part.strip() for part in told.split(",")) if one in UNPACKERS]
        if not encodings or not response.body:
            return response
        if len(encodings) > MOST_LAYERS:
            raise failed("bad-encoding", f"packed {len(encodings)} times")
        try:
            body = unpack(response.body, encodings, self._most)
        except TooMuchError as err:
            raise filtered(err.reason, str(err)) from err
        except NotPackedError as err:
            raise failed("bad-encoding", f"{', '.join(encodings)}: {err}") from err
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return response.replace(cls=kind, body=body, headers=headers)
