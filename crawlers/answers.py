"""What an HTTP answer says, as plain data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scrapy.http import Headers as ScrapyHeaders
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.linkextractors import LinkExtractor

from crawlers.contract import Stored
from crawlers.discovery import Link
from crawlers.ledger import now
from crawlers.media import declared
from crawlers.records import Asked, Headers, Payload

_LINKS = LinkExtractor(deny_extensions=(), unique=True)
_NAMES_FILE = re.compile(rb"\.(pdf|docx|pptx|odt|odp|rtf|eml)", re.IGNORECASE)

_MAY_PROMISE = (b"download", b"attachment", b"getfile", b"get_file", b"/file", b"pdf", b"slides")
"""Quick look before `_PROMISES_BODY`: plain words are found in a hundredth of the time that a pattern takes."""
_PROMISES_BODY = re.compile(
    rb"href\s*=\s*[\"']?[^\"'>\s]*(?:download|attachment|get_?file|/files?/|[/=]pdf\b)"
    rb"|>[^<]{0,80}\b(?:pdf|download|slides)\b",
    re.IGNORECASE,
)
_PROMISES_URL = re.compile(r"download|attachment|get_?file|/files?/|[/=]pdf\b", re.IGNORECASE)
_PROMISES_TEXT = re.compile(r"\b(?:pdf|docx?|pptx?|download|slides)\b", re.IGNORECASE)
"""What a link says that leads to a file although its URL has no file's ending (``/download?id=3``)."""


def facts_of(response: Response, url: str) -> dict[str, Any]:
    """The fields of an `Outcome` that an answer fills."""
    return {
        "status": response.status,
        "final_url": response.url if response.url != url else None,
        "media_type": declared(response.headers.get("Content-Type")) or None,
        "size": len(response.body),
        "etag": _header(response, "ETag"),
        "last_modified": _header(response, "Last-Modified"),
    }


def payload_of(response: Response) -> Payload:
    """The answer as it is archived, with its digest and its request."""
    request = response.request
    return Payload(
        url=response.url,
        status=response.status,
        headers=_pairs(response.headers),
        body=response.body,
        digest=f"sha256:{hashlib.sha256(response.body).hexdigest()}",
        at=now(),
        address=str(response.ip_address) if response.ip_address else None,
        request=Asked(request.method, _pairs(request.headers)) if request else None,
        rendered=request.meta.get("rendered") if request else None,
    )


def revisit_of(payload: Payload, stored: Stored | None) -> Payload | None:
    """What is archived of an answer whose payload is archived already, as `stored` says; None where it is not."""
    if stored is None:
        return None
    return replace(payload, body=b"", size=len(payload.body), stored=stored)


def _pairs(headers: ScrapyHeaders) -> Headers:
    return tuple((name, value) for name, values in headers.items() for value in values)


def is_empty(body: bytes) -> bool:
    """Whether there is nothing but white space."""
    return not body or body.isspace()


def html_links(response: Response, files_only: bool) -> Iterator[Link]:
    """Links of an HTML page, absolute, each once; parses nothing where only files are wanted and none is named."""
    if files_only and not _NAMES_FILE.search(response.body) and not _promises(response.body):
        return
    if not isinstance(response, TextResponse):  # Content-Type did not say that it is HTML
        response = HtmlResponse(response.url, headers=response.headers, body=response.body)
    for link in _LINKS.extract_links(response):
        promises = bool(_PROMISES_URL.search(link.url) or _PROMISES_TEXT.search(link.text[:200]))
        yield Link(link.url, promises_file=promises)


def _promises(body: bytes) -> bool:
    lower = body.lower()
    return any(word in lower for word in _MAY_PROMISE) and bool(_PROMISES_BODY.search(body))


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
