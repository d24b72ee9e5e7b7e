"""DOCX: headings, paragraphs, lists and tables in document order, text boxes, notes (ECMA-376 part 1, section 17).

Tracked insertions are text, tracked deletions are not; running headers and footers are left out like those of PDFs.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml.etree import _Element

from pipeline.extract.clean import one_line, plain_glyphs
from pipeline.extract.office_result import OfficeRead
from pipeline.extract.office_zip import attribute, inner, local, parse_part, part
from pipeline.extract.ooxml import is_on, main_part, properties, relations, tree

_DROPPED = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr", "sdtPr"))
"""What is not there any more, stands twice, or is no text."""
_MAX_HEADING = 150
_MAX_DEPTH = 60
_SIGNS = {"tab": " ", "ptab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}


def read_word(archive: zipfile.ZipFile) -> OfficeRead:
    """Read a DOCX archive; raises one of `BROKEN` where its main part cannot be read."""
    name = main_part(archive, "word/document.xml")
    root = parse_part(part(archive, name))
    targets = dict(relations(archive, name).values())
    reader = _Reader(_styles(tree(archive, targets.get("styles", "word/styles.xml"))))
    body = next(inner(root, "body"), None)
    if body is not None:
        reader.read(body)
    for kind in ("footnote", "endnote"):
        notes = tree(archive, targets.get(f"{kind}s", f"word/{kind}s.xml"))
        reader.add_notes(kind, notes)
    first = next((line for line in reader.lines if line), None)
    heading = reader.heading or (first if first and len(first) < _MAX_HEADING else None)
    return OfficeRead(["\n".join(reader.lines)], heading, paged=False, properties=properties(archive))


def _styles(root: _Element | None) -> dict[str, str]:
    """Names of the paragraph styles by id, in lower case."""
    names = {}
    for style in () if root is None else inner(root, "style"):
        name = next((attribute(e, "val") for e in style if local(e) == "name"), None)
        names[attribute(style, "styleId") or ""] = (name or "").lower()
    return names


class _Reader:
    """Collects lines; notes are remembered where they are referred to."""

    def __init__(self, styles: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.heading: str | None = None
        self._styles = styles
        self._notes: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self._boxes: list[_Element] = []

    def read(self, parent: _Element, depth: int = 0) -> None:
        """The blocks of a body, a cell, a content control or a text box."""
        for block in parent:
            name = local(block)
            if name == "p":
                self._paragraph(block, depth)
            elif name == "tbl":
                self._table(block, depth)
            elif name not in _DROPPED and depth < _MAX_DEPTH:
                self.read(block, depth + 1)  # content controls, custom XML, tracked insertions

    def add_notes(self, kind: str, root: _Element | None) -> None:
        """The notes that the text refers to, in that order, after the text."""
        bodies = {attribute(e, "id"): e for e in (() if root is None else inner(root, kind))}
        for number, note in enumerate(self._notes[kind], 1):
            if note in bodies and (text := self._cell_text(bodies[note], 0)):
                self.lines.append(f"{number} {text}")

    def _paragraph(self, paragraph: _Element, depth: int) -> None:
        line = one_line(plain_glyphs("".join(self._text(paragraph))))
        style = self._style_of(paragraph)
        if line and self.heading is None and (style == "title" or style.startswith("heading")):
            self.heading = line
        is_item = line and (style.startswith("list") or next(_own(paragraph, "numPr"), None) is not None)
        if is_item and style.startswith(("heading", "title")):
            is_item = False  # a numbered heading
        self.lines.append(f"- {line}" if is_item and not line.startswith("- ") else line)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            if depth < _MAX_DEPTH:
                self.read(box, depth + 1)

    def _style_of(self, paragraph: _Element) -> str:
        style = next(_own(paragraph, "pStyle"), None)
        key = attribute(style, "val") or "" if style is not None else ""
        return self._styles.get(key, key.lower())

    def _text(self, parent: _Element, depth: int = 0) -> Iterator[str]:
        for child in parent:
            name = local(child)
            if name == "t":
                yield child.text or ""
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif name == "txbxContent":
                self._boxes.append(child)
            elif name in ("footnoteReference", "endnoteReference"):
                yield self._reference(name.removesuffix("Reference"), child)
            elif name in _DROPPED or depth >= _MAX_DEPTH or (name == "r" and _is_hidden(child)):
                continue
            else:
                yield from self._text(child, depth + 1)

    def _reference(self, kind: str, mark: _Element) -> str:
        self._notes[kind].append(attribute(mark, "id") or "")
        return f" {len(self._notes[kind])} "

    def _table(self, table: _Element, depth: int) -> None:
        """Rows as ``a | b | c``; a merged cell counts once."""
        if depth >= _MAX_DEPTH:
            return
        for row in _children(table, "tr"):
            cells = [self._cell_text(cell, depth) for cell in _children(row, "tc") if not _is_continued(cell)]
            if any(cells):
                self.lines.append(" | ".join(cells))

    def _cell_text(self, cell: _Element, depth: int) -> str:
        inside = _Reader(self._styles)
        inside._notes = self._notes
        inside.read(cell, depth + 1)
        return " ".join(line for line in inside.lines if line)


def _children(parent: _Element, name: str) -> Iterator[_Element]:
    """Rows of a table, cells of a row, also those in content controls and tracked insertions."""
    for child in parent:
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtContent", "ins", "customXml", "moveTo"):
            yield from _children(child, name)


def _own(paragraph: _Element, name: str) -> Iterator[_Element]:
    """An element of the paragraph's own properties."""
    return (e for p in paragraph if local(p) == "pPr" for e in p if local(e) == name)


def _is_hidden(run: _Element) -> bool:
    return any(is_on(e) for p in run if local(p) == "rPr" for e in p if local(e) == "vanish")


def _is_continued(cell: _Element) -> bool:
    """Is it the further part of a cell that runs over several rows?"""
    merged = next((e for p in cell if local(p) == "tcPr" for e in p if local(e) == "vMerge"), None)
    return merged is not None and attribute(merged, "val") != "restart"
