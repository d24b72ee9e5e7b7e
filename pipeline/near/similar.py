"""When two texts are the same story. A function of the two alone, the same both ways: so no order can matter."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import numpy as np

from pipeline.near.rows import Days
from pipeline.near.shingles import Shingles

JACCARD = 0.8
"""Shared share of all their shingles from which texts are near-duplicates."""
LOOSE_JACCARD = 0.65
CONTAINED = 0.95
"""A text that another one holds as good as whole is its copy from a Jaccard of `LOOSE_JACCARD` on: an outlet has added
a paragraph of its own, or left the last one out."""
LEAST_ESTIMATE = LOOSE_JACCARD - 0.12
"""Candidates whose signatures agree less are not read: three standard deviations of the estimate below the least."""
DAYS_APART = 90
"""Copies appear within weeks. What is nearly the same a season or a year later is the next announcement in the same
words. Equal texts are copies whenever they appear."""


def near(one: Shingles, other: Shingles) -> bool:
    """Whether two texts, as sorted shingles, say nearly the same."""
    fewer, more = sorted((len(one), len(other)))
    if not fewer or fewer < LOOSE_JACCARD * more:
        return False  # even if it were all shared
    shared = len(np.intersect1d(one, other, assume_unique=True))
    jaccard = shared / (fewer + more - shared)
    return jaccard >= JACCARD or (jaccard >= LOOSE_JACCARD and shared >= CONTAINED * fewer)


def in_time(one: Days, other: Days) -> bool:
    """Whether two texts may have been published within `DAYS_APART` of each other; an undated one may always."""
    return _not_after(one[0], other[1]) and _not_after(other[0], one[1])


def _not_after(begin: date | None, end: date | None) -> bool:
    return begin is None or end is None or (begin - end).days <= DAYS_APART


def days_of(published: str) -> tuple[date, date]:
    """First and last day that a partial ISO date may mean."""
    year, month, day = [*map(int, published.split("-")), 0, 0][:3]
    last = date(year, month or 12, day or monthrange(year, month or 12)[1])
    return date(year, month or 1, day or 1), last
