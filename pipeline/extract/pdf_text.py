"""The text of a PDF page as placed pieces: what pdfium gives, with the geometry that reading order needs.

Asking pdfium for every character's box would cost more than the text itself, so the page's text is fetched once and boxes only for
the characters at the ends of its lines and of its words.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

_LINE = re.compile(r"[^\r\n]+")
_WIDE_GAP = 1.0
"""Of the font size: white space between two words that is wider starts a new piece (a column, a table cell)."""
_MAX_CHARS = 400_000
"""Of one page: a page with more is an attack or a map."""


@dataclass(slots=True)
class Piece:
    """Text on one baseline without a wide gap. Points, origin at the page's lower left corner, ``y1`` the top."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str

    @property
    def size(self) -> float:
        """The height of the characters' loose boxes: about the font size times 1.2."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Where the piece stands on the page's height."""
        return (self.y0 + self.y1) / 2


class Boxes:
    """Character boxes of one text page, through one reused C structure."""

    def __init__(self, textpage: Any) -> None:
        self._page = textpage.raw
        self._rect = pdfium_c.FS_RECTF()
        self._ref = ctypes.byref(self._rect)

    def of(self, index: int) -> tuple[float, float, float, float] | None:
        """(left, bottom, right, top) of a character; None where pdfium knows none."""
        if not pdfium_c.FPDFText_GetLooseCharBox(self._page, index, self._ref):
            return None
        rect = self._rect
        return rect.left, rect.bottom, rect.right, rect.top


def page_pieces(textpage: Any) -> list[Piece]:
    """The pieces of a page in the order of its content stream."""
    count = min(textpage.count_chars(), _MAX_CHARS)
    if count <= 0:
        return []
    text = _characters(textpage, count)
    boxes = Boxes(textpage)
    pieces: list[Piece] = []
    for line in _LINE.finditer(text):
        pieces.extend(_split_line(text, line.start(), line.end(), boxes))
    return pieces


def _characters(textpage: Any, count: int) -> str:
    """The page's characters, one for each of pdfium's indices."""
    text: str = textpage.get_text_range(0, count)
    if len(text) == count:
        return text
    # Where pdfium leaves characters out of the text (or writes pairs), its indices and the text's differ: ask one by one.
    get = pdfium_c.FPDFText_GetUnicode
    raw = textpage.raw
    codes = (get(raw, i) for i in range(count))
    return "".join(chr(c) if 0 < c < 0x110000 and not 0xD800 <= c < 0xE000 else " " for c in codes)


def _split_line(text: str, start: int, end: int, boxes: Boxes) -> list[Piece]:
    pieces: list[Piece] = []
    first = start
    while first < end and text[first].isspace():
        first += 1
    while end > first and text[end - 1].isspace():
        end -= 1
    if first >= end:
        return []
    left = boxes.of(first)
    position = first
    while left is not None:
        space = text.find(" ", position, end)
        if space < 0:
            break
        after = space + 1
        while after < end and text[after] == " ":
            after += 1
        before_box, after_box = boxes.of(space - 1), boxes.of(after) if after < end else None
        if before_box and after_box:
            size = max(before_box[3] - before_box[1], 1.0)
            apart = after_box[0] - before_box[2] > size * _WIDE_GAP or after_box[0] < before_box[0] - size
            if apart or abs(after_box[1] - before_box[1]) > size:
                pieces.append(_piece(text[first:space], left, before_box))
                first, left = after, after_box
        position = after
    last = boxes.of(end - 1)
    if left is not None and last is not None:
        pieces.append(_piece(text[first:end], left, last))
    elif text[first:end].strip():
        anchor = left or last or (0.0, 0.0, 0.0, 0.0)
        pieces.append(_piece(text[first:end], anchor, anchor))
    return pieces


def _piece(text: str, left: tuple[float, ...], right: tuple[float, ...]) -> Piece:
    return Piece(
        min(left[0], right[0]), min(left[1], right[1]), max(left[2], right[2]), max(left[3], right[3]), text.strip()
    )
