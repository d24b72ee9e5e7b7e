"""The title that the first page of a PDF shows: its largest text, or the line that is set apart. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.extract.clean import one_line, plain_glyphs
from pipeline.extract.pdf_furniture import Sheet
from pipeline.extract.pdf_text import Piece

_LARGER = 1.12
"""A title is that much larger than the page's usual text."""
_CLEARLY_LARGER = 1.3
_SAME = 0.93
_FEW_LINES = 6
_MAX_FIRST_LINE = 120
_MAX_TITLE = 250
_LABEL = re.compile(
    r"^(?:ref|dos|date|datum|page|to|from|subject|re|version|tel|fax|attn|doi|issn|isbn)\b\s*[:.]", re.I
)
_REACH = 1.8
"""Of the size of type: lines of a title follow each other that closely."""


def find_heading(sheets: Sequence[Sheet]) -> str | None:
    """The title on the first page that has text, or None where none can be told from the text."""
    for sheet in sheets:
        lines = sorted((p for p in sheet.pieces if sum(c.isalpha() for c in p.text) > 2), key=lambda p: (-p.y0, p.x0))
        if lines:
            return _of_page(lines)
    return None


def _of_page(lines: list[Piece]) -> str | None:
    usual = median(p.size for p in lines)
    largest = max(p.size for p in lines)
    if largest < usual * _LARGER and len(lines) > _FEW_LINES:
        return _first_line(lines)
    title = _at_size(lines, largest)
    if title is not None and " " in title:
        return title
    # A single word in the largest type is often a logo: a whole phrase in the next size goes before it.
    rest = [p for p in lines if p.size <= _SAME * largest]
    second = max((p.size for p in rest), default=0.0)
    phrase = _at_size(rest, second) if second > _CLEARLY_LARGER * usual else None
    return phrase if phrase is not None and phrase.count(" ") > 2 else title


def _first_line(lines: list[Piece]) -> str | None:
    """Where all is of one size: a line in capitals near the top, else the first."""
    texts = [t for p in lines[:_FEW_LINES] if not _LABEL.match(t := _plain(p.text))]
    capitals = (t for t in texts if t.isupper() and " " in t)
    first = next(capitals, texts[0] if texts else "")
    return first if 2 < len(first) <= _MAX_FIRST_LINE else None


def _at_size(lines: list[Piece], size: float) -> str | None:
    """The first of the lines of that size and those that follow it closely."""
    alike = [p for p in lines if p.size > _SAME * size]
    title = alike[:1]
    for before, line in pairwise(alike):
        if before.middle - line.middle > _REACH * line.size:
            break
        title.append(line)
    text = _plain(" ".join(p.text for p in title))
    return text if text and len(text) <= _MAX_TITLE else None


def _plain(text: str) -> str:
    return one_line(plain_glyphs(text.replace("\x02 ", "")))
