"""WARC 1.1 records of what was asked and answered: a response or a revisit, and the request that led to it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from http import HTTPStatus
from io import BufferedWriter, BytesIO
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.contract import Stored

GZIP_LEVEL = 6
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
"""Profiles of revisit records (WARC 1.1, sections 6.7.2 and 6.7.3)."""

SECRET = frozenset(
    {
        b"set-cookie", b"set-cookie2", b"cookie", b"authorization", b"proxy-authorization", b"authentication-info",
        b"proxy-authentication-info", b"www-authenticate", b"proxy-authenticate", b"x-api-key", b"x-auth-token",
        b"x-csrf-token", b"x-xsrf-token",
    }
)  # fmt: skip
"""What could let somebody in; it is kept of neither side."""
UNTRUE = frozenset({b"content-encoding", b"transfer-encoding", b"content-length", b"trailer"})
"""The body is kept decoded and whole, so what said otherwise of an answer goes."""

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The request of an answer: its method and its headers as sent."""

    method: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Payload:
    """A response to archive: its decoded body, headers as received, and where they came from."""

    url: str
    status: int
    headers: Headers
    body: bytes
    digest: str
    """``sha256:<hex>`` of the body."""
    at: str
    address: str | None = None
    request: Asked | None = None
    stored: Stored | None = None
    """Where the archive holds the same payload already: then a revisit record is written, without the body."""
    size: int | None = None
    """Bytes of the body where `body` is left out."""
    rendered: str | None = None
    """What made the body of the answer by running its scripts; none: the body is what was sent."""


class RecordWriter:
    """Writes records into a WARC file, each a gzip member of its own."""

    def __init__(self, out: BufferedWriter) -> None:
        self._out = out
        # warcio calls `flush` at the end of each record, which ends the member.
        self._writer = WARCWriter(_Members(out), gzip=False, warc_version="1.1")

    def info(self, name: str, fields: dict[str, str]) -> None:
        """Write the warcinfo record that each file begins with."""
        self._writer.write_record(self._writer.create_warcinfo_record(name, fields))

    def capture(self, payload: Payload) -> int:
        """Write a response or revisit, and its request behind it; return the bytes of the former alone."""
        start = self._out.tell()
        answer = self._revisit(payload, payload.stored) if payload.stored else self._response(payload)
        self._writer.write_record(answer)
        length = self._out.tell() - start
        if payload.request is not None:
            self._writer.write_record(self._request(payload, payload.request, answer))
        return length

    def _response(self, payload: Payload) -> Any:
        about = _about(payload) | {"WARC-Payload-Digest": payload.digest}
        return self._writer.create_warc_record(
            payload.url,
            "response",
            payload=BytesIO(payload.body),
            length=len(payload.body),
            warc_headers_dict=about,
            http_headers=_http(payload),
        )

    def _revisit(self, payload: Payload, stored: Stored) -> Any:
        """A revisit says where its original lies, so that it is one seek away (the fields of Heritrix, and a length).

        An answer without a payload of its own (304) has no payload digest either.
        """
        not_modified = payload.status == HTTPStatus.NOT_MODIFIED
        about = _about(payload) | {
            "WARC-Profile": NOT_MODIFIED if not_modified else IDENTICAL,
            "WARC-Refers-To-Target-URI": stored.url,
            "WARC-Refers-To-Date": stored.at,
            "WARC-Refers-To-Filename": stored.file,
            "WARC-Refers-To-File-Offset": str(stored.offset),
            "WARC-Refers-To-File-Length": str(stored.length),
        }
        if not not_modified:
            about["WARC-Payload-Digest"] = payload.digest
        return self._writer.create_warc_record(
            payload.url, "revisit", warc_headers_dict=about, http_headers=_http(payload)
        )

    def _request(self, payload: Payload, asked: Asked, answer: Any) -> Any:
        parts = urlsplit(payload.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [("Host", parts.netloc.rpartition("@")[2]), *_open(asked.headers, SECRET)]
        about = {
            "WARC-Date": payload.at,
            "WARC-Concurrent-To": answer.rec_headers.get_header("WARC-Record-ID"),
        }
        http = StatusAndHeaders(f"{asked.method} {target} HTTP/1.1", headers, is_http_request=True)
        return self._writer.create_warc_record(payload.url, "request", warc_headers_dict=about, http_headers=http)


class _Members:
    """One gzip member after the other: `flush` ends one, the next `write` begins another."""

    def __init__(self, out: BufferedWriter) -> None:
        self._out = out
        self._gzip = _gzip()

    def write(self, data: bytes) -> None:
        self._out.write(self._gzip.compress(data))

    def flush(self) -> None:
        self._out.write(self._gzip.flush())
        self._gzip = _gzip()


def _gzip() -> Any:
    return zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)


def _about(payload: Payload) -> dict[str, str]:
    about = {"WARC-Date": payload.at}
    if payload.address:
        about["WARC-IP-Address"] = payload.address
    if payload.rendered:
        about["WARC-Rendered-By"] = payload.rendered
    return about


def _http(payload: Payload) -> StatusAndHeaders:
    headers = _open(payload.headers, SECRET | UNTRUE)
    if payload.status != HTTPStatus.NOT_MODIFIED:
        headers.append(("Content-Length", str(len(payload.body) if payload.size is None else payload.size)))
    try:
        status = f"{payload.status} {HTTPStatus(payload.status).phrase}"
    except ValueError:
        status = f"{payload.status} "
    return StatusAndHeaders(status, headers, protocol="HTTP/1.1")


def _open(headers: Headers, dropped: frozenset[bytes]) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers if name.lower() not in dropped]
