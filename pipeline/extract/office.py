"""DOCX and PPTX to `Extracted`: paragraphs and tables in document order, slides with anchors and notes, core
properties.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document
from docx.table import Table
from lxml.etree import LxmlError
from pptx import Presentation
from pptx.util import Emu

from pipeline.extract.authors import tidy_names
from pipeline.extract.clean import one_line, plain_glyphs
from pipeline.extract.dateparse import parse_date
from pipeline.extract.language import declared_language, find_language
from pipeline.extract.pages import join_pages
from pipeline.extract.sniff import PPTX
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

MAX_UNPACKED = 300_000_000
"""Bytes, all parts together."""
MAX_XML = 60_000_000
"""Bytes of one XML part: it becomes a tree about ten times that size."""
MAX_RATIO = 200
MAX_PARTS = 20_000
_SMALL = 20_000_000
"""Below that no ratio is dangerous: a blank sheet packs a thousandfold."""
_EARLIEST = 1980

_BROKEN = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, LookupError, OSError, EOFError,
    NotImplementedError,    RuntimeError, RecursionError, AssertionError, ArithmeticError, LxmlError, zlib.error,
)  # fmt: skip
"""What the office libraries raise on parts that are missing or are not what they should be; they document none of it.
"""


@dataclass(frozen=True, slots=True)
class _Read:
    parts: list[str]
    heading: str | None
    paged: bool


def read_office(capture: Capture, media_type: str) -> Extracted:
    """Read a DOCX or PPTX file."""
    try:
        if problem := _too_large(capture.body):
            return Extracted(outcome="too-large", detail=problem, media_type=media_type, extractor=EXTRACTOR)
        source = io.BytesIO(capture.body)
        package = Presentation(source) if media_type == PPTX else Document(source)
        read = _slides(package) if media_type == PPTX else _document(package)
        core = _core(package)
    except _BROKEN as err:
        detail = f"not a readable office file: {type(err).__name__}: {one_line(str(err))[:150]}"
        return Extracted(outcome="damaged", detail=detail, media_type=media_type, extractor=EXTRACTOR)
    return _result(capture, media_type, read, core)


def _result(capture: Capture, media_type: str, read: _Read, core: dict[str, Any]) -> Extracted:
    text, anchors = join_pages(read.parts)
    if not text:
        return Extracted(outcome="empty", detail="the file has no text", media_type=media_type, extractor=EXTRACTOR)
    published = parse_date(_stamp(core.get("created")), _EARLIEST) or parse_date(
        _stamp(core.get("modified")), _EARLIEST
    )
    place: str | None = "office" if published else None
    if not published and (published := parse_date(capture.hint_published)):
        place = "feed"
    modified = parse_date(_stamp(core.get("modified")), _EARLIEST)
    stated = one_line(core.get("title") or "")
    title = stated if len(stated) > 2 and not _is_template_title(stated) else read.heading
    return Extracted(
        outcome="ok",
        title=title or capture.hint_title,
        text=text,
        language=find_language(text, declared_language(core.get("language"))),
        published=published,
        published_from=place,
        modified=modified if modified and published and modified >= published else None,
        authors=tidy_names(
            [core.get("author") or ""],
            ("python-docx", "pythondocx", "stevecanny", "microsoftofficeuser", "windowsuser"),
        ),
        media_type=media_type,
        anchors=anchors if read.paged else (),
        extractor=EXTRACTOR,
    )


def _too_large(body: bytes) -> str | None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = archive.infolist()
    unpacked = sum(p.file_size for p in parts)
    largest = max((p.file_size for p in parts if p.filename.endswith((".xml", ".rels"))), default=0)
    if len(parts) > MAX_PARTS:
        return f"{len(parts)} parts, the limit is {MAX_PARTS}"
    if unpacked > MAX_UNPACKED or largest > MAX_XML:
        return f"{unpacked} bytes unpacked, the limit is {MAX_UNPACKED} ({MAX_XML} for one XML part)"
    if unpacked > _SMALL and unpacked > len(body) * MAX_RATIO:
        return f"{unpacked} bytes out of {len(body)}: packed more than {MAX_RATIO} times, as in a zip bomb"
    return None


def _document(document: Any) -> _Read:
    lines: list[str] = []
    heading = None
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines.extend(_rows(block))
            continue
        line = one_line(plain_glyphs(block.text))
        style = ((block.style.name if block.style is not None else "") or "").lower()
        if line and heading is None and (style == "title" or style.startswith("heading")):
            heading = line
        is_item = line and (style.startswith("list") or _is_numbered(block))
        lines.append(f"- {line}" if is_item and not line.startswith("- ") else line)
    first = next((line for line in lines if line), None)
    return _Read(["\n".join(lines)], heading or (first if first and len(first) < 150 else None), paged=False)


def _is_numbered(paragraph: Any) -> bool:
    properties = paragraph._p.pPr  # python-docx has no public way to ask for list membership
    return properties is not None and properties.numPr is not None


def _rows(table: Any) -> Iterator[str]:
    """A table's rows as ``a | b | c``; a merged cell counts once."""
    for row in table.rows:
        cells = list(dict.fromkeys((id(getattr(c, "_tc", c)), one_line(c.text)) for c in row.cells))
        texts = [text for _, text in cells]
        if any(texts):
            yield " | ".join(texts)


