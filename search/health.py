"""How a source stands, as a pure function of its stored runs: no source falls silent without being named.

A run that fails weighs by how it failed: *hard* (1: it does not mend by itself), *soft* (1/2: something came, not what
is expected), *temporary* (1/4: try again). The weights since the last good run add up; from 1 on a source that yields
nothing is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from search.fields import emptied
from search.volume import SHORTEST_DAYS, Segment, segments

HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
HARD_STATUS = frozenset({401, 403, 404, 410, 451})
LATER_STATUS = frozenset({408, 425, 429})
LATER_REASONS = frozenset({"timeout", "reset", "refused", "connect", "retry-after", "robots-unavailable", "host-down"})

DROP = 0.5
"""A source that yields less than this share of what it did is said to have dropped; the inverse is a return."""
LEAST_LOST = 3
"""Documents of a run that must fail before their share counts."""
OVERDUE = 3
"""A source is overdue after this many of its intervals, and a day."""
SILENT = 4
"""A source is quiet after this many times its longest usual wait for something new (nine waits of ten are shorter)."""
LEAST_SILENT_DAYS = 14


class HealthState(StrEnum):
    """How a source stands; worst last."""

    DISABLED = "disabled"
    HEALTHY = "healthy"
    QUIET = "quiet"
    """It answers, and has nothing new for longer than is usual."""
    DEGRADED = "degraded"
    """Something comes, less or worse than is expected; or it failed and may mend by itself."""
    BROKEN = "broken"
    """Nothing comes any more, or pages are no longer read: somebody must look."""


ORDER = list(HealthState)


@dataclass(frozen=True, slots=True)
class Failure:
    """A feed, sitemap, listing or start URL that a run could not read."""

    url: str
    outcome: str
    reason: str | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What health needs of one run."""

    id: str
    started_at: datetime
    state: str
    message: str | None = None
    seen: int = 0
    """Documents that the source named, fetched or unchanged."""
    new: int = 0
    """Documents that were first seen in it."""
    lost: int = 0
    """Documents that failed or were unreachable."""
    proves: bool = True
    """False where every answer was a 304: that shows that the site answers, not that it can be read."""
    read: int = 0
    """Documents that were fetched and went through extraction."""
    filled: dict[str, int] = field(default_factory=dict)
    """Of those, how many have each field (`search.fields.FIELDS`)."""
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the declaration says of a source, as far as health needs it."""

    enabled: bool = True
    every_hours: float = 24.0
    days: float | None = None
    """Something new is expected at least so often; none: what is usual for the source."""


@dataclass(frozen=True, slots=True)
class Health:
    """State of a source, the reason for people, and the last run that was good."""

    source_id: str
    state: HealthState
    reason: str
    also: tuple[str, ...] = ()
    """Further things that are not well."""
    last_run: datetime | None = None
    last_good_run: str | None = None
    last_good_at: datetime | None = None
    last_new_at: datetime | None = None
    """Start of the last run that brought something new."""
    weight: float = 0.0
    """Weights of the failed runs since the last good one."""
    weekly: float | None = None
    """New documents a week, since the rate last changed."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where the chain of runs has come to."""

    weight: float = 0.0
    good: RunFacts | None = None
    failed: tuple[RunFacts, ...] = ()
    unproved: int = 0
    """Runs after the failures in which everything was a 304."""


def assess(source_id: str, expected: Expected, runs: Sequence[RunFacts], now: datetime) -> Health:
    """State of a source at `now` from its ended runs, oldest first."""
    runs = [run for run in runs if run.state != "running"]
    if not expected.enabled:
        return Health(source_id, HealthState.DISABLED, "switched off by its declaration (enabled: false)")
    if not runs:
        return Health(source_id, HealthState.QUIET, "never crawled")
    standing = _stand(runs)
    parts = _volume(runs)
    found = [*_failing(standing), *_poor(runs), *_silent(expected, runs, parts, now), *_overdue(expected, runs, now)]
    found.sort(key=lambda one: -ORDER.index(one[0]))
    state, reason = found[0] if found else (HealthState.HEALTHY, _well(runs, parts))
    return Health(
        source_id,
        state,
        reason,
        tuple(why for _, why in found[1:]),
        runs[-1].started_at,
        standing.good.id if standing.good else None,
        standing.good.started_at if standing.good else None,
        next((run.started_at for run in reversed(runs) if run.new), None),
        standing.weight,
        round(parts[-1][1].weekly, 2) if parts else None,
    )


def weight_of(run: RunFacts) -> float:
    """How much a run speaks against its source; 0 for one that is green."""
    if run.state == "completed":
        return 0.0
    if run.state in {"interrupted", "failed"}:
        return TEMPORARY
    if not run.failures or run.seen:
        return SOFT
    return max(_weight(failure) for failure in run.failures)


def _weight(failure: Failure) -> float:
    if failure.status is not None and failure.outcome == "failed":
        if failure.status in HARD_STATUS:
            return HARD
        if failure.status >= 500 or failure.status in LATER_STATUS:
            return TEMPORARY
    if failure.reason in LATER_REASONS:
        return TEMPORARY
    return HARD if failure.reason == "robots" else SOFT


