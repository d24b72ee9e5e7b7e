"""Bodies that unpack to more than they are, and statuses that are not 200."""

from __future__ import annotations

import gzip
import sys
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import brotli

from samples.misbehaving.case import Case
from samples.misbehaving.wire import PAGE, Answer, head, replies, sends_and_waits

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BOMB_BYTES = 12_000_000
"""What a bomb unpacks to, in bytes, if nobody stops it."""
SMALL_BYTES = 900_000
"""Unpacks to less than a body may have in the suite, and is no bomb."""

BOMBS = ("gzip", "deflate", "br", "zstd", "gzip, gzip", "br, gzip, zstd")


@cache
def bomb(encodings: str, size: int = BOMB_BYTES) -> bytes:
    """A page of `size` bytes, packed by these encodings in their order."""
    body = PAGE + b"0" * (size - len(PAGE))
    for encoding in encodings.split(", "):
        body = {
            "gzip": gzip.compress,
            "deflate": zlib.compress,
            "br": lambda plain: brotli.compress(plain, quality=4),
            "zstd": zstd.compress,
        }[encoding](body)
    return body


def packed(encodings: str, size: int = BOMB_BYTES) -> Answer:
    """The bomb; it is made when it is asked for."""
    return lambda exchange: exchange.reply(bomb(encodings, size), Content_Encoding=encodings)


def later(value: str, status: str = "429 Too Many Requests") -> Answer:
    """Asks to be left alone."""
    return replies(b"later", status, Retry_After=value)


def in_hours(hours: int) -> str:
    """A time to come, as HTTP writes it."""
    return format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)


ENCODINGS = (
    *(
        Case(f"bomb-{one.replace(', ', '-in-')}", f"filtered {reason}", packed(one))
        for one, reason in zip(BOMBS, ["too-large"] * 2 + ["bomb"] * 4, strict=True)
    ),
    Case("bomb-by-ratio", "filtered bomb", packed("gzip, br", SMALL_BYTES)),
    Case("packed-ten-times", "failed bad-encoding", packed(", ".join(["gzip"] * 10), 20_000)),
    Case("packed-twice", "fetched", packed("gzip, br", 5_000)),
    Case("gzip-garbage", "failed bad-encoding", replies(b"\x1f\x8b\x08lorem", Content_Encoding="gzip")),
    Case("gzip-that-is-none", "failed bad-encoding", replies(PAGE, Content_Encoding="gzip")),
    Case("gzip-cut-off", "failed bad-encoding", replies(gzip.compress(PAGE)[:-12], Content_Encoding="gzip")),
    Case("brotli-garbage", "failed bad-encoding", replies(b"lorem ipsum", Content_Encoding="br")),
    Case("zstd-garbage", "failed bad-encoding", replies(b"lorem ipsum", Content_Encoding="zstd")),
    Case("deflate-garbage", "failed bad-encoding", replies(b"\xff\xfe\xfd", Content_Encoding="deflate")),
    Case("deflate-raw", "fetched", replies(zlib.compress(PAGE)[2:-4], Content_Encoding="deflate")),
    Case("encoding-unknown", "fetched", replies(PAGE, Content_Encoding="utf-8")),
    Case("encoding-empty", "fetched", replies(PAGE, Content_Encoding="")),
)
STATUSES = (
    Case("status-204", "failed status-204", replies(b"", "204 No Content")),
    Case("status-205", "failed status-205", replies(b"", "205 Reset Content")),
    Case("status-206", "failed status-206", replies(PAGE, "206 Partial Content", Content_Range="bytes 0-9/99")),
    Case("status-300", "failed status-300", replies(PAGE, "300 Multiple Choices")),
    Case("status-304-unasked", "failed status-304", replies(b"", "304 Not Modified")),
    Case("status-401", "failed status-401", replies(PAGE, "401 No", WWW_Authenticate='Basic realm="SECRET-3"')),
    Case("status-403", "failed status-403", replies(PAGE, "403 Forbidden")),
    Case("status-404", "failed status-404", replies(PAGE, "404 Not Found")),
    Case("status-410", "failed status-410", replies(PAGE, "410 Gone")),
    Case("status-418", "failed status-418", replies(PAGE, "418 I'm a teapot")),
    Case("status-500", "failed status-500", replies(PAGE, "500 Internal Server Error")),
    Case("status-502", "failed status-502", replies(PAGE, "502 Bad Gateway")),
    Case("status-503", "failed status-503", replies(PAGE, "503 Service Unavailable")),
    Case("status-503-stalled", "unreachable timeout", sends_and_waits(head("503 No", "Content-Length: 99"))),
    Case("later-in-a-second", "failed status-429", later("1")),
    Case(
        "later-by-date",
        "failed status-429",
        later(in_hours(5)),
    ),
    Case("later-in-years", "failed status-429", later("999999999")),
    Case("later-in-more-than-floats-hold", "failed status-503", later("9" * 400, "503 No")),
    Case("later-garbage", "failed status-429", later("lorem ipsum")),
    Case("later-negative", "failed status-429", later("-5")),
    Case("later-no-digit", "failed status-429", later("\xb2")),
    Case("later-in-a-year-that-is-none", "failed status-429", later("Mon, 01 Jan 99999 00:00:00 GMT")),
)
CONTENTS = (
    Case("nul-bytes", "fetched", replies(PAGE.replace(b"well", b"we\x00ll\x00\x00") + b"\x00" * 2000)),
    Case("charset-unknown", "fetched", replies(PAGE, media="text/html; charset=klingon")),
    Case("charset-wrong", "fetched", replies(PAGE + b"\xe9t\xe9 \xff\xfe\xff")),
    Case("media-garbage", "fetched", replies(PAGE, media="lorem/ipsum; =;;")),
    Case("binary-as-html", "filtered type", replies(b"\x89PNG\r\n\x1a\n\x00\x00" * 9)),
    Case("film", "filtered type", replies(b"\x00" * 1000, media="video/mp4")),
    Case("deep-html", "fetched", replies(b"<html><body>" + b"<div>" * 50_000)),
    Case("endless-attribute", "fetched", replies(PAGE + b"<a href='" + b"x" * 500_000)),
    Case("cookies", "fetched", replies(Set_Cookie="session=SECRET-1; Secure")),
    Case("credentials-in-url", "fetched", replies(), url="{user}/"),
    Case("credentials-in-bad-url", "filtered not-a-url", replies(), url="http://user:SECRET-2@lorem.test:99999/"),
    Case("host-missing", "filtered not-a-url", replies(), url="http://user:SECRET-2@/lorem"),
)  # fmt: skip
BODIES = (*ENCODINGS, *STATUSES, *CONTENTS)
