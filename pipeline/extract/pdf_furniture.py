"""Running headers, footers and page numbers: what repeats at the edges of pages is no part of the text."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.extract.pdf_text import Piece

_EDGE = 0.12
"""Of the page's height, at the top and at the bottom."""
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b")
_PAGE_NUMBER = re.compile(
    r"^[-–—|\s]*(?:page|seite|p\.|pág\.?|página|pagina|s\.)?\s*\d{1,4}(?:\s*(?:/|of|von|de|sur|di|"
    r"van)\s*\d{1,4})?[-–—|\s]*$|^[-–—\s]*[ivxlc]{1,6}[-–—\s]*$",
    re.IGNORECASE,
)
_MIN_PAGES = 3


def without_furniture(pages: list[tuple[list[Piece], float]]) -> list[list[Piece]]:
    """The pieces of each page (given with its height) that do not repeat at the edges of other pages, and are no page
    number.
    """
    seen: Counter[tuple[bool, str]] = Counter()
    for pieces, height in pages:
        seen.update({(top, key) for top, key, _ in _edge_pieces(pieces, height)})
    needed = max(_MIN_PAGES, len(pages) // 4) if len(pages) > 2 else 2
    kept = []
    for pieces, height in pages:
        dropped = {
            id(piece)
            for top, key, piece in _edge_pieces(pieces, height)
            if seen[top, key] >= needed or (len(pages) > 1 and _is_outermost_number(piece, pieces, top))
        }
        rest = [p for p in pieces if id(p) not in dropped]
        # A page of nothing else (a sample, a title slide) keeps it: better twice than never.
        kept.append(rest or pieces)
    return kept


def _edge_pieces(pieces: list[Piece], height: float) -> list[tuple[bool, str, Piece]]:
    found = []
    for piece in pieces:
        top = piece.middle > height * (1 - _EDGE)
        if top or piece.middle < height * _EDGE:
            found.append((top, _DIGITS.sub("#", piece.text.casefold()), piece))
    return found


def _is_outermost_number(piece: Piece, pieces: list[Piece], top: bool) -> bool:
    """A page number stands alone at the very edge: no other line is further out."""
    if not _PAGE_NUMBER.match(piece.text):
        return False
    others = [p for p in pieces if p is not piece and abs(p.middle - piece.middle) > piece.size]
    return all(p.middle < piece.middle for p in others) if top else all(p.middle > piece.middle for p in others)
