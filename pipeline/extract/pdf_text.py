"""The text of a PDF page as placed pieces: what pdfium gives, with the geometry that reading order needs.

Asking pdfium for every character's box would cost more than the text itself, so the page's text is fetched once and
boxes only for the characters at the ends of its lines and of its words.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from pipeline.extract.pdf_bidi import is_rtl, logical

_LINE = re.compile(r"[^\r\n\x02\ufffe]+[\x02\ufffe]?")
"""pdfium writes U+0002 (older: U+FFFE) for a hyphen at a line's end, and no line break after it."""
_SPACES = re.compile(" +")
_WIDE_GAP = 1.0
"""Of the font size: white space between two words that is wider starts a new piece (a column, a table cell)."""
_LEAST_SIZE, _MOST_SIZE = 1.0, 400.0
"""Points: font sizes that are believed."""
_LOOSE = 0.75
"""Of the font size: characters of a line that are wider apart on average hide a gap that pdfium gave no space for."""
_RAISED = re.compile(r"(?<=[^\W\d_]{2})[)\]”’\".,;]?(\d{1,3}(?:[,–-]\d{1,3})*)(?![\d%])")
"""Where a number follows a word without a space: the mark of a footnote, if it is raised."""
_UNITS = frozenset(("cm", "km", "mm"))
_MAX_CHARS = 400_000
"""Of one page: a page with more is an attack or a map."""
_FILLER = "\u2060"
"""Stands where an index of pdfium has no character of its own; cleaned away later."""


Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Piece:
    """Text on one baseline without a wide gap. Points, origin at the page's lower left corner, ``y1`` the top."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    turn: int = 0
    """Quarters of a turn, anticlockwise, that the text is written at (its place is given on the page turned back about
    its origin); -1: at a slant."""
    hidden: bool = False
    """Written with nothing (render mode 3): the text of a scanned page, or text that is not meant to be seen."""

    @property
    def size(self) -> float:
        """The height of the characters' loose boxes: about the font size times 1.2."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Where the piece stands on the page's height."""
        return (self.y0 + self.y1) / 2


class Boxes:
    """Geometry of one text page's characters, through C structures that are reused.

    Coordinates are those of a page that is turned until the current line is upright (about its origin): `turn_to`.
    """

    def __init__(self, textpage: Any) -> None:
        self._page = textpage.raw
        self._rect = pdfium_c.FS_RECTF()
        self._rect_at = ctypes.byref(self._rect)
        self._matrix = pdfium_c.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._turn = 0
        self._size: float | None = None

    def turn_to(self, index: int) -> int:
        """Turn the page so that a character's line is upright: by how many quarters clockwise; -1: it is at a slant."""
        self._turn, self._size = 0, None
        if not pdfium_c.FPDFText_GetMatrix(self._page, index, ctypes.byref(self._matrix)):
            return 0
        m = self._matrix
        quarters = 0 if abs(m.b) < 0.1 * abs(m.a) and m.a > 0 else math.atan2(m.b, m.a) / (math.pi / 2)
        if abs(quarters - round(quarters)) > 0.1:
            return -1
        self._turn = round(quarters) % 4
        size = pdfium_c.FPDFText_GetFontSize(self._page, index) * math.hypot(m.c, m.d)
        self._size = size if _LEAST_SIZE < size < _MOST_SIZE else None
        return self._turn

    def of(self, index: int) -> Box | None:
        """(left, bottom, right, top) of a character; None where pdfium knows none."""
        if not pdfium_c.FPDFText_GetLooseCharBox(self._page, index, self._rect_at):
            return None
        rect = self._rect
        if self._turn == 0:
            return rect.left, rect.bottom, rect.right, rect.top
        if self._turn == 1:
            return rect.bottom, -rect.right, rect.top, -rect.left
        if self._turn == 2:
            return -rect.right, -rect.top, -rect.left, -rect.bottom
        return -rect.top, rect.left, -rect.bottom, rect.right

    def upright(self, index: int) -> tuple[float, float] | None:
        """(bottom, top) of a line by its baseline and font size; None where these are not to be believed.

        Loose boxes alone will not do: some fonts claim twice the height of their letters, and lines then seem to
        overlap.
        """
        place = self.origin(index) if self._size else None
        return (place[1] - 0.22 * self._size, place[1] + 0.98 * self._size) if place and self._size else None

    def origin(self, index: int) -> tuple[float, float] | None:
        """(x, y) where a character's baseline begins."""
        if not pdfium_c.FPDFText_GetCharOrigin(self._page, index, ctypes.byref(self._x), ctypes.byref(self._y)):
            return None
        x, y = self._x.value, self._y.value
        return ((x, y), (y, -x), (-x, -y), (-y, x))[self._turn]

    def hidden(self, index: int) -> bool:
        """Is a character written with nothing?"""
        drawn = pdfium_c.FPDFText_GetTextObject(self._page, index)
        return bool(drawn) and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE


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
    codes = [get(raw, i) for i in range(count)]
    found: list[str] = []
    for at, code in enumerate(codes):
        if 0xDC00 <= code < 0xE000 and at and 0xD800 <= codes[at - 1] < 0xDC00:
            found[-1] = chr(0x10000 + ((codes[at - 1] - 0xD800) << 10) + code - 0xDC00)
            found.append(_FILLER)
        else:
            found.append(chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " ")
    return "".join(found)


