"""Cut a long text into pieces that spaCy reads in bounded memory, at places where no sentence runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator

LIMIT = 6000
"""Most characters of a piece: about two pages."""

_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?]\s"), re.compile(r"\s"))
"""Where to cut, best first."""


def chunks(text: str, limit: int = LIMIT) -> Iterator[tuple[int, str]]:
    """Yield ``(offset, piece)``: joined they are `text`, none is longer than `limit`; an empty text is one piece."""
    start = 0
    while len(text) - start > limit:
        end = _cut(text, start, start + limit)
        yield start, text[start:end]
        start = end
    yield start, text[start:]


def _cut(text: str, start: int, end: int) -> int:
    """Return where to end the piece: the last good break of its second half, else the limit itself."""
    middle = (start + end) // 2
    for pattern in _BREAKS:
        last = None
        for last in pattern.finditer(text, middle, end):  # noqa: B007 - the last one is wanted
            pass
        if last is not None:
            return last.end()
    return end
