"""What a payload really is: the magic bytes go before what Content-Type claims."""

from __future__ import annotations

import io
import re
import zipfile

HTML = "text/html"
XHTML = "application/xhtml+xml"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODP = "application/vnd.oasis.opendocument.presentation"
RTF = "application/rtf"
MAIL = "message/rfc822"
FEED = "application/rss+xml"
SITEMAP = "application/sitemap+xml"
JSON_FEED = "application/feed+json"
OTHER = "application/octet-stream"

DOCUMENTS = frozenset({HTML, XHTML, PDF, DOCX, PPTX, ODT, ODP, RTF, MAIL})
"""Types that become documents."""
DISCOVERIES = frozenset({FEED, SITEMAP, JSON_FEED})
"""Types that are read for their links."""
NEVER = ("image/", "video/", "audio/", "font/")
"""Beginnings of types whose body is not worth waiting for."""

_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_MAIL = re.compile(rb"(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|DKIM-Signature):\s", re.IGNORECASE)
"""How a stored e-mail begins."""
_ROOTS = {
    b"rss": FEED, b"rdf": FEED, b"feed": FEED, b"channel": FEED,
    b"urlset": SITEMAP, b"sitemapindex": SITEMAP,
    b"html": HTML, b"head": HTML, b"body": HTML,
}  # fmt: skip
_HEAD = 4096


def declared(content_type: bytes | None) -> str:
    """Media type of a Content-Type header in lower case without parameters; empty where there is none."""
    return (content_type or b"").split(b";")[0].strip().lower().decode("latin-1")


def sniff(body: bytes, content_type: str) -> str:
    """Media type of a payload, from its first bytes and, where they say nothing, the declared type."""
    head = body[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _office(body)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"<" or content_type in {HTML, XHTML}:
        return _markup(text, content_type)
    if text.startswith(b"{\\rtf") or _MAIL.match(text):
        return RTF if text[:1] == b"{" else MAIL
    if text[:1] == b"{" and b"jsonfeed.org" in head:
        return JSON_FEED
    return content_type or OTHER


def _markup(text: bytes, content_type: str) -> str:
    root = _ROOT.search(text)
    kind = _ROOTS.get(root[1].lower()) if root and text[:1] == b"<" else None
    if kind == HTML and content_type == XHTML:
        return XHTML
    if kind:
        return kind
    if text[:9].lower() == b"<!doctype" and b"html" in text[:40].lower():
        return HTML
    if b"\x00" in text[:512] and not text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return OTHER  # says HTML, is binary
    return content_type or OTHER


def _office(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        # The directory at the end is damaged: the extractor shall say so, if the names inside say Office.
        names = {part.decode("ascii") for part in (b"word/document.xml", b"ppt/presentation.xml") if part in body}
    if "word/document.xml" in names:
        return DOCX
    if "ppt/presentation.xml" in names:
        return PPTX
    # OpenDocument begins with its own name, stored as it is.
    return next((kind for kind in (ODT, ODP) if b"mimetype" + kind.encode() in body[:200]), "application/zip")