def _split_line(text: str, start: int, end: int, boxes: Boxes) -> list[Piece]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return []
    turn = boxes.turn_to(start)
    left, last = boxes.of(start), boxes.of(end - 1)
    if left is None or last is None:
        place = left or last or (0.0, 0.0, 0.0, 0.0)
        return [_piece(text[start:end], place, place)]
    upright = boxes.upright(start)
    pieces: list[Piece] = []
    first = start
    for space, after, before_box, after_box in _wide_gaps(text, start, end, boxes, upright):
        height = upright if first == start else _upright_of(first, boxes)
        pieces.append(_piece(_written(text, first, space, boxes), left, before_box, height))
        first, left = after, after_box
    height = upright if first == start else _upright_of(first, boxes)
    pieces.append(_piece(_written(text, first, end, boxes), left, last, height))
    hidden = boxes.hidden(start)
    for piece in pieces:
        piece.turn, piece.hidden = turn, hidden
    return pieces


def _upright_of(index: int, boxes: Boxes) -> tuple[float, float] | None:
    """The height of a later piece of a line, which may be of another size."""
    boxes.turn_to(index)
    return boxes.upright(index)


def _wide_gaps(
    text: str, start: int, end: int, boxes: Boxes, upright: tuple[float, float] | None
) -> Iterator[tuple[int, int, Box, Box]]:
    """(end of a piece, start of the next, and the boxes of the characters there) for each wide gap of a line."""
    backwards = is_rtl(text[start:end])
    height = upright[1] - upright[0] if upright else _MOST_SIZE
    for space, after in _gap_places(text, start, end, boxes, upright):
        one, two = boxes.of(space - 1), boxes.of(after)
        if one is None or two is None:
            continue
        size = max(min(one[3] - one[1], height), 1.0)
        white = one[0] - two[2] if backwards else two[0] - one[2]
        turned_back = not backwards and two[0] < one[0] - size
        if white > size * _WIDE_GAP or turned_back or abs(two[1] - one[1]) > size:
            yield space, after, one, two


def _gap_places(
    text: str, start: int, end: int, boxes: Boxes, upright: tuple[float, float] | None
) -> Iterator[tuple[int, int]]:
    """Where gaps may be: at the spaces; between any two characters of a line that is wider than its letters are."""
    if upright is not None and end - start > 1 and (ends := (boxes.of(start), boxes.of(end - 1))):
        one, two = ends
        span = abs(two[2] - one[0]) if one and two else 0.0
        if span > _LOOSE * (upright[1] - upright[0]) * (end - start):
            for at in range(start + 1, end):
                if text[at] != " ":
                    yield at - 1 if text[at - 1] == " " and at - 1 > start else at, at
            return
    for gap in _SPACES.finditer(text, start, end):
        yield gap.span()


def _written(text: str, start: int, end: int, boxes: Boxes) -> str:
    """A piece's text: from right to left put in order, the marks of footnotes set apart from their words."""
    piece = text[start:end]
    if not piece.isascii() and is_rtl(piece):
        return logical(piece, lambda at: boxes.of(start + at))
    found = []
    at = start
    for match in _RAISED.finditer(text, start, end):
        first, last = match.span(1)
        if text[first - 2 : first].casefold() not in _UNITS and _is_raised(match.start() - 1, first, boxes):
            found.append(f"{text[at:first]} {text[first:last]}{' ' if text[last : last + 1].isalnum() else ''}")
            at = last
    return "".join(found) + text[at:end]


def _is_raised(letter: int, mark: int, boxes: Boxes) -> bool:
    """Does a character stand higher than one before it?"""
    one, two, height = boxes.origin(letter), boxes.origin(mark), boxes.of(letter)
    if one is None or two is None or height is None:
        return False
    return two[1] - one[1] > 0.15 * (height[3] - height[1])


def _piece(text: str, left: Box, right: Box, height: tuple[float, float] | None = None) -> Piece:
    bottom, top = height or (min(left[1], right[1]), max(left[3], right[3]))
    return Piece(min(left[0], right[0]), bottom, max(left[2], right[2]), top, text.strip())
