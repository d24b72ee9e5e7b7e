"""ODT and ODP: OpenDocument text and presentations (OASIS OpenDocument 1.3, part 3).

Deleted text of tracked changes, comments, running headers and footers are left out; notes come after the text.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml.etree import _Element

from pipeline.extract.clean import one_line, plain_glyphs
from pipeline.extract.office_result import OfficeRead, Properties
from pipeline.extract.office_zip import BROKEN, attribute, inner, local, parse_part, part

_DROPPED = frozenset(
    ("tracked-changes", "annotation", "annotation-end", "forms", "sequence-decls", "date-time", "footer", "page-number",
     "page-count", "ruby-text", "bibliography-source")
)  # fmt: skip
_SIGNS = {"s": " ", "tab": " ", "line-break": " "}
_FURNITURE = frozenset(("date-time", "footer", "header", "page-number"))
_MAX_HEADING = 150
_MAX_DEPTH = 60


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Does an OpenDocument file need a password?"""
    try:
        return b"encryption-data" in part(archive, "META-INF/manifest.xml")
    except BROKEN:
        return False


def read_odf(archive: zipfile.ZipFile) -> OfficeRead:
    """Read an ODT or ODP archive; raises one of `BROKEN` where its content cannot be read."""
    root = parse_part(part(archive, "content.xml"))
    body = next((e for e in inner(root, "body") if len(e)), root)
    content = body[0] if len(body) else body
    stated = _properties(archive)
    if local(content) == "presentation":
        pages = [page for page in content if local(page) == "page"]
        slides = [_slide(page) for page in pages]
        heading = next((title for title, _ in slides if title), None)
        return OfficeRead([text for _, text in slides], heading, paged=True, properties=stated)
    reader = _Reader()
    reader.read(content)
    lines = [*reader.lines, *reader.notes]
    first = next((line for line in lines if line), None)
    heading = reader.heading or (first if first and len(first) < _MAX_HEADING else None)
    return OfficeRead(["\n".join(lines)], heading, paged=False, properties=stated)


def _properties(archive: zipfile.ZipFile) -> Properties:
    try:
        root = parse_part(part(archive, "meta.xml"))
    except BROKEN:
        return Properties()  # the text is there all the same
    stated: dict[str, str] = {}
    for element in root.iter():
        stated.setdefault(local(element), (element.text or "").strip())
    return Properties(
        title=stated.get("title", ""),
        author=stated.get("initial-creator") or stated.get("creator", ""),
        created=stated.get("creation-date", ""),
        modified=stated.get("date", ""),
        language=stated.get("language", ""),
    )


def _slide(page: _Element) -> tuple[str | None, str]:
    """(title, text) of a slide: its title first, the frames in the order of the file, notes last."""
    title: list[str] = []
    lines: list[str] = []
    notes: list[str] = []
    for shape in page:
        kind = attribute(shape, "class") or ""
        if kind in _FURNITURE:
            continue
        reader = _Reader()
        reader.read(shape)
        target = notes if local(shape) == "notes" else title if kind == "title" else lines
        target.extend(line for line in (*reader.lines, *reader.notes) if line)
    spoken = [f"Notes: {' '.join(notes)}"] if notes else []
    return (title[0] if title else None), "\n".join([*title, *lines, *spoken])


class _Reader:
    """Collects lines and, apart from them, notes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.heading: str | None = None
        self._boxes: list[_Element] = []

    def read(self, parent: _Element, item: bool = False, depth: int = 0) -> None:
        """The blocks of a body, a section, a list, a frame or a cell."""
        if depth >= _MAX_DEPTH:
            return
        for block in parent:
            name = local(block)
            if name in ("p", "h"):
                self._paragraph(block, item, depth)
            elif name == "table":
                self._table(block, depth)
            elif name in ("list-item", "list-header"):
                self.read(block, item=True, depth=depth + 1)
            elif name not in _DROPPED and not (attribute(block, "class") in _FURNITURE and name == "frame"):
                self.read(block, item, depth + 1)

    def _paragraph(self, paragraph: _Element, item: bool, depth: int) -> None:
        line = one_line(plain_glyphs("".join(self._text(paragraph))))
        if line and self.heading is None and local(paragraph) == "h":
            self.heading = line
        bullet = item and line and local(paragraph) == "p" and not line.startswith("- ")
        self.lines.append(f"- {line}" if bullet else line)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.read(box, depth=depth + 1)

    def _text(self, parent: _Element, depth: int = 0) -> Iterator[str]:
        yield parent.text or ""
        for child in parent:
            name = local(child)
            if name in _SIGNS:
                yield _SIGNS[name]
            elif name == "note":
                yield f" {self._note(child, depth)} "
            elif name in ("frame", "custom-shape", "text-box", "g"):
                self._boxes.append(child)
            elif name and name not in _DROPPED and depth < _MAX_DEPTH:
                yield from self._text(child, depth + 1)
            yield child.tail or ""

    def _note(self, note: _Element, depth: int) -> str:
        mark = next((one_line("".join(e.itertext())) for e in note if local(e) == "note-citation"), "")
        inside = _Reader()
        for body in note:
            if local(body) == "note-body":
                inside.read(body, depth=depth + 1)
        self.notes.append(f"{mark} {' '.join(filter(None, inside.lines))}".strip())
        return mark

    def _table(self, table: _Element, depth: int) -> None:
        """Rows as ``a | b | c``; covered parts of merged cells are left out."""
        for row in _rows(table):
            cells = []
            for cell in row:
                if local(cell) == "table-cell":
                    inside = _Reader()
                    inside.read(cell, depth=depth + 1)
                    self.notes.extend(inside.notes)
                    cells.append(" ".join(filter(None, inside.lines)))
            if any(cells):
                self.lines.append(" | ".join(cells))


def _rows(table: _Element, depth: int = 0) -> Iterator[_Element]:
    for child in table:
        if local(child) == "table-row":
            yield child
        elif local(child).startswith("table-") and depth < _MAX_DEPTH:  # headings and groups of rows
            yield from _rows(child, depth + 1)
