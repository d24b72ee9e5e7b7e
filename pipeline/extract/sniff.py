"""What a payload really is. Its first bytes are believed before its Content-Type."""

from __future__ import annotations

import io
import re
import zipfile

HTML = "text/html"
XHTML = "application/xhtml+xml"
PDF = "application/pdf"
TEXT = "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ZIP = "application/zip"
GZIP = "application/gzip"
BINARY = "application/octet-stream"

_MAGIC = (
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"\x1f\x8b", GZIP),
    (b"BZh", "application/x-bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_XHTML = re.compile(rb"<!doctype\s+html[^>]*xhtml|<html[^>]*\sxmlns\s*=", re.IGNORECASE)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|div|article|section|main|table|h1|p|a|ul|span)[\s>/]",
    re.IGNORECASE,
)
_FIRST_ELEMENT = re.compile(rb"^(?:\s|<[!?][^>]*>)*<([a-z][\w:.-]*)", re.IGNORECASE)
_OTHER_XML = frozenset((b"rss", b"feed", b"rdf:rdf", b"urlset", b"sitemapindex", b"svg", b"opml", b"ncx", b"package"))
_PLAIN = ("text/plain", "text/markdown", "text/x-markdown")
_CONTROLS = bytes(b for b in range(27) if b < 9 or b > 13)
_PDF_WINDOW = 1024  # readers accept a header that far into the file
_HEAD = 4096


def sniff(body: bytes, declared: str | None = None) -> str:
    """Return the media type of the payload, without parameters. ``declared`` only decides between kinds of text."""
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n\x00\x0c")
    if b"%PDF-" in body[:_PDF_WINDOW]:
        return PDF
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_type(body)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return _text_type(body, head, (declared or "").strip().lower())


def _zip_type(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, EOFError):
        return _damaged_zip_type(body)
    if "word/document.xml" in names:
        return DOCX
    if "ppt/presentation.xml" in names:
        return PPTX
    return ZIP


def _damaged_zip_type(body: bytes) -> str:
    """The directory at the end is gone, but the local headers still name the parts."""
    if b"word/document.xml" in body:
        return DOCX
    return PPTX if b"ppt/presentation.xml" in body else ZIP


def _text_type(body: bytes, head: bytes, declared: str) -> str:
    wide = body.startswith(_BOMS[1:]) or (head[1:2] == b"\x00" and head[:1].isascii())
    probe = body[: 2 * _HEAD].replace(b"\x00", b"") if wide else body[:_HEAD]
    first = _FIRST_ELEMENT.match(probe.removeprefix(_BOMS[0]))
    if first and first[1].lower() in _OTHER_XML:
        return "application/xml"
    if _XHTML.search(probe):
        return XHTML
    tagged = _HTML.search(probe) or (probe.lstrip()[:1] == b"<" and _HTML.search(body[:200_000]))
    if tagged or declared in (HTML, XHTML):
        return BINARY if _is_binary(probe) else HTML
    if declared == PDF:
        return PDF  # its reader forgives a missing header, or says what is wrong
    if _is_binary(probe):
        return BINARY
    return declared if declared.startswith("text/") and declared not in _PLAIN else TEXT


def _is_binary(probe: bytes) -> bool:
    """More than a hundredth of control bytes is no text in any encoding that pages come in."""
    controls = len(probe) - len(probe.translate(None, _CONTROLS))
    return controls * 100 > max(len(probe), 1)
