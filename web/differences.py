"""What changed between two texts: lines that stayed, and the words that went and came in those that did not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 2
"""Unchanged lines shown before and after a change."""
MOST_WORDS = 4000
"""Words of a changed passage up to which single words are compared; longer ones are shown whole."""
How = Literal["same", "gone", "new"]
Pieces = tuple[tuple[str, How], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison."""

    kind: Literal["same", "changed", "left-out"]
    pieces: Pieces
    count: int = 0
    """Lines left out."""


def differences(old: str, new: str) -> list[Line]:
    """The comparison; unchanged stretches are shortened. Quadratic in the changed lines at worst."""
    before, after = old.split("\n"), new.split("\n")
    found: list[Line] = []
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for place, (kind, low, high, first, last) in enumerate(opcodes):
        if kind == "equal":
            found += _same(after[first:last], place == 0, place == len(opcodes) - 1)
        else:
            pieces = tuple(_words("\n".join(before[low:high]), "\n".join(after[first:last])))
            found.append(Line("changed", pieces))
    return found


def _same(lines: Sequence[str], at_start: bool, at_end: bool) -> Iterator[Line]:
    head = 0 if at_start else AROUND
    tail = 0 if at_end else AROUND
    if len(lines) <= head + tail + 1:
        yield from (Line("same", ((line, "same"),)) for line in lines if line)
        return
    yield from (Line("same", ((line, "same"),)) for line in lines[:head] if line)
    yield Line("left-out", (), len(lines) - head - tail)
    yield from (Line("same", ((line, "same"),)) for line in lines[len(lines) - tail :] if line)


def _words(old: str, new: str) -> Iterator[tuple[str, How]]:
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    if len(before) + len(after) > MOST_WORDS:
        yield from ((text, how) for text, how in ((old, "gone"), (new, "new")) if text)  # type: ignore[misc]
        return
    for kind, low, high, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "".join(after[first:last]), "same"
            continue
        if high > low:
            yield "".join(before[low:high]), "gone"
        if last > first:
            yield "".join(after[first:last]), "new"
