"""Template changes: a field that extraction used to fill and suddenly does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

FIELDS = ("text", "title", "published", "authors")
FATAL = ("text", "title")
"""Without them a document is of no use."""
RECENT = 4
"""Documents of the latest runs that are judged, more where the last run has more."""
LEAST_BEFORE = 10
"""Documents before those that show what is usual."""
USUAL, EMPTY = 0.7, 0.25
"""A field was filled in at least this share, and is now in at most that share of it."""

Counts = tuple[datetime, int, Mapping[str, int]]
"""A run: its beginning, documents read in it, and of those how many have each field."""


@dataclass(frozen=True, slots=True)
class Emptied:
    """A field that has gone."""

    field: str
    since: datetime
    before: int
    before_filled: int
    now: int
    now_filled: int

    @property
    def fatal(self) -> bool:
        """Whether documents are of no use without the field."""
        return self.field in FATAL

    def told(self) -> str:
        """One line for people."""
        return (
            f"template changed? {self.field} filled in {self.now_filled} of {self.now} documents since "
            f"{self.since:%Y-%m-%d}, in {self.before_filled} of {self.before} before"
        )


def emptied(runs: Sequence[Counts]) -> Iterator[Emptied]:
    """Fields that the latest documents lack and that those before had; `runs` oldest first."""
    runs = [run for run in runs if run[1]]
    recent: list[Counts] = []
    while runs and sum(run[1] for run in recent) < RECENT:
        recent.insert(0, runs.pop())
    now, before = sum(run[1] for run in recent), sum(run[1] for run in runs)
    if now < RECENT or before < LEAST_BEFORE:
        return
    for name in FIELDS:
        filled = sum(run[2].get(name, 0) for run in recent)
        had = sum(run[2].get(name, 0) for run in runs)
        if had >= USUAL * before and filled / now <= EMPTY * had / before:
            yield Emptied(name, recent[0][0], before, had, now, filled)
