"""E-mail newsletters (``.eml``, also saved web archives ``.mht``) to `Extracted`: subject, date, sender and the body.

The HTML part is read like a web page; the plain part where there is none or it says clearly more (RFC 5322, RFC 2045).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from pipeline.extract.clean import clean_text, one_line
from pipeline.extract.dateparse import parse_date
from pipeline.extract.html import read_html
from pipeline.extract.language import find_language
from pipeline.extract.names import tidy_names
from pipeline.extract.plain import read_plain
from pipeline.extract.sniff import HTML, TEXT
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

MAX_BYTES = 50_000_000
MAX_PARTS = 2_000
_CLEARLY_MORE = 2.0
_EARLIEST = 1980
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, IndexError)
"""What the standard library's parser raises on headers and bodies that break the rules in ways that it has no defect
for."""


def read_mail(capture: Capture, media_type: str) -> Extracted:
    """Read an e-mail."""
    if len(capture.body) > MAX_BYTES:
        return _failed("too-large", f"{len(capture.body)} bytes of e-mail, the limit is {MAX_BYTES}", media_type)
    body = capture.body.lstrip(b"\r\n \xef\xbb\xbf")
    if body.startswith(b"From "):  # the line that mail stores put before a message
        body = body.partition(b"\n")[2]
    try:
        message = BytesParser(policy=policy.default).parsebytes(body)
        parts = _parts(message)
    except _BROKEN as err:
        return _failed(
            "damaged", f"not a readable e-mail: {type(err).__name__}: {one_line(str(err))[:150]}", media_type
        )
    read = _body(capture, parts)
    if not read.text:
        return _failed("empty", "the e-mail has no text", media_type)
    sent = _sent(message)
    published = sent or parse_date(capture.hint_published)
    return Extracted(
        outcome="ok",
        detail=_attached(parts),
        title=_header(message, "Subject") or read.title or capture.hint_title,
        text=read.text,
        language=find_language(read.text, read.language),
        published=published,
        published_from=("mail" if sent else "feed") if published else None,
        authors=tidy_names(_senders(message)),
        canonical_url=read.canonical_url,
        site=read.site,
        media_type=media_type,
        links=read.links,
        extractor=EXTRACTOR,
    )


def _parts(message: EmailMessage) -> list[EmailMessage]:
    """The parts that are no containers, in order."""
    parts: list[EmailMessage] = []
    for part in message.walk():
        if not part.is_multipart() and isinstance(part, EmailMessage):
            parts.append(part)
        if len(parts) >= MAX_PARTS:
            break
    return parts


def _body(capture: Capture, parts: list[EmailMessage]) -> Extracted:
    """The better of the HTML and the plain text."""
    html = plain = None
    for part in parts:
        if part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind in (HTML, "application/xhtml+xml") and html is None:
            html = read_html(_as_capture(capture, part), HTML)
        elif kind == TEXT and plain is None:
            plain = read_plain(_as_capture(capture, part), TEXT)
    if html is None or not html.text:
        return plain or Extracted("empty")
    if plain is not None and len(plain.text) > _CLEARLY_MORE * len(html.text):
        return replace(html, text=plain.text)
    return html


def _as_capture(capture: Capture, part: EmailMessage) -> Capture:
    try:
        body = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except _BROKEN:
        return replace(capture, body=b"", charset=None)
    payload = body if isinstance(body, bytes) else b""
    return replace(capture, body=payload, charset=charset, url=capture.url or _location(part))


def _location(part: EmailMessage) -> str:
    found = _header(part, "Content-Location")
    return found if found.startswith(("http://", "https://")) else ""


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message.get(name, "")))
    except _BROKEN:
        return ""


def _sent(message: EmailMessage) -> str | None:
    try:
        moment = getattr(message.get("Date"), "datetime", None)
    except _BROKEN:
        return None
    return parse_date(moment.date().isoformat(), _EARLIEST) if isinstance(moment, datetime) else None


def _senders(message: EmailMessage) -> list[str]:
    try:
        return [one_line(a.display_name) for a in getattr(message.get("From"), "addresses", ())]
    except _BROKEN:
        return []


def _attached(parts: list[EmailMessage]) -> str | None:
    """Attachments are named, not read."""
    names = []
    for part in parts:
        try:
            if part.get_content_disposition() == "attachment":
                names.append(clean_text(part.get_filename() or part.get_content_type())[:80].replace("\n", " "))
        except _BROKEN:
            continue
    return f"attachments not read: {', '.join(names[:10])}" if names else None


def _failed(outcome: str, detail: str, media_type: str) -> Extracted:
    return Extracted(outcome=outcome, detail=detail, media_type=media_type, extractor=EXTRACTOR)
