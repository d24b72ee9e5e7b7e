"""From placed pieces to a page's lines in reading order: columns, and the stretches that go across them.

Pure functions.
"""

from __future__ import annotations

from itertools import accumulate, groupby
from statistics import median

from pipeline.extract.pdf_bidi import is_rtl
from pipeline.extract.pdf_rows import GUTTER, Line, lines_of
from pipeline.extract.pdf_text import Piece

_MIN_COLUMN_PIECES = 4
_CROSSING_SHARE = 0.12
"""Of the page's pieces that may stand across a gutter (headings, tables)."""
_MIXED_SHARE = 0.4
"""The same on a page that is of one column for a good part; its columns must then be plainly such."""
_FILL = 0.55
"""Of a column's width that its median line fills; cells of a table fill less."""
_CELL_LETTERS = 14
"""Bytes of text: pieces that are shorter on average are cells of a table."""
_STEP = 2.0
"""Points: how finely the page's width is looked at."""
_MAX_BINS = 20_000


def read_lines(pieces: list[Piece], width: float) -> list[list[Line]]:
    """The page's lines in reading order, grouped by column (a full-width stretch is a group of its own)."""
    upright = [p for p in pieces if p.text]
    gutters = _gutters(upright, width)
    if not gutters:
        return [lines_of(upright)]
    groups: list[list[Line]] = []
    for band in _bands(upright, gutters):
        backwards = is_rtl("".join(p.text for column in band for p in column))
        groups.extend(lines_of(column) for column in (reversed(band) if backwards else band) if column)
    return groups


def _gutters(pieces: list[Piece], width: float) -> list[float]:
    """The x positions of the white between columns; empty on a page of one column."""
    if len(pieces) < 2 * _MIN_COLUMN_PIECES:
        return []
    for share, strict in ((_CROSSING_SHARE, False), (_MIXED_SHARE, True)):
        found: list[float] = []
        for x in _white_stripes(pieces, width, share):
            if _is_gutter(pieces, max([0.0, *found]), x, width, strict):
                found.append(x)
        if found:
            return found
    return []


def _white_stripes(pieces: list[Piece], width: float, share: float) -> list[float]:
    """Middles of the vertical stripes that few pieces cross, left to right."""
    cover = _coverage(pieces, width)
    limit = max(1, int(len(pieces) * share))
    stripes: list[float] = []
    for white, run in groupby(range(len(cover)), key=lambda i: cover[i] <= limit):
        bins = list(run)
        if white and len(bins) * _STEP >= GUTTER and bins[0] > 0 and bins[-1] < len(cover) - 1:
            middle = (bins[0] + bins[-1]) / 2
            best = min(bins, key=lambda k: (cover[k], abs(k - middle)))
            stripes.append((best + 0.5) * _STEP)
    return stripes


def _coverage(pieces: list[Piece], width: float) -> list[int]:
    """How many pieces stand over each step of the page's width."""
    bins = max(1, min(int(width / _STEP) + 1, _MAX_BINS))
    change = [0] * (bins + 1)
    for p in pieces:
        low, high = max(0, int(p.x0 / _STEP)), min(bins, int(p.x1 / _STEP) + 1)
        if low < high:
            change[low] += 1
            change[high] -= 1
    return list(accumulate(change[:bins]))


def _is_gutter(pieces: list[Piece], low: float, x: float, width: float, strict: bool) -> bool:
    """Do text columns stand on both sides (and not the cells of a table, or a margin of numbers)?"""
    left = [p for p in pieces if p.x1 <= x + 1 and p.x0 >= low - 1]
    right = [p for p in pieces if p.x0 >= x - 1]
    if len(left) < _MIN_COLUMN_PIECES or len(right) < _MIN_COLUMN_PIECES:
        return False
    for side in (left, right):
        span = max(p.x1 for p in side) - min(p.x0 for p in side)
        wide = [p.x1 - p.x0 for p in side]
        # Bytes, because an ideograph says as much as three letters.
        letters = sum(len(p.text.encode("utf-8", "replace")) for p in side) / len(side)
        if span < width * 0.1 or letters < _CELL_LETTERS:
            return False
        if median(wide) < min(span, width / 2.2) * _FILL and sum(w > span * 0.7 for w in wide) < 3:
            return False
        if strict and (len(side) < 2 * _MIN_COLUMN_PIECES or median(wide) < max(0.8 * span, width * 0.25)):
            return False
    return True


def _bands(pieces: list[Piece], gutters: list[float]) -> list[list[list[Piece]]]:
    """Top to bottom: stretches of columns between the pieces that cross a gutter, each crossing stretch a band of one
    column.
    """
    crossing = [p for p in pieces if any(p.x0 < x - 1 and p.x1 > x + 1 for x in gutters)]
    inside = [p for p in pieces if not any(p.x0 < x - 1 and p.x1 > x + 1 for x in gutters)]
    edges = sorted({p.y0 for p in crossing} | {p.y1 for p in crossing}, reverse=True)
    spans = _crossing_spans(crossing)
    bands: list[tuple[float, list[list[Piece]]]] = [(top, [members]) for top, _, members in spans]
    limits = (
        [float("inf"), *[y for top, bottom, _ in spans for y in (top, bottom)], float("-inf")]
        if edges
        else [float("inf"), float("-inf")]
    )
    for upper, lower in zip(limits[0::2], limits[1::2], strict=True):
        chosen = [p for p in inside if lower <= p.middle < upper]
        if chosen:
            bands.append((max(p.y1 for p in chosen), _by_column(chosen, gutters)))
    claimed = {id(p) for _, columns in bands for column in columns for p in column}
    for top, bottom, members in spans:  # what stands beside a crossing piece on its line belongs to it
        members.extend(p for p in inside if id(p) not in claimed and bottom <= p.middle <= top)
    return [columns for _, columns in sorted(bands, key=lambda b: -b[0])]


def _crossing_spans(crossing: list[Piece]) -> list[tuple[float, float, list[Piece]]]:
    """(top, bottom, pieces) of the stretches of crossing pieces that no column text parts."""
    spans: list[tuple[float, float, list[Piece]]] = []
    for p in sorted(crossing, key=lambda c: -c.y1):
        if spans and spans[-1][1] - p.y1 < 0.2 * p.size:
            top, bottom, members = spans[-1]
            members.append(p)
            spans[-1] = (top, min(bottom, p.y0), members)
        else:
            spans.append((p.y1, p.y0, [p]))
    return spans


def _by_column(pieces: list[Piece], gutters: list[float]) -> list[list[Piece]]:
    columns: list[list[Piece]] = [[] for _ in range(len(gutters) + 1)]
    for p in pieces:
        columns[sum((p.x0 + p.x1) / 2 > x for x in gutters)].append(p)
    return columns
