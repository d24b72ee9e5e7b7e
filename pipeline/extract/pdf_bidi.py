"""Text from right to left as pdfium gives it, put into the order in which it is read. Pure functions.

pdfium turns runs of Arabic and Hebrew round, but not what one glyph stands for (lam-alef comes out as alef, lam), not
the place of vowel marks, not brackets, and it does not set a number at the left of a line behind the words at its
right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby, pairwise

Box = tuple[float, float, float, float]

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RTL_CHARACTER = re.compile(f"[{_RTL}]")
_LIGATURE = re.compile("[\u0622\u0623\u0625\u0627]\u0644")
_MARK = re.compile("[\u064b-\u0655\u0670]")
_SEAM = re.compile(f"(?<=[{_RTL}])(?=[A-Za-z])|(?<=[A-Za-z])(?=[{_RTL}])")
_MIRRORED = str.maketrans("()[]{}«»", ")(][}{»«")
_OPENING, _CLOSING = "([{«", ")]}»"


def is_rtl(text: str) -> bool:
    """Is most of it written from right to left (Hebrew, Arabic and their relatives)?"""
    if text.isascii() or not _RTL_CHARACTER.search(text):
        return False
    marked = sum("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufeff" for c in text)
    return marked * 2 > sum(c.isalpha() for c in text)


def logical(text: str, box: Callable[[int], Box | None]) -> str:
    """A line in the order of reading; ``box`` gives (left, bottom, right, top) of its characters."""
    characters = list(text)
    _swap_ligatures(text, characters, box)
    _move_marks(text, characters, box)
    ordered = _runs_from_the_right(text, characters, box)
    return _SEAM.sub(" ", _brackets(ordered))


def _swap_ligatures(text: str, characters: list[str], box: Callable[[int], Box | None]) -> None:
    """Alef and lam that share a glyph are lam and alef."""
    for match in _LIGATURE.finditer(text):
        at = match.start()
        one, two = box(at), box(at + 1)
        if one is not None and two is not None and abs(one[0] - two[0]) < 0.01 and abs(one[2] - two[2]) < 0.01:
            characters[at], characters[at + 1] = characters[at + 1], characters[at]


def _move_marks(text: str, characters: list[str], box: Callable[[int], Box | None]) -> None:
    """A vowel mark that stands over the next letter belongs behind it."""
    for match in _MARK.finditer(text):
        at = match.start()
        if at + 1 >= len(text) or not text[at + 1].isalpha():
            continue
        mark, after = box(at), box(at + 1)
        if mark is not None and after is not None and after[0] <= (mark[0] + mark[2]) / 2 <= after[2]:
            characters[at], characters[at + 1] = characters[at + 1], characters[at]


def _runs_from_the_right(text: str, characters: list[str], box: Callable[[int], Box | None]) -> str:
    """Words, gathered to runs of one direction, from the right of the line to its left."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    runs = [list(group) for _, group in groupby(words, key=lambda w: bool(_RTL_CHARACTER.search(text, *w)))]
    placed = []
    for run in runs:
        first, last = box(run[0][0]), box(run[-1][1] - 1)
        if first is None or last is None:
            return "".join(characters)
        placed.append(max(first[2], last[2]))
    if all(a >= b for a, b in pairwise(placed)):
        return "".join(characters)
    order = sorted(range(len(runs)), key=lambda r: -placed[r])
    return " ".join("".join(characters[a:b]) for r in order for a, b in runs[r])


def _brackets(text: str) -> str:
    """Brackets that close before they open were mirrored when the page was set."""
    signs = [c for c in text if c in _OPENING or c in _CLOSING]
    return text.translate(_MIRRORED) if signs and signs[0] in _CLOSING else text
