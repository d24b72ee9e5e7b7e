"""The parts of a document in which a name can stand: runs of capitalised words with what may link them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.analyse.names.patterns import LINKS

MOST_LINKS = 3
"""Most linking words in a row inside a run."""
MOST_TOKENS = 200
"""A run is cut here, so that a text all in capitals costs no more than another."""


def segments(marks: Sequence[bool], forms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` token ranges, in order, that begin and end with a word that may belong to a name.

    `marks` say for each token whether it may (`may_name`), `forms` are the tokens in lower case.
    """
    start = last = -1
    for i, marked in enumerate(marks):
        if marked:
            if start >= 0 and i - start >= MOST_TOKENS:
                yield start, last + 1
                start = -1
            if start < 0:
                start = i
            last = i
        elif start >= 0 and (i - last > MOST_LINKS or forms[i] not in LINKS):
            yield start, last + 1
            start = -1
    if start >= 0:
        yield start, last + 1


def may_name(texts: Sequence[str]) -> list[bool]:
    """Mark words that may be part of a name: with a capital, with a point inside (``annalise.ai``).

    A number may, right after such a word (``Horizon 2020``).
    """
    known: dict[str, bool] = {}
    marks: list[bool] = []
    before = False
    for text in texts:
        mark = known.get(text)
        if mark is None:
            mark = known[text] = "." in text[1:-1] if text.islower() else any(map(str.isupper, text))
        before = mark or (before and text[0].isdigit())
        marks.append(before)
    return marks
