"""The text of a PDF page as placed pieces: what pdfium gives, with the geometry that reading order needs.

Asking pdfium for every character's box would cost more than the text itself, so the page's text is fetched once and
boxes only for the characters at the ends of its lines and of its words.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

_LINE = re.compile(r"[^\r\n\x02\ufffe]+[\x02\ufffe]?")
"""pdfium writes U+0002 (older: U+FFFE) for a hyphen at a line's end, and no line break after it."""
_SPACES = re.compile(" +")
_WIDE_GAP = 1.0
"""Of the font size: white space between two words that is wider starts a new piece (a column, a table cell)."""
_LEAST_SIZE, _MOST_SIZE = 1.0, 400.0
"""Points: font sizes that are believed."""
_MAX_CHARS = 400_000
"""Of one page: a page with more is an attack or a map."""


Box = tuple[float, float, float, float]


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
    """Geometry of one text page's characters, through C structures that are reused."""

    def __init__(self, textpage: Any) -> None:
        self._page = textpage.raw
        self._rect = pdfium_c.FS_RECTF()
        self._matrix = pdfium_c.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def of(self, index: int) -> Box | None:
        """(left, bottom, right, top) of a character; None where pdfium knows none."""
        if not pdfium_c.FPDFText_GetLooseCharBox(self._page, index, ctypes.byref(self._rect)):
            return None
        rect = self._rect
        return rect.left, rect.bottom, rect.right, rect.top

    def upright(self, index: int) -> tuple[float, float] | None:
        """(bottom, top) of a line by its baseline and font size; None for turned text.

        Loose boxes alone will not do: some fonts claim twice the height of their letters, and lines then seem to
        overlap.
        """
        if not pdfium_c.FPDFText_GetMatrix(self._page, index, ctypes.byref(self._matrix)):
            return None
        matrix = self._matrix
        size = pdfium_c.FPDFText_GetFontSize(self._page, index) * abs(matrix.d)
        turned = abs(matrix.b) > 0.1 * abs(matrix.d)
        if turned or not _LEAST_SIZE < size < _MOST_SIZE:
            return None
        if not pdfium_c.FPDFText_GetCharOrigin(self._page, index, ctypes.byref(self._x), ctypes.byref(self._y)):
            return None
        return self._y.value - 0.22 * size, self._y.value + 0.98 * size


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
    # Where pdfium leaves characters out of the text (or writes pairs), its indices and the text's differ: ask one by
    # one.
    get = pdfium_c.FPDFText_GetUnicode
    raw = textpage.raw
    codes = (get(raw, i) for i in range(count))
    return "".join(chr(c) if 0 < c < 0x110000 and not 0xD800 <= c < 0xE000 else " " for c in codes)


def _split_line(text: str, start: int, end: int, boxes: Boxes) -> list[Piece]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return []
    left, last = boxes.of(start), boxes.of(end - 1)
    if left is None or last is None:
        place = left or last or (0.0, 0.0, 0.0, 0.0)
        return [_piece(text[start:end], place, place)]
    pieces: list[Piece] = []
    first = start
    for space, after, before_box, after_box in _wide_gaps(text, start, end, boxes):
        pieces.append(_piece(text[first:space], left, before_box, boxes.upright(first)))
        first, left = after, after_box
    pieces.append(_piece(text[first:end], left, last, boxes.upright(first)))
    return pieces


def _wide_gaps(text: str, start: int, end: int, boxes: Boxes) -> Iterator[tuple[int, int, Box, Box]]:
    """(end of a piece, start of the next, and the boxes of the characters there) for each wide gap of a line."""
    backwards = is_rtl(text[start:end])
    upright = boxes.upright(start)
    height = upright[1] - upright[0] if upright else _MOST_SIZE
    for gap in _SPACES.finditer(text, start, end):
        space, after = gap.span()
        one, two = boxes.of(space - 1), boxes.of(after)
        if one is None or two is None:
            continue
        size = max(min(one[3] - one[1], height), 1.0)
        white = one[0] - two[2] if backwards else two[0] - one[2]
        turned_back = not backwards and two[0] < one[0] - size
        if white > size * _WIDE_GAP or turned_back or abs(two[1] - one[1]) > size:
            yield space, after, one, two


def is_rtl(text: str) -> bool:
    """Is most of it written from right to left (Hebrew, Arabic and their relatives)?"""
    if text.isascii():
        return False
    marked = sum("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufeff" for c in text)
    return marked * 2 > sum(c.isalpha() for c in text)


def _piece(text: str, left: Box, right: Box, height: tuple[float, float] | None = None) -> Piece:
    bottom, top = height or (min(left[1], right[1]), max(left[3], right[3]))
    return Piece(min(left[0], right[0]), bottom, max(left[2], right[2]), top, text.strip())
