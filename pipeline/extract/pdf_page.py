"""One page of a PDF: its pieces as they are seen, whatever way the page or its text is turned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from pipeline.extract.pdf_furniture import Sheet
from pipeline.extract.pdf_text import Piece, page_pieces

MAX_SIDE = 200_000.0
"""Points (70 metres): larger pages, or none, are taken for a mistake; their text is read all the same."""
_OUTSIDE = 2.0


@dataclass(frozen=True, slots=True)
class PageRead:
    """What stands upright on a page, what stands beside it at a turn, and how many objects the page draws."""

    sheet: Sheet
    turned: list[Piece]
    objects: int


UNREADABLE = PageRead(Sheet([], 0.0, 0.0), [], 0)


def read_page(document: Any, index: int) -> PageRead:
    """Read a page; raises PdfiumError where pdfium cannot."""
    page = document[index]
    try:
        box = page.get_bbox()
        textpage = page.get_textpage()
        try:
            pieces = page_pieces(textpage)
        finally:
            textpage.close()
        objects = pdfium_c.FPDFPage_CountObjects(page)
    finally:
        page.close()
    frames: dict[int, list[Piece]] = {}
    for p in _seen(pieces):
        if all(map(math.isfinite, (p.x0, p.y0, p.x1, p.y1))):
            frames.setdefault(p.turn, []).append(p)
    placed = {turn: _placed(members, turn, box) for turn, members in frames.items()}
    # The way that most of the text is written is upright, whatever way the page is shown.
    common = max(placed, key=lambda turn: (sum(len(p.text) for p in placed[turn].pieces), turn == 0), default=0)
    sheet = placed.pop(common, Sheet([], box[2] - box[0], box[3] - box[1]))
    return PageRead(sheet, [p for turned in placed.values() for p in turned.pieces], objects)


def _placed(pieces: list[Piece], turn: int, box: tuple[float, float, float, float]) -> Sheet:
    """The pieces of one turn, counted from the lower left corner of the page as it is upright for them."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):  # also where one is no number
        dx, dy = -min(p.x0 for p in pieces), -min(p.y0 for p in pieces)
        width, height = max(p.x1 for p in pieces) + dx + 1, max(p.y1 for p in pieces) + dy + 1
    else:
        dx, dy = ((-left, -bottom), (-bottom, right), (right, top), (top, -left))[max(turn, 0)]
        if turn in (1, 3):
            width, height = height, width
    for p in pieces:  # a crop box need not start at the origin
        p.x0, p.x1, p.y0, p.y1 = p.x0 + dx, p.x1 + dx, p.y0 + dy, p.y1 + dy
    return Sheet([p for p in pieces if _is_inside(p, width, height)], width, height)


def _is_inside(piece: Piece, width: float, height: float) -> bool:
    """Is any of it on the page? What lies beside it was cut off by a printer, or is hidden there."""
    return (
        piece.x1 > -_OUTSIDE and piece.x0 < width + _OUTSIDE and piece.y1 > -_OUTSIDE and piece.y0 < height + _OUTSIDE
    )


def _seen(pieces: list[Piece]) -> list[Piece]:
    """Without the text that is not drawn, unless there is nearly no other: a scanned page's text is not drawn."""
    drawn = sum(len(p.text) for p in pieces if not p.hidden)
    hidden = sum(len(p.text) for p in pieces if p.hidden)
    return pieces if not hidden or hidden > drawn else [p for p in pieces if not p.hidden]
