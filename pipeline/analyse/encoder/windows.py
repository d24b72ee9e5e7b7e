"""A document as windows that the network can read: whole sentences and lines, as many as fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.analyse.encoder.marks import BREAKS, CASES, GROUPS, SEEN, Rows

MOST_PIECES = 160
"""Most pieces of a window, its start and end included. Attention is quadratic in it."""
_ENDS = frozenset(".!?")
_COMMON = sum(GROUPS[:3]) + SEEN.index("in lower case")


def windows(forms: Sequence[str], lengths: Sequence[int], marks: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` ranges of words that cover all words in order.

    `lengths` are the numbers of pieces of the words, `marks` their marks. A window ends at the end of a paragraph, else
    of a sentence, else of a word.
    """
    room = MOST_PIECES - 2
    start, used, best = 0, 0, -1
    for i, length in enumerate(lengths):
        if i > start and used + length > room:
            cut = best if best > start else i
            yield start, cut
            start = cut
            used = sum(lengths[start:i])
            best = -1
        if i > start and _boundary(forms[i - 1], marks[i]):
            best = i
        used += length
    if start < len(lengths):
        yield start, len(lengths)


def worth_reading(forms: Sequence[str], rows: Rows) -> list[int]:
    """Return the numbers of the words of all sentences and lines in which a name can stand.

    A sentence without a capital has none, nor one whose only capital begins it and also stands in lower case elsewhere.
    A sixth of the words of news posts is left out so.
    """
    kept: list[int] = []
    plain = rows.tolist()
    start = 0
    for end in range(1, len(forms) + 1):
        if end == len(forms) or _boundary(forms[end - 1], plain[end]):
            if any(_tells(forms[i], plain[i], i == start) for i in range(start, end)):
                kept.extend(range(start, end))
            start = end
    return kept


def _tells(form: str, row: Sequence[int], first: bool) -> bool:
    return 1 <= row[0] <= 3 and form != "I" and not (first and row[3] == _COMMON)


def _boundary(before: str, row: Sequence[int]) -> bool:
    """Tell whether a sentence, a line or a paragraph may begin with the word of `row`."""
    place = row[1] - len(CASES)
    if place >= BREAKS.index("line"):
        return True
    return place == BREAKS.index("blank") and before in _ENDS
