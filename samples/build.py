"""Write the sample sites' PDF, PPTX and DOCX files from ``content/files``: ``python -m samples.build``.

The files are committed, so only a change of their content asks for a new build; the same content gives the same bytes.
Needs reportlab (extra ``test``).
"""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pptx
import yaml
from pptx.util import Pt

from samples.content import CONTENT, HERE
from samples.pdf import paper, report, slides

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Earliest time that a ZIP archive can hold; it stands for "no time"."""


@dataclass(frozen=True, slots=True)
class Built:
    """A file and where it belongs below ``samples/files``."""

    path: str
    body: bytes


def build_all() -> list[Built]:
    """Build every file of ``content/files``, in the order of their names."""
    specs = [yaml.safe_load(path.read_text(encoding="utf8")) for path in sorted((CONTENT / "files").glob("*.yaml"))]
    return [Built(f"{spec['site']}/{spec['name']}", _build(spec)) for spec in specs]


def _build(spec: dict[str, Any]) -> bytes:
    forms = {"slides": slides, "report": report, "paper": paper, "pptx": _pptx, "docx": _docx}
    body = forms[spec["form"]](spec)
    # A download that broke off: the head says PDF, the cross-reference table at the end is missing.
    return body[: len(body) // 3] if spec.get("broken") else body


def _pptx(spec: dict[str, Any]) -> bytes:
    deck = pptx.Presentation()
    for number, content in enumerate(spec["slides"]):
        slide = deck.slides.add_slide(deck.slide_layouts[0 if number == 0 else 1])
        slide.shapes.title.text = content["title"]
        frame = slide.placeholders[1].text_frame
        frame.text = content["points"][0]
        for point in content["points"][1:]:
            frame.add_paragraph().text = point
        for paragraph in frame.paragraphs:
            paragraph.font.size = Pt(24)
        if "notes" in content:
            slide.notes_slide.notes_text_frame.text = content["notes"]
    _properties(deck.core_properties, spec)
    return _saved(deck)


def _docx(spec: dict[str, Any]) -> bytes:
    document = docx.Document()
    document.add_heading(spec["title"], level=0)
    for section in spec["sections"]:
        document.add_heading(section["heading"], level=1)
        for paragraph in section.get("text", ()):
            document.add_paragraph(paragraph.strip())
        rows = section.get("table", ())
        if rows:
            table = document.add_table(rows=0, cols=len(rows[0]))
            for row in rows:
                for cell, value in zip(table.add_row().cells, row, strict=False):
                    cell.text = value
    _properties(document.core_properties, spec)
    return _saved(document)


def _properties(properties: Any, spec: dict[str, Any]) -> None:
    day: date = spec["date"]
    properties.title = spec["title"]
    properties.author = "Health Cluster Compass"
    properties.created = properties.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (the format has no zone)
    properties.last_modified_by = ""
    properties.revision = 1


def _saved(document: Any) -> bytes:
    """The document as bytes, with the times taken out of its ZIP archive."""
    raw, clean = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(zipfile.ZipInfo(info.filename, ZIP_EPOCH), source.read(info), zipfile.ZIP_DEFLATED)
    return clean.getvalue()


def main() -> None:
    """Write every file and say which."""
    for built in build_all():
        path: Path = HERE / "files" / built.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(built.body)
        sys.stdout.write(f"{path.relative_to(HERE.parent)}  {len(built.body):,} bytes\n")


if __name__ == "__main__":
    main()
