"""Change points in how much a source yields: counts of new documents, each with the days that it took to come about.

Optimal partitioning with a Poisson cost and a penalty for each segment (Killick, Fearnhead and Eckley 2012, "Optimal
detection of changepoints with a linear computational cost", without the pruning: a source has tens of runs, not
thousands). News come in bursts and rest at weekends, so the penalty grows with the counts' own dispersion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

PENALTY = 3.0
"""For a segment, in units of log(number of counts)."""
SHORTEST_DAYS = 0.5
"""Counts of shorter stretches are put together: two runs on one day are one look at the site."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch in which a source yields at one rate."""

    start: int
    """Place of its first count."""
    count: int
    days: float

    @property
    def weekly(self) -> float:
        """New documents a week."""
        return 7 * self.count / self.days


def segments(counts: Sequence[int], days: Sequence[float]) -> list[Segment]:
    """Cut a series of counts where its rate changes; one segment where it does not. `days` must be positive."""
    if not counts:
        return []
    total, time = [0], [0.0]
    for count, span in zip(counts, days, strict=True):
        total.append(total[-1] + count)
        time.append(time[-1] + span)
    penalty = PENALTY * log(max(len(counts), 2)) * _dispersion(counts, days)
    best, cut = [0.0], [0]
    for end in range(1, len(total)):
        costs = [
            best[start] + _cost(total[end] - total[start], time[end] - time[start]) + penalty for start in range(end)
        ]
        cut.append(min(range(end), key=costs.__getitem__))
        best.append(costs[cut[-1]])
    found: list[Segment] = []
    end = len(counts)
    while end:
        start = cut[end]
        found.append(Segment(start, total[end] - total[start], time[end] - time[start]))
        end = start
    return found[::-1]


def _cost(count: int, days: float) -> float:
    """Twice the negative log-likelihood of the best rate, constants left out."""
    return 2 * count * (1 - log(count / days)) if count else 0.0


def _dispersion(counts: Sequence[int], days: Sequence[float]) -> float:
    """Variance over mean of the counts, 1 or more; from neighbours, so that a change of the rate hardly counts."""
    excess = []
    for place in range(1, len(counts)):
        one, other = place - 1, place
        rate = (counts[one] + counts[other]) / (days[one] + days[other])
        if rate:
            expected = [rate * days[one], rate * days[other]]
            excess.append(
                (counts[one] - expected[0]) ** 2 / expected[0] + (counts[other] - expected[1]) ** 2 / expected[1]
            )
    return max(1.0, sum(excess) / len(excess)) if excess else 1.0
