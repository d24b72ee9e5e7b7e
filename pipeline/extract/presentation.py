"""PPTX: slide by slide, title first, shapes from top to bottom, tables and diagrams, notes last (ECMA-376 part 1, 19).

Dates, footers, slide numbers, and lines that stand at the foot of many slides are left out.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from pipeline.extract.clean import one_line, plain_glyphs
from pipeline.extract.office_result import OfficeRead
from pipeline.extract.office_zip import attribute, inner, local, parse_part, part
from pipeline.extract.ooxml import main_part, properties, relations, tree

_FURNITURE = frozenset(("dt", "ftr", "sldNum", "hdr"))
_TITLES = frozenset(("title", "ctrTitle"))
_ROW = 360_000
"""EMU (a centimetre): shapes whose tops differ by less stand beside each other."""
_FOOT = 0.86
"""Of the slide's height: what begins lower may be a footer."""
_REPEATED = 3
_USUAL_HEIGHT = 6_858_000
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape's place in EMU and its lines."""

    title: bool
    top: int
    left: int
    lines: tuple[str, ...]


def read_presentation(archive: zipfile.ZipFile) -> OfficeRead:
    """Read a PPTX archive; raises one of `BROKEN` where its main part cannot be read."""
    name = main_part(archive, "ppt/presentation.xml")
    root = parse_part(part(archive, name))
    targets = relations(archive, name)
    height = next((int(attribute(e, "cy") or 0) for e in inner(root, "sldSz")), 0) or _USUAL_HEIGHT
    slides: list[list[_Shape]] = []
    notes: list[str] = []
    for entry in inner(root, "sldId"):
        relation = next((v for k, v in entry.attrib.items() if str(k).startswith("{")), "")
        _, target = targets.get(str(relation), ("", ""))
        slides.append(sorted(_shapes(archive, target), key=lambda s: (not s.title, s.top // _ROW, s.left)))
        notes.append(_notes(archive, target))
    repeated = _footers(slides, height)
    parts = []
    for shapes, note in zip(slides, notes, strict=True):
        lines = [line for s in shapes for line in s.lines if s.top < _FOOT * height or line not in repeated]
        parts.append("\n".join([*lines, *([f"Notes: {note}"] if note else [])]))
    heading = next((s.lines[0] for shapes in slides for s in shapes if s.title and s.lines), None)
    return OfficeRead(parts, heading, paged=True, properties=properties(archive))


def _footers(slides: list[list[_Shape]], height: int) -> set[str]:
    """Lines at the foot of half of the slides."""
    seen: Counter[str] = Counter()
    for shapes in slides:
        seen.update({line for s in shapes if s.top >= _FOOT * height for line in s.lines})
    return {line for line, count in seen.items() if count >= max(_REPEATED, len(slides) // 2)}


def _shapes(archive: zipfile.ZipFile, name: str) -> Iterator[_Shape]:
    root = tree(archive, name)
    shapes = None if root is None else next(inner(root, "spTree"), None)
    if shapes is not None:
        yield from _of_tree(shapes, archive, dict(relations(archive, name).items()))


def _of_tree(
    parent: _Element, archive: zipfile.ZipFile, targets: dict[str, tuple[str, str]], depth: int = 0
) -> Iterator[_Shape]:
    for shape in parent:
        name = local(shape)
        if name == "grpSp" and depth < _MAX_DEPTH:
            inside = list(_of_tree(shape, archive, targets, depth + 1))
            inside.sort(key=lambda s: (not s.title, s.top // _ROW, s.left))
            top, left = _place(shape)
            yield _Shape(False, top, left, tuple(line for s in inside for line in s.lines))
        elif name == "AlternateContent" and depth < _MAX_DEPTH:
            choice = next((c for c in shape if local(c) == "Choice"), None)
            if choice is not None:
                yield from _of_tree(choice, archive, targets, depth + 1)
        elif name in ("sp", "graphicFrame"):
            kind = next((attribute(e, "type") or "body" for e in inner(shape, "ph")), None)
            if kind in _FURNITURE:
                continue
            top, left = _place(shape)
            yield _Shape(kind in _TITLES, top, left, tuple(_lines(shape, archive, targets)))


def _place(shape: _Element) -> tuple[int, int]:
    """(top, left); a placeholder without a place of its own stands where its layout says, after the title."""
    offset = next(inner(shape, "off"), None)
    if offset is None:
        return 0, 0
    values = []
    for side in ("y", "x"):
        try:
            values.append(int(attribute(offset, side) or 0))
        except ValueError:
            values.append(0)
    return values[0], values[1]


def _lines(shape: _Element, archive: zipfile.ZipFile, targets: dict[str, tuple[str, str]]) -> Iterator[str]:
    table = next(inner(shape, "tbl"), None)
    if table is not None:
        yield from _rows(table)
        return
    yield from _paragraphs(shape)
    for diagram in inner(shape, "relIds"):  # a diagram's text is in a part of its own
        kind, target = targets.get(attribute(diagram, "dm") or "", ("", ""))
        found = tree(archive, target) if kind == "diagramData" else None
        if found is not None:
            yield from _paragraphs(found)


def _paragraphs(parent: _Element) -> Iterator[str]:
    for paragraph in inner(parent, "p"):
        text = "".join(" " if local(e) in ("br", "tab") else e.text or "" for e in inner(paragraph, "t", "br", "tab"))
        if line := one_line(plain_glyphs(text)):
            yield line


def _rows(table: _Element) -> Iterator[str]:
    for row in inner(table, "tr"):
        cells = [
            " ".join(_paragraphs(cell))
            for cell in row
            if local(cell) == "tc" and not (attribute(cell, "hMerge") or attribute(cell, "vMerge"))
        ]
        if any(cells):
            yield " | ".join(cells)


def _notes(archive: zipfile.ZipFile, name: str) -> str:
    """The speaker's notes of a slide on one line."""
    target = next((path for kind, path in relations(archive, name).values() if kind == "notesSlide"), "")
    root = tree(archive, target) if target else None
    for shape in () if root is None else inner(root, "sp"):
        if any(attribute(e, "type") == "body" for e in inner(shape, "ph")):
            return " ".join(_paragraphs(shape))
    return ""
