"""From placed pieces to a page's lines in reading order: columns, rows of tables, paragraphs. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from statistics import median

from pipeline.extract.pdf_text import Piece, is_rtl

_MIN_COLUMN_PIECES = 4
_CROSSING_SHARE = 0.12
"""Of the page's pieces that may stand across a gutter (headings, tables)."""
_MIXED_SHARE = 0.4
"""The same on a page that is of one column for a good part; its columns must then be plainly such."""
_FILL = 0.55
"""Of a column's width that its median line fills; cells of a table fill less."""
_CELL_LETTERS = 14
"""Bytes of text: pieces that are shorter on average are cells of a table."""
_GUTTER = 4.0
"""Points: the least white between two columns."""
_STEP = 2.0
"""Points: how finely the page's width is looked at."""
_MAX_BINS = 20_000
_SAME_LINE = 0.4
_PARAGRAPH_GAP = 0.75
"""Of the line height: more white than that above a line starts a paragraph."""
_HYPHEN = re.compile(r"[^\W\d_][-\u00ad\u2010\x02\ufffe]$")
_COMPOUND = frozenset(
    ("non", "self", "well", "long", "short", "high", "low", "follow", "cross", "full", "part", "half", "all", "anti",
     "in", "ex", "evidence", "cost", "peer", "real", "state")
)  # fmt: skip
"""First halves of English compounds that keep their hyphen."""
_END = re.compile(r"[.!?:;…\"”»)\]]$")
_LEADERS = re.compile(r"\s*(?:\.\s?){5,}\s*|\s*…{2,}\s*|\s*_{5,}\s*")
_LEADER_LINE = re.compile(r" … \S{0,12}$")
_LABEL = re.compile(r"^\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zA-Z]|[ivx]{1,4})[.)]?$")
_BULLET_ROWS = 3
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
        backwards = is_rtl("".join(p.text for column in band for p in column))
        groups.extend(_lines(column) for column in (reversed(band) if backwards else band) if column)
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


def _lines(pieces: list[Piece]) -> list[Line]:
    """Pieces of one column to lines, top to bottom; pieces on one baseline join, cells of a row with `` | ``."""
    rows: list[list[Piece]] = []
    for p in sorted(pieces, key=lambda p: -p.middle):
        if rows and abs(rows[-1][0].middle - p.middle) < _SAME_LINE * min(rows[-1][0].size, p.size):
            rows[-1].append(p)
        else:
            rows.append([p])
    for row in rows:
        backwards = is_rtl("".join(p.text for p in row))
        row.sort(key=lambda p: -p.x1 if backwards else p.x0)
    _mark_bullets(rows)
    cells = [_cells(row) for row in rows]
    lines = []
    for i, row in enumerate(rows):
        tabular = cells[i] > 2 or (
            cells[i] > 1 and any(c > 1 for c in (*cells[max(0, i - 1) : i], *cells[i + 1 : i + 2]))
        )
        x0, y0 = min(p.x0 for p in row), min(p.y0 for p in row)
        x1, y1 = max(p.x1 for p in row), max(p.y1 for p in row)
        text = _LEADERS.sub(" … ", _join_row(row, " | " if tabular else " "))
        lines.append(Line(x0, y0, x1, y1, text, cells[i] if tabular else 1))
    return lines


def _mark_bullets(rows: list[list[Piece]]) -> None:
    """A sign that stands alone before a line is a bullet; a letter is one (of a symbol font) where it does so again
    and again.
    """
    heads = Counter(row[0].text for row in rows if len(row) > 1 and len(row[0].text) == 1)
    for row in rows:
        sign = row[0].text
        if (
            len(row) > 1
            and len(sign) == 1
            and not sign.isdigit()
            and (not sign.isalpha() or heads[sign] >= _BULLET_ROWS)
        ):
            row[0].text = "-"


def _cells(row: list[Piece]) -> int:
    """How many cells the row has, where a bullet or a number before a text is none of its own."""
    head = row[0].text
    labelled = len(row) > 1 and (head == "-" or bool(_LABEL.match(head)))
    return 1 + sum(not _is_near(b, a) for b, a in pairwise(row[1:] if labelled else row))


def _is_near(before: Piece, after: Piece) -> bool:
    return max(after.x0 - before.x1, before.x0 - after.x1) < _GUTTER


def _join_row(row: list[Piece], separator: str) -> str:
    text = row[0].text
    for number, (before, after) in enumerate(pairwise(row)):
        gap = max(after.x0 - before.x1, before.x0 - after.x1)
        if gap < _GUTTER:
            text += ("" if gap < 0.04 * after.size else " ") + after.text
        else:
            labelled = number == 0 and (text == "-" or _LABEL.match(text))
            text += (" " if labelled else separator) + after.text
    return text


def paragraphs(lines: list[Line]) -> list[str]:
    """Join the lines of one column to paragraphs; hyphens at line ends heal."""
    if not lines:
        return []
    right = max(line.x1 for line in lines)
    leading = median(max(0.0, a.y0 - b.y1) for a, b in pairwise(lines)) if len(lines) > 3 else 0.0
    done: list[str] = []
    for i, line in enumerate(lines):
        if i and not _starts_paragraph(lines[i - 1], line, right, leading):
            done[-1] = join_lines(done[-1], line.text)
        else:
            done.append(line.text)
    return done


def _starts_paragraph(before: Line, line: Line, right: float, leading: float) -> bool:
    if before.cells > 1 or line.cells > 1 or _ITEM.match(line.text):
        return True
    height = max(min(before.y1 - before.y0, line.y1 - line.y0), 1.0)
    flows = line.text[:1].islower() and not _END.search(before.text)
    if _stands_apart(before, line, height, leading, flows):
        return True
    if _HYPHEN.search(before.text):
        return False
    if _LEADER_LINE.search(before.text) or _LEADER_LINE.search(line.text):
        return True
    return _ended_on_purpose(before, line, right, height) or (
        line.x0 - before.x0 > 0.8 * height and bool(_END.search(before.text)) and not _ITEM.match(before.text)
    )


def _stands_apart(before: Line, line: Line, height: float, leading: float, flows: bool) -> bool:
    """More white than usual between the lines, or another size of type."""
    gap = before.y0 - line.y1
    if gap > max((1.5 if flows else _PARAGRAPH_GAP) * height, 1.3 * leading) or gap < -2 * height:
        return True
    return not flows and abs((before.y1 - before.y0) - (line.y1 - line.y0)) > 0.15 * height


def _ended_on_purpose(before: Line, line: Line, right: float, height: float) -> bool:
    """The next line's first word would still have fitted."""
    word = (line.x1 - line.x0) * (len(line.text.split(" ", 1)[0]) + 1) / max(len(line.text), 1)
    if before.x1 + word >= right - 0.3 * height or is_rtl(line.text):
        return False
    return bool(_END.search(before.text)) or not line.text[:1].islower()


def join_lines(before: str, after: str) -> str:
    """Two lines of one paragraph to one; a word broken by a hyphen becomes whole, a compound keeps its own."""
    if _HYPHEN.search(before):
        first = before[:-1].rsplit(None, 1)[-1].casefold()
        if after[:1].islower() and first not in _COMPOUND:
            return before[:-1] + after
        return before[:-1] + "-" + after
    return f"{before} {after}"