def _slides(presentation: Any) -> _Read:
    parts: list[str] = []
    heading = None
    for slide in presentation.slides:
        title = slide.shapes.title
        if heading is None and title is not None and title.has_text_frame and title.text_frame.text.strip():
            heading = one_line(title.text_frame.text)
        lines = list(_shape_lines(slide.shapes, title))
        if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None and frame.text.strip():
            lines.append(f"Notes: {one_line(frame.text)}")
        parts.append("\n".join(lines))
    return _Read(parts, heading, paged=True)


def _shape_lines(shapes: Any, title: Any) -> Iterator[str]:
    """The title first, then the other shapes from top to bottom, left to right."""
    ordered = sorted(
        shapes, key=lambda s: (title is None or s.shape_id != title.shape_id, s.top or Emu(0), s.left or Emu(0))
    )
    for shape in ordered:
        if hasattr(shape, "shapes"):
            yield from _shape_lines(shape.shapes, None)
        elif getattr(shape, "has_table", False) and shape.has_table:
            yield from _rows(shape.table)
        elif shape.has_text_frame and not _is_furniture(shape):
            for paragraph in shape.text_frame.paragraphs:
                if line := one_line(plain_glyphs("".join(run.text for run in paragraph.runs) or paragraph.text)):
                    yield line


def _is_furniture(shape: Any) -> bool:
    """Date, footer and slide number placeholders repeat on every slide."""
    if not shape.is_placeholder:
        return False
    return str(shape.placeholder_format.type).split(" ")[0] in ("DATE", "FOOTER", "SLIDE_NUMBER")


def _core(package: Any) -> dict[str, Any]:
    core = package.core_properties
    found: dict[str, Any] = {}
    for name in ("title", "author", "created", "modified", "language"):
        try:
            found[name] = getattr(core, name)
        except _BROKEN:
            continue  # one ill-formed property; the others may be well
    return found


def _stamp(value: Any) -> str | None:
    # python-docx and python-pptx stamp files made from their template with 2013; a template's date is nobody's
    # publication.
    if not isinstance(value, datetime) or value.date().isoformat() in ("2013-12-23", "2013-01-27"):
        return None
    return value.date().isoformat()


def _is_template_title(title: str) -> bool:
    return title.lower() in (
        "powerpoint presentation",
        "präsentation",
        "présentation powerpoint",
        "untitled",
        "word document",
        "slide 1",
    )
