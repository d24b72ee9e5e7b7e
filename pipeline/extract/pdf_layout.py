"""From placed pieces to a page's lines in reading order: columns, rows of tables, paragraphs. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from statistics import median

from pipeline.extract.pdf_text import Piece

_MIN_COLUMN_PIECES = 4
_CROSSING_SHARE = 0.12
_FILL = 0.55
"""Of a column's width that its median line fills; cells of a table fill less."""
_GUTTER = 4.0
"""Points: the least white between two columns."""
_STEP = 2.0
"""Points: how finely the page's width is looked at."""
_MAX_BINS = 20_000
_SAME_LINE = 0.5
_PARAGRAPH_GAP = 0.75
"""Of the line height: more white than that above a line starts a paragraph."""
_HYPHEN = re.compile(r"[^\W\d_][-\u00ad\u2010\x02\ufffe]$")
_END = re.compile(r"[.!?:;…\"”»)\]]$")
_ITEM = re.compile(r"^(?:[-–•▪●◦‣⁃∙■□▶►➢➤✓\uf0b7\uf0a7\uf0d8\u25cf]\s|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]\s)")


@dataclass(slots=True)
class Line:
    """A line of one column: its text and place. ``cells`` above 1 means a row whose pieces stood apart."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    cells: int = 1


def read_lines(pieces: list[Piece], width: float) -> list[list[Line]]:
    """The page's lines in reading order, grouped by column (a full-width stretch is a group of its own)."""
    upright = [p for p in pieces if p.text]
    gutters = _gutters(upright, width)
    if not gutters:
        return [_lines(upright)]
    groups: list[list[Line]] = []
    for band in _bands(upright, gutters):
        groups.extend(_lines(column) for column in band if column)
    return groups


def _gutters(pieces: list[Piece], width: float) -> list[float]:
    """The x positions of the white between columns; empty on a page of one column."""
    if len(pieces) < 2 * _MIN_COLUMN_PIECES:
        return []
    found: list[float] = []
    for x in _white_stripes(pieces, width):
        edges = [0.0, *found, width]
        low = max(e for e in edges if e < x)
        if _is_gutter(pieces, low, x, width):
            found.append(x)
    return found


def _white_stripes(pieces: list[Piece], width: float) -> list[float]:
    """Middles of the vertical stripes that few pieces cross, left to right."""
    cover = _coverage(pieces, width)
    limit = max(1, int(len(pieces) * _CROSSING_SHARE))
    stripes: list[float] = []
    for white, run in groupby(range(len(cover)), key=lambda i: cover[i] <= limit):
        bins = list(run)
        if white and len(bins) * _STEP >= _GUTTER and bins[0] > 0 and bins[-1] < len(cover) - 1:
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


def _is_gutter(pieces: list[Piece], low: float, x: float, width: float) -> bool:
    """Do text columns stand on both sides (and not the cells of a table, or a margin of numbers)?"""
    left = [p for p in pieces if p.x1 <= x + 1 and p.x0 >= low - 1]
    right = [p for p in pieces if p.x0 >= x - 1]
    if len(left) < _MIN_COLUMN_PIECES or len(right) < _MIN_COLUMN_PIECES:
        return False
    for side in (left, right):
        span = max(p.x1 for p in side) - min(p.x0 for p in side)
        wide = [p.x1 - p.x0 for p in side]
        words = sum(p.text.count(" ") for p in side) / len(side)
        if span < width * 0.1 or words < 1.2:
            return False
        if median(wide) < min(span, width / 2.2) * _FILL and sum(w > span * 0.7 for w in wide) < 3:
            return False
    return True


def _bands(pieces: list[Piece], gutters: list[float]) -> list[list[list[Piece]]]:
    """Top to bottom: stretches of columns between the pieces that cross a gutter, each crossing stretch a band of one column."""
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


def _lines(pieces: list[Piece]) -> list[Line]:
    """Pieces of one column to lines, top to bottom; pieces on one baseline join, cells of a row with `` | ``."""
    rows: list[list[Piece]] = []
    for p in sorted(pieces, key=lambda p: -p.middle):
        if rows and abs(rows[-1][0].middle - p.middle) < _SAME_LINE * min(rows[-1][0].size, p.size):
            rows[-1].append(p)
        else:
            rows.append([p])
    for row in rows:
        row.sort(key=lambda p: p.x0)
    lines = []
    for i, row in enumerate(rows):
        tabular = len(row) > 1 and (
            len(row) > 2 or any(len(r) > 1 for r in (*rows[max(0, i - 1) : i], *rows[i + 1 : i + 2]))
        )
        lines.append(
            Line(
                row[0].x0,
                min(p.y0 for p in row),
                max(p.x1 for p in row),
                max(p.y1 for p in row),
                _join_row(row, " | " if tabular else " "),
                len(row) if tabular else 1,
            )
        )
    return lines


def _join_row(row: list[Piece], separator: str) -> str:
    text = row[0].text
    for before, after in pairwise(row):
        near = after.x0 - before.x1 < _GUTTER
        text += (("" if after.x0 - before.x1 < 0.15 * after.size else " ") if near else separator) + after.text
    return text


def paragraphs(lines: list[Line]) -> list[str]:
    """Join the lines of one column to paragraphs; hyphens at line ends heal."""
    if not lines:
        return []
    right = max(line.x1 for line in lines)
    left = min(line.x0 for line in lines)
    done: list[str] = []
    for i, line in enumerate(lines):
        if i and not _starts_paragraph(lines[i - 1], line, left, right):
            done[-1] = join_lines(done[-1], line.text)
        else:
            done.append(line.text)
    return done


def _starts_paragraph(before: Line, line: Line, left: float, right: float) -> bool:
    height = max(min(before.y1 - before.y0, line.y1 - line.y0), 1.0)
    gap = before.y0 - line.y1
    if before.cells > 1 or line.cells > 1 or _ITEM.match(line.text):
        return True
    if gap > _PARAGRAPH_GAP * height or gap < -2 * height:
        return True
    if abs((before.y1 - before.y0) - (line.y1 - line.y0)) > 0.15 * height:
        return True
    if _HYPHEN.search(before.text):
        return False
    short = before.x1 < right - 0.25 * (right - left)
    if short and (_END.search(before.text) or line.text[:1].isupper()):
        return True
    indented = line.x0 - before.x0 > 0.8 * height
    return indented and bool(_END.search(before.text)) and not _ITEM.match(before.text)


def join_lines(before: str, after: str) -> str:
    """Two lines of one paragraph to one; a word broken by a hyphen becomes whole."""
    if _HYPHEN.search(before):
        if after[:1].islower():
            return before[:-1] + after
        return before[:-1] + "-" + after
    return f"{before} {after}"
