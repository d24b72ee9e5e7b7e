"""How the sources stood, in one line: so that few rows of an export are not taken for few events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables import CrawlRun, Source
from search.health import ORDER, Expected, Health, HealthState
from search.history import ADHOC, sources_health

RUNS = 30
"""Latest runs of a source that count here: fewer than `pactwatch sources health` reads, as an export begins at once."""
MOST_NAMED = 20
"""Sources that are not well and are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The sources that were ever crawled and are not switched off."""

    total: int
    healthy: int
    unwell: tuple[Health, ...] = ()
    """Worst first."""

    def told(self) -> str:
        """One line, without commas or semicolons: ``12 of 14 sources healthy · courier broken (never good)``."""
        if not self.total:
            return "no source has been crawled"
        noun = "source" if self.total == 1 else "sources"
        named = [_one(health) for health in self.unwell[:MOST_NAMED]]
        more = len(self.unwell) - len(named)
        return " · ".join(
            (f"{self.healthy} of {self.total} {noun} healthy", *named, *([f"and {more} more"] * (more > 0)))
        )


def _one(health: Health) -> str:
    if health.state is HealthState.QUIET:
        latest = f"last new {health.last_new_at:%Y-%m-%d}" if health.last_new_at else "nothing new yet"
    else:
        latest = f"last good {health.last_good_at:%Y-%m-%d}" if health.last_good_at else "never good"
    return f"{health.source_id} {health.state} ({latest})"


def standing(session: Session, now: datetime) -> Standing:
    """How every source stands at `now`, by its declaration as it was last crawled and its latest runs."""
    declared = session.execute(select(Source.id, Source.declaration).where(Source.id != ADHOC).order_by(Source.id))
    found = sources_health(session, {row.id: _expected(row.declaration or {}) for row in declared}, now, runs=RUNS)
    counted = [one for one in found if one.state is not HealthState.DISABLED]
    unwell = [one for one in counted if one.state is not HealthState.HEALTHY]
    unwell.sort(key=lambda one: (-ORDER.index(one.state), one.source_id))
    return Standing(len(counted), len(counted) - len(unwell), tuple(unwell))


def _expected(declaration: dict[str, object]) -> Expected:
    expect = declaration.get("expect")
    days = expect.get("days") if isinstance(expect, dict) else None
    hours = declaration.get("every_hours")
    return Expected(
        enabled=declaration.get("enabled") is not False,
        every_hours=float(hours) if isinstance(hours, int | float) else Expected().every_hours,
        days=float(days) if isinstance(days, int | float) else None,
    )


def latest_run(session: Session) -> tuple[int, str]:
    """What changes whenever a run ends: the number of runs, and when the last one ended. Cheap."""
    count, last = session.execute(select(func.count(), func.max(CrawlRun.finished_at)).select_from(CrawlRun)).one()
    return int(count), str(last)
