"""What a payload really is. Its first bytes are believed before its Content-Type."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

HTML = "text/html"
XHTML = "application/xhtml+xml"
PDF = "application/pdf"
TEXT = "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODP = "application/vnd.oasis.opendocument.presentation"
RTF = "application/rtf"
MAIL = "message/rfc822"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
ENCRYPTED_OFFICE = "application/vnd.ms-office.encrypted"
GZIP = "application/gzip"
BINARY = "application/octet-stream"

_MAGIC = (
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"{\\rtf", RTF),
    (b"%!PS", "application/postscript"),
    (b"\x1f\x8b", GZIP),
    (b"BZh", "application/x-bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x7fELF", "application/x-executable"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("WordDocument", "application/msword"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("__substg1.0_", "application/vnd.ms-outlook"),
    ("VisioDocument", "application/vnd.visio"),
)
"""Names of streams (in UTF-16, in the container's directory) and what they make of the container."""
_ZIP_PARTS = (
    ("word/document.xml", DOCX),
    ("ppt/presentation.xml", PPTX),
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.12"),
    ("visio/document.xml", "application/vnd.ms-visio.drawing"),
    ("META-INF/container.xml", "application/epub+zip"),
    ("Index/Document.iwa", "application/vnd.apple.iwork"),
    ("AndroidManifest.xml", "application/vnd.android.package-archive"),
    ("META-INF/MANIFEST.MF", "application/java-archive"),
)
"""Parts that tell what an archive is."""
_MAIN_PARTS = (("wordprocessingml.document.main", DOCX), ("presentationml.presentation.main", PPTX))
"""Content types of the main part, where a producer calls the part otherwise."""
WORDS = {
    "application/msword": "a Word 97 document: save it as DOCX or PDF",
    "application/vnd.ms-powerpoint": "a PowerPoint 97 presentation: save it as PPTX or PDF",
    "application/vnd.ms-excel": "an Excel 97 workbook",
    "application/vnd.ms-outlook": "an Outlook message: save it as EML",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "an Excel workbook",
    "application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet",
    "application/vnd.oasis.opendocument.graphics": "an OpenDocument drawing",
    "application/epub+zip": "an e-book",
    "application/vnd.apple.iwork": "an Apple iWork file: export it as PDF",
    ZIP: "a zip archive",
    OLE: "an OLE container of unknown kind",
    BINARY: "bytes of unknown kind",
}
"""What some types are called by people, and what to do with them."""
_MAIL_HEADER = re.compile(
    rb"^(?:From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path|Delivered-To|Reply-To|Content-Type|"
    rb"DKIM-Signature|List-Unsubscribe|X-[\w-]+|Content-Transfer-Encoding|Snapshot-Content-Location):",
    re.IGNORECASE,
)
_ANY_HEADER = re.compile(rb"^(?:[!-9;-~]{1,80}:|[ \t])")
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
    said = (declared or "").strip().lower()
    if known := _binary_type(body, head):
        return known
    return MAIL if _is_mail(head, said) else _text_type(body, head, said)


def _binary_type(body: bytes, head: bytes) -> str | None:
    """What the first bytes say, where they are a mark of a format."""
    if head.startswith(_OLE_MAGIC):
        return _ole_type(body)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(body)
    if head[:4] == b"RIFF":
        return "image/webp" if head[8:12] == b"WEBP" else "application/x-riff"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def _zip_type(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
            if stated := _stated_in_zip(archive, names):
                return stated
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, EOFError, LookupError,
            RuntimeError, zlib.error):  # fmt: skip
        return _damaged_zip_type(body)
    return next((kind for part, kind in _ZIP_PARTS if part in names), ZIP)


def _stated_in_zip(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    """What an OpenDocument file or an e-book says in ``mimetype``, an Office file in ``[Content_Types].xml``."""
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            stated = stream.read(100).decode("ascii", "replace").strip().lower()
        if re.fullmatch(r"[a-z]+/[\w.+-]+", stated):
            return stated.removesuffix("-template")
    if "content.xml" in names and "META-INF/manifest.xml" in names:  # OpenDocument without its mimetype
        with archive.open("META-INF/manifest.xml") as stream:
            manifest = stream.read(20_000).decode("utf-8", "replace")
        return ODP if ODP in manifest else ODT if ODT in manifest else None
    if "[Content_Types].xml" in names and not names & {part for part, _ in _ZIP_PARTS}:
        with archive.open("[Content_Types].xml") as stream:
            types = stream.read(200_000).decode("utf-8", "replace")
        return next((kind for mark, kind in _MAIN_PARTS if mark in types), None)
    return None


def _damaged_zip_type(body: bytes) -> str:
    """The directory at the end is gone, but the local headers still name the parts."""
    for part, kind in _ZIP_PARTS:
        if part.encode() in body:
            return kind
    head = body[:200]
    return next((kind for kind in (ODT, ODP) if b"mimetype" + kind.encode() in head), ZIP)


def _ole_type(body: bytes) -> str:
    return next((kind for name, kind in _OLE_STREAMS if name.encode("utf-16-le") in body), OLE)


def _is_mail(head: bytes, declared: str) -> bool:
    """Header lines from the first on, some of them an e-mail's own."""
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and lines[0].startswith(b"From ") and b"@" in lines[0]:
        lines = lines[1:]
    known = 0
    for number, line in enumerate(lines):
        if not line or number == len(lines) - 1:
            break
        if not _ANY_HEADER.match(line) or (number == 0 and line[:1].isspace()):
            return False
        known += _MAIL_HEADER.match(line) is not None
    return known >= (1 if declared in (MAIL, "multipart/related", "application/x-mimearchive") else 3)


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
    binary = _is_binary(probe)
    if declared == PDF and (binary or b" obj" in body[: 4 * _HEAD]):
        return PDF  # its reader forgives a missing header, or says what is wrong
    if binary:
        return BINARY
    return declared if declared.startswith("text/") and declared not in _PLAIN else TEXT


def _is_binary(probe: bytes) -> bool:
    """More than a hundredth of control bytes is no text in any encoding that pages come in."""
    controls = len(probe) - len(probe.translate(None, _CONTROLS))
    return controls * 100 > max(len(probe), 1)