def _stand(runs: Sequence[RunFacts]) -> _Standing:
    standing = _Standing()
    for run in runs:
        weight = weight_of(run)
        if weight:
            standing = _Standing(standing.weight + weight, standing.good, (*standing.failed, run))
        elif run.proves or not standing.failed:
            standing = _Standing(good=run)
        else:
            standing = _Standing(standing.weight, standing.good, standing.failed, standing.unproved + 1)
    return standing


def _failing(standing: _Standing) -> Iterator[tuple[HealthState, str]]:
    if not standing.failed:
        return
    last, number = standing.failed[-1], len(standing.failed)
    why = last.message or last.state
    told = f"{number} runs since {_day(standing.failed[0].started_at)}: {why}" if number > 1 else why
    if standing.unproved:
        told += f" ({standing.unproved} times 304 since, which proves nothing)"
    yield (HealthState.BROKEN if standing.weight >= HARD and not last.seen else HealthState.DEGRADED), told


def _poor(runs: Sequence[RunFacts]) -> Iterator[tuple[HealthState, str]]:
    """A template that has changed, documents that are lost, a strategy that had to be replaced."""
    for change in emptied([(run.started_at, run.read, run.filled) for run in runs]):
        yield (HealthState.BROKEN if change.fatal else HealthState.DEGRADED), change.told()
    last = runs[-1]
    if last.lost >= LEAST_LOST and last.lost > last.seen:
        yield HealthState.DEGRADED, f"{last.lost} of {last.lost + last.seen} documents could not be fetched"
    if last.state == "completed" and last.message:
        yield HealthState.DEGRADED, last.message


def _volume(runs: Sequence[RunFacts]) -> list[tuple[datetime, Segment]]:
    """Stretches of one rate, each with the beginning of its first run. The first run brings years at once: left out."""
    counts: list[int] = []
    days: list[float] = []
    begins: list[datetime] = []
    count, since = 0, runs[0].started_at
    for run in runs[1:]:
        count += run.new
        span = (run.started_at - since) / timedelta(days=1)
        if span >= SHORTEST_DAYS and run.state in {"completed", "empty", "incomplete"}:
            counts.append(count)
            days.append(span)
            begins.append(run.started_at)
            count, since = 0, run.started_at
    return [(begins[part.start], part) for part in segments(counts, days)]


def _silent(
    expected: Expected, runs: Sequence[RunFacts], parts: Sequence[tuple[datetime, Segment]], now: datetime
) -> Iterator[tuple[HealthState, str]]:
    """Nothing new for longer than is declared or usual, or less than there was."""
    news = [run.started_at for run in runs if run.new]
    since = news[-1] if news else runs[0].started_at
    waited = (now - since) / timedelta(days=1)
    allowed = expected.days if expected.days is not None else _usual_wait(news)
    if allowed is not None and waited > allowed:
        usual = "expected" if expected.days is not None else "usual"
        yield HealthState.QUIET, f"nothing new since {_day(since)}; {usual} is something every {allowed:g} days"
    elif len(parts) > 1 and parts[-1][1].weekly < DROP * parts[-2][1].weekly:
        (begin, last), (_, before) = parts[-1], parts[-2]
        state = HealthState.DEGRADED if last.count else HealthState.QUIET
        yield state, f"{_rate(last)} new documents a week since {_day(begin)}, {_rate(before)} before"


def _usual_wait(news: Sequence[datetime]) -> float | None:
    gaps = sorted((b - a) / timedelta(days=1) for a, b in pairwise(news))
    if len(gaps) < 3:
        return None
    return round(max(LEAST_SILENT_DAYS, SILENT * gaps[int(0.9 * (len(gaps) - 1))]))


def _overdue(expected: Expected, runs: Sequence[RunFacts], now: datetime) -> Iterator[tuple[HealthState, str]]:
    allowed = timedelta(hours=OVERDUE * expected.every_hours) + timedelta(days=1)
    if now - runs[-1].started_at > allowed:
        told = f"last crawled {_day(runs[-1].started_at)}, due every {expected.every_hours:.0f} hours"
        yield HealthState.DEGRADED, f"{told}: is the nightly run still started?"


def _well(runs: Sequence[RunFacts], parts: Sequence[tuple[datetime, Segment]]) -> str:
    if len(parts) > 1 and parts[-1][1].weekly * DROP > parts[-2][1].weekly:
        (begin, last), (_, before) = parts[-1], parts[-2]
        return f"back: {_rate(last)} new documents a week since {_day(begin)}, {_rate(before)} before"
    if parts:
        return f"{_rate(parts[-1][1])} new documents a week"
    return f"{runs[-1].seen} documents seen"


def _rate(part: Segment) -> str:
    return f"{part.weekly:.1f}" if part.weekly < 10 else f"{part.weekly:.0f}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
