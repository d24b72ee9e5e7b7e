"""From placed pieces of one column to its lines: what stands on one baseline joins, cells of a table stay apart.

Pure functions.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.extract.pdf_bidi import is_rtl
from pipeline.extract.pdf_text import Piece

GUTTER = 4.0
"""Points: the least white between two columns or cells."""
_SAME_LINE = 0.4
_SMALL = 0.8
"""Of a line's size: what is smaller may be raised or lowered beside it."""
_TIGHT = 1.2
"""Of the least distance between the rows of a table: rows that follow as closely are lines of one row."""
_SINGLE = 1.25
"""Of the size of type (itself 1.2 times the font's): lines of one cell follow each other that closely."""
_MOST_LINES = 12
"""Of a cell."""
_BULLET_ROWS = 3
_LEADERS = re.compile(r"\s*(?:\.\s?){5,}\s*|\s*…{2,}\s*|\s*_{5,}\s*")
_MAY_LEAD = re.compile(r"\. ?\.|…|__")
_LABEL = re.compile(r"^\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]?$")


@dataclass(slots=True)
class Line:
    """A line of one column: its text and place. ``cells`` above 1 means a row whose pieces stood apart."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    cells: int = 1

    @property
    def size(self) -> float:
        """Height of its boxes, about the font size times 1.2."""
        return self.y1 - self.y0


Row = list[Piece]


def lines_of(pieces: list[Piece]) -> list[Line]:
    """The lines of one column, top to bottom; the cells of a row are parted by `` | ``."""
    rows = _rows(pieces)
    for row in rows:
        backwards = is_rtl("".join(p.text for p in row))
        row.sort(key=lambda p: -p.x1 if backwards else p.x0)
    _mark_bullets(rows)
    cells = [_cells(row) for row in rows]
    counts = [len(row) for row in cells]
    tabular = [
        count > 2 or (count > 1 and any(c > 1 for c in (*counts[max(0, i - 1) : i], *counts[i + 1 : i + 2])))
        for i, count in enumerate(counts)
    ]
    lines: list[Line] = []
    for start, end in _tables(cells, tabular):
        if any(tabular[start:end]):
            lines.extend(_table_lines(cells[start:end], tabular[start:end]))
        else:
            lines.extend(_line(row, " ") for row in cells[start:end])
    return lines


def _rows(pieces: list[Piece]) -> list[Row]:
    """Pieces that share a baseline, top to bottom; raised and lowered marks go to the line that they touch."""
    rows: list[Row] = []
    for p in sorted(pieces, key=lambda p: -p.middle):
        if rows and _share_line(rows[-1][0], p):
            rows[-1].append(p)
        else:
            rows.append([p])
    return rows


def _share_line(one: Piece, two: Piece) -> bool:
    small, large = sorted((one.size, two.size))
    apart = abs(one.middle - two.middle)
    if apart < _SAME_LINE * small:
        return True
    overlap = min(one.y1, two.y1) - max(one.y0, two.y0)
    near = max(two.x0 - one.x1, one.x0 - two.x1) < 0.5 * large
    return near and small < _SMALL * large and overlap > 0.6 * small


def _tables(rows: list[Row], tabular: list[bool]) -> list[tuple[int, int]]:
    """Stretches (start, end) of rows that are a table or none; a table may have a few lines of one cell in it."""
    spans: list[tuple[int, int]] = []
    start = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or tabular[i] != tabular[i - 1]:
            spans.append((start, i))
            start = i
    merged: list[tuple[int, int]] = []
    for number, (low, high) in enumerate(spans):
        between = 0 < number < len(spans) - 1 and high - low <= 2 and not tabular[low]
        if (between and _within(rows[low:high], rows[merged[-1][0] : low])) or (
            merged and tabular[low] and any(tabular[slice(*merged[-1])])
        ):
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def _within(rows: list[Row], table: list[Row]) -> bool:
    """Do the rows stand in one column of a table (the further lines of a cell), not across it?"""
    columns = _columns([p for row in table for p in row])
    return len(columns) > 1 and all(
        any(p.x0 >= low - 1 and p.x1 <= high + GUTTER for low, high in columns) for row in rows for p in row
    )


def _columns(pieces: list[Piece]) -> list[tuple[float, float]]:
    """The stretches of the width that pieces stand on, left to right."""
    columns: list[tuple[float, float]] = []
    for p in sorted(pieces, key=lambda p: p.x0):
        if columns and p.x0 < columns[-1][1] + GUTTER / 2:
            columns[-1] = (columns[-1][0], max(columns[-1][1], p.x1))
        else:
            columns.append((p.x0, p.x1))
    return columns


def _table_lines(rows: list[Row], tabular: list[bool]) -> list[Line]:
    """Rows of a table; lines that stand close together and leave columns empty are one row of several lines."""
    steps = [a[0].middle - b[0].middle for a, b in pairwise(rows)]
    least = min((s for s in steps if s > 0), default=0.0)
    lines: list[Line] = []
    block: list[Row] = []
    marks: list[bool] = []
    for i, row in enumerate(rows):
        if block and steps[i - 1] > _TIGHT * least:
            lines.extend(_block_lines(block, marks))
            block, marks = [], []
        block.append(row)
        marks.append(tabular[i])
    return [*lines, *_block_lines(block, marks)]


def _block_lines(block: list[Row], tabular: list[bool]) -> list[Line]:
    columns = _columns([p for row in block for p in row])
    filled = [[_column_of(p, columns) for p in row] for row in block]
    if not _is_one_row(block, filled, len(columns)):
        return [_line(row, " | " if mark else " ") for row, mark in zip(block, tabular, strict=True)]
    texts: list[str] = [""] * len(columns)
    for row, places in zip(block, filled, strict=True):
        for p, column in zip(row, places, strict=True):
            texts[column] = join_broken(texts[column], p.text)
    pieces = [p for row in block for p in row]
    if is_rtl("".join(p.text for p in pieces)):
        texts.reverse()
    return [_place(pieces, " | ".join(texts), len(columns))]


def _is_one_row(block: list[Row], filled: list[list[int]], columns: int) -> bool:
    """Are these lines one row whose cells have several lines: set tight, with columns empty here and there, and more
    than one column of several lines (or further lines of one other than the first)?
    """
    if not 2 <= len(block) <= _MOST_LINES or columns < 2:
        return False
    ragged = sum(len(set(row)) < columns for row in filled)
    steps = [a[0].middle - b[0].middle for a, b in pairwise(block)]
    several = {column for column, count in Counter(c for row in filled for c in set(row)).items() if count > 1}
    tight = median(steps) < _SINGLE * median(p.size for row in block for p in row)
    heads = [
        next((p.text for p, column in zip(*row, strict=True) if column == 0), "")
        for row in zip(block, filled, strict=True)
    ]
    flows = not all(heads) or any(head[:1].islower() for head in heads[1:]) or len(several) > 2
    return ragged * 2 >= len(block) and tight and bool(several - {0}) and flows


def join_broken(before: str, after: str) -> str:
    """Two lines of a cell to one."""
    if before.endswith("\x02") and after[:1].islower():
        return before[:-1] + after
    return f"{before} {after}" if before else after


def _column_of(piece: Piece, columns: list[tuple[float, float]]) -> int:
    return next((i for i, (low, high) in enumerate(columns) if low <= piece.x0 <= high), len(columns) - 1)


def _line(row: Row, separator: str) -> Line:
    text = separator.join(p.text for p in row)
    if _MAY_LEAD.search(text):
        text = _LEADERS.sub(" … ", text)
    return _place(row, text, len(row) if "|" in separator else 1)


def _place(pieces: list[Piece], text: str, cells: int) -> Line:
    x0, y0 = min(p.x0 for p in pieces), min(p.y0 for p in pieces)
    x1, y1 = max(p.x1 for p in pieces), max(p.y1 for p in pieces)
    largest = max(p.size for p in pieces)
    if y1 - y0 > 1.3 * largest and cells == 1:  # raised marks do not make a line higher than its letters
        letters = max(pieces, key=lambda p: len(p.text))
        y0, y1 = letters.y0, letters.y1
    return Line(x0, y0, x1, y1, text, cells)


def _mark_bullets(rows: list[Row]) -> None:
    """A sign that stands alone before a line is a bullet; a letter is one (of a symbol font) where it does so again
    and again.
    """
    heads = Counter(row[0].text for row in rows if len(row) > 1 and len(row[0].text) == 1)
    for row in rows:
        sign = row[0].text
        if len(row) < 2 or len(sign) != 1 or sign.isdigit() or sign in "([{<*†‡§¶":
            continue
        if not sign.isalpha() or (heads[sign] >= _BULLET_ROWS and sign not in "AaIi"):
            row[0].text = "-"


def _cells(row: Row) -> Row:
    """The cells of a row: pieces that stand close join, a bullet or a number joins the text after it."""
    cells = [row[0]]
    for number, after in enumerate(row[1:]):
        before = cells[-1]
        gap = max(after.x0 - before.x1, before.x0 - after.x1)
        raised = after.size < _SMALL * before.size or before.size < _SMALL * after.size
        if gap < GUTTER:
            space = "" if gap < 0.04 * after.size and not raised else " "
        elif (number == 0 and (before.text == "-" or _LABEL.match(before.text))) or _is_sentence_gap(before, gap):
            space = " "
        else:
            cells.append(after)
            continue
        cells[-1] = Piece(
            min(before.x0, after.x0),
            after.y0 if after.size > before.size else before.y0,
            max(before.x1, after.x1),
            after.y1 if after.size > before.size else before.y1,
            f"{before.text}{space}{after.text}",
        )
    return cells


def _is_sentence_gap(before: Piece, gap: float) -> bool:
    """Some writers leave much room after a sentence."""
    return gap < 1.8 * before.size and len(before.text) > 30 and before.text[-1] in ".!?:;"


def usual_size(lines: list[Line]) -> float:
    """The size that most of the lines' characters have; 0 without lines."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def leading(lines: list[Line]) -> float:
    """The usual white between two lines of a column."""
    return median(max(0.0, a.y0 - b.y1) for a, b in pairwise(lines)) if len(lines) > 3 else 0.0
