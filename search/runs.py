"""Crawl runs and what became of each URL, so that a quiet month can be told from a broken crawl."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.tables import Capture, CrawlRun, Source


@dataclass(frozen=True, slots=True)
class RunRow:
    """One crawl of one source."""

    id: str
    source_id: str
    source: str
    """Name of the source."""
    trigger: str
    started_at: datetime
    finished_at: datetime | None
    state: str
    message: str | None
    counts: dict[str, Any]
    """Number of URLs for each outcome, as the crawl reported them."""


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many URLs of one run ended in one way."""

    run_id: str
    outcome: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What became of one URL."""

    id: int
    run_id: str
    source_id: str
    url: str
    role: str
    outcome: str
    reason: str | None
    detail: str | None
    status: int | None
    media_type: str | None
    size: int | None
    at: datetime
    state: str
    state_reason: str | None
    document_id: int | None


def list_runs(
    session: Session,
    *,
    source: str | None = None,
    state: str | None = None,
    before: datetime | None = None,
    limit: int = 50,
) -> list[RunRow]:
    """Runs, latest first; `before` (the last row's `started_at`) goes on to the next page."""
    return [RunRow(*row) for row in session.execute(runs_statement(source, state, before, limit))]


def runs_statement(
    source: str | None, state: str | None, before: datetime | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The runs of `list_runs`."""
    statement = select(
        CrawlRun.id,
        CrawlRun.source_id,
        Source.name,
        CrawlRun.trigger,
        CrawlRun.started_at,
        CrawlRun.finished_at,
        CrawlRun.state,
        CrawlRun.message,
        CrawlRun.counts,
    ).join(Source, Source.id == CrawlRun.source_id)
    if source is not None:
        statement = statement.where(CrawlRun.source_id == source)
    if state is not None:
        statement = statement.where(CrawlRun.state == state)
    if before is not None:
        statement = statement.where(CrawlRun.started_at < before)
    return statement.order_by(CrawlRun.started_at.desc(), CrawlRun.id.desc()).limit(limit)


def outcome_table(session: Session, run_ids: Sequence[str]) -> list[OutcomeCount]:
    """URLs by run, outcome and reason, as the database holds them: the most frequent of each run first."""
    number = func.count(Capture.id)
    statement = (
        select(Capture.run_id, Capture.outcome, Capture.reason, number)
        .where(Capture.run_id.in_(run_ids))
        .group_by(Capture.run_id, Capture.outcome, Capture.reason)
        .order_by(Capture.run_id, number.desc(), Capture.outcome, func.coalesce(Capture.reason, ""))
    )
    return [OutcomeCount(*row) for row in session.execute(statement)]


OUTCOME_COLUMNS = (
    Capture.id,
    Capture.run_id,
    Capture.source_id,
    Capture.url,
    Capture.role,
    Capture.outcome,
    Capture.reason,
    Capture.detail,
    Capture.status,
    Capture.media_type,
    Capture.size,
    Capture.at,
    Capture.state,
    Capture.state_reason,
    Capture.document_id,
)


def outcomes(
    session: Session, run_id: str, *, outcome: str | None = None, after: int = 0, limit: int | None = None
) -> list[OutcomeRow]:
    """What became of each URL of a run, in the order of intake; `after` is the id of the last row seen."""
    statement = select(*OUTCOME_COLUMNS).where(Capture.run_id == run_id, Capture.id > after)
    if outcome is not None:
        statement = statement.where(Capture.outcome == outcome)
    rows: Iterable[Any] = session.execute(statement.order_by(Capture.id).limit(limit))
    return [OutcomeRow(*row) for row in rows]
