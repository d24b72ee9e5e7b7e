"""Running headers, footers and page numbers: what repeats at the edges of pages is no part of the text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.pdf_text import Piece

_EDGE = 0.12
"""Of the page's height, at the top and at the bottom."""
_NUMBER_EDGE = 0.2
"""Where a page number may stand alone as the outermost line."""
_LARGE = 1.2
"""Of the usual size: what is set larger is a title, which may well be the same on several slides."""
_SAME_PLACE = 4.0
"""Points that a running header moves by from page to page."""
_SEQUENCE = 0.6
"""Of the pages whose outermost numbers must count up with the pages."""
_MIN_PAGES = 3
_MAX_HEAD = 110
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b")
_NUMBER = r"(?:[A-Z]?\d{1,3}\s?[-–.]\s?)?\d{1,4}"
_PAGE_NUMBER = re.compile(
    rf"^[-–—|•·\s]*(?:page|seite|p\s*a\s*g\s*e|p\.|pág\.?|página|pagina|s\.|str\.|side|sida|strona|oldal|σελίδα|страница)?"
    rf"[\s|:]*{_NUMBER}(?:\s*(?:/|of|von|de|sur|di|van|af|av|z|\|)\s*\d{{1,4}})?(?:\s*\|?\s*(?:page|p\s*a\s*g\s*e))?[-–—|•·\s]*$"
    r"|^[-–—|\s]*(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})[-–—|\s]*$",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_LAST_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's pieces and its size in points."""

    pieces: list[Piece]
    width: float
    height: float


def without_furniture(pages: Sequence[Sheet], slides: bool = False) -> list[list[Piece]]:
    """The pieces of each page that do not repeat at the edges of other pages, and are no page number."""
    usual = _usual_size(pages)
    repeated = _Repeated(pages, usual, slides)
    numbered = _NumberLines(pages, usual)
    kept = []
    for index, page in enumerate(pages):
        dropped = {id(piece) for piece in repeated.on(index)} | {id(piece) for piece in numbered.on(index)}
        rest = [p for p in page.pieces if id(p) not in dropped]
        # A page of nothing else (a sample, a title slide) keeps it: better twice than never.
        kept.append(rest or page.pieces)
    return kept


def _usual_size(pages: Sequence[Sheet]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for p in page.pieces:
            sizes[round(p.size)] += len(p.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


class _Repeated:
    """What stands at the edges of several pages with the same words, digits aside."""

    def __init__(self, pages: Sequence[Sheet], usual: float, slides: bool) -> None:
        self._pages = pages
        self._usual = usual
        self._anywhere: Counter[tuple[bool, str]] = Counter()
        self._places: defaultdict[tuple[bool, str], list[float]] = defaultdict(list)
        for page in pages:
            on_page = {(top, key): at for top, key, at, _ in _edge_pieces(page)}
            self._anywhere.update(on_page.keys())
            for where, at in on_page.items():
                self._places[where].append(at)
        count = len(pages)
        self._needed = max(_MIN_PAGES, count // 4) if count > 2 else 2
        self._needed_large = max(self._needed, (count + 1) // 2)
        self._needed_in_place = max(_MIN_PAGES, count // 3) if slides else 2

    def on(self, index: int) -> Iterator[Piece]:
        """The repeated pieces of a page."""
        for top, key, at, piece in _edge_pieces(self._pages[index]):
            large = piece.size > _LARGE * self._usual
            seen = self._anywhere[top, key]
            in_place = sum(abs(at - other) < _SAME_PLACE for other in self._places[top, key])
            if seen >= (self._needed_large if large else self._needed) or (
                not large and in_place >= self._needed_in_place and any(c.isalpha() for c in key)
            ):
                yield piece


def _edge_pieces(page: Sheet) -> Iterator[tuple[bool, str, float, Piece]]:
    """(at the top?, its words, its distance from the edge, piece)."""
    for piece in page.pieces:
        top = piece.middle > page.height * (1 - _EDGE)
        if top or piece.middle < page.height * _EDGE:
            key = _DIGITS.sub("#", piece.text.casefold())
            yield top, key, page.height - piece.middle if top else piece.middle, piece


class _NumberLines:
    """Outermost lines that hold the page's number: the number alone, or the running head beside it too."""

    def __init__(self, pages: Sequence[Sheet], usual: float) -> None:
        self._usual = usual
        self._lines = [[_outermost(page, top) for top in (True, False)] for page in pages]
        self._apart = [
            [_stands_apart(page, line) for line in lines] for page, lines in zip(pages, self._lines, strict=True)
        ]
        self._counts_up = [self._sequence(end) for end in (0, 1)]
        self._single = len(pages) == 1

    def on(self, index: int) -> Iterator[Piece]:
        """The pieces of a page's number lines."""
        for end, line in enumerate(self._lines[index]):
            number = next((p for p in line if _PAGE_NUMBER.match(p.text)), None)
            if number is None or number.size > 1.5 * self._usual:
                continue
            alone = len(line) == 1
            head = sum(len(p.text) for p in line) <= _MAX_HEAD and all(p.size < _LARGE * self._usual for p in line)
            certain = index in self._counts_up[end] or (self._single and self._apart[index][end])
            if alone or (head and len(line) <= 3 and certain):
                yield from line

    def _sequence(self, end: int) -> set[int]:
        """The pages whose outermost number is their own, counted from wherever."""
        offsets = {}
        for index, lines in enumerate(self._lines):
            for p in lines[end]:
                if (value := _value(p.text)) is not None:
                    offsets[index] = value - index
        usual = Counter(offsets.values()).most_common(1)
        if not usual or usual[0][1] < max(2, _SEQUENCE * len(offsets)):
            return set()
        return {index for index, offset in offsets.items() if offset == usual[0][0]}


def _outermost(page: Sheet, top: bool) -> list[Piece]:
    """The pieces of the first or last line of a page, if it stands near the edge."""
    if not page.pieces:
        return []
    edge = (max if top else min)(page.pieces, key=lambda p: p.middle)
    line = [p for p in page.pieces if abs(p.middle - edge.middle) < 0.5 * max(edge.size, p.size)]
    near = edge.middle > page.height * (1 - _NUMBER_EDGE) if top else edge.middle < page.height * _NUMBER_EDGE
    return line if near and len(page.pieces) > len(line) else []


def _stands_apart(page: Sheet, line: list[Piece]) -> bool:
    """Is there more white than between lines of text to the next line?"""
    own = {id(p) for p in line}
    nearest = min((abs(p.middle - q.middle) for p in page.pieces if id(p) not in own for q in line[:1]), default=0.0)
    return bool(line) and nearest > 1.6 * max(p.size for p in line)


def _value(text: str) -> int | None:
    """The number of a page number, roman ones too."""
    if not _PAGE_NUMBER.match(text):
        return None
    if digits := _LAST_NUMBER.findall(text):
        return int(digits[0])
    values = [_ROMAN[c] for c in text.casefold() if c in _ROMAN]
    return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values)) or None
