"""Sources: how they stand, and what they yielded by month, so that a quiet month can be told from a broken crawl."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from models.tables import CrawlRun, Document, Source
from search.runs import RunRow, runs_statement

GREEN = "completed"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with its last run."""

    id: str
    name: str
    kind: str
    home: str | None
    country: str | None
    language: str | None
    last_crawled_at: datetime | None
    documents: int
    latest_published: str | None
    """Partial ISO date of its latest document."""
    state: str | None
    """Of the last run; none where it never ran."""
    message: str | None
    runs: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """One source in one month."""

    source: str
    month: str
    """``2021-04``, UTC."""
    published: int
    """Documents that bear a date of this month."""
    first_seen: int
    """Documents that were first seen in it."""
    green: int
    """Crawl runs begun in it that were as expected."""
    not_green: int


def list_sources(session: Session) -> list[SourceRow]:
    """Every source that was ever crawled, by name."""
    documents = {row[0]: row for row in session.execute(_documents())}
    counted = select(CrawlRun.source_id, func.count()).group_by(CrawlRun.source_id)
    runs = {row[0]: row[1] for row in session.execute(counted)}
    last = _last_runs(session)
    rows = []
    for source in session.scalars(select(Source).order_by(func.lower(Source.name), Source.id)):
        run, found = last.get(source.id), documents.get(source.id)
        rows.append(
            SourceRow(
                id=source.id,
                name=source.name,
                kind=source.kind,
                home=source.home,
                country=source.country,
                language=source.language,
                last_crawled_at=source.last_crawled_at,
                documents=found[1] if found else 0,
                latest_published=found[2] if found else None,
                state=run.state if run else None,
                message=run.message if run else None,
                runs=runs.get(source.id, 0),
            )
        )
    return rows


def get_source(session: Session, number: str) -> SourceRow | None:
    """One source; None where there is none of this id."""
    return next((row for row in list_sources(session) if row.id == number), None)


def runs_page(
    session: Session,
    *,
    source: str | None = None,
    state: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[RunRow]:
    """Runs, latest first; `after` is when the last row of the page before began, and its id: several begin at once."""
    statement = runs_statement(source, state, None, limit)
    if after is not None:
        at, number = after
        same = and_(CrawlRun.started_at == at, CrawlRun.id < number)
        statement = statement.where(or_(CrawlRun.started_at < at, same))
    return [RunRow(*row) for row in session.execute(statement)]


def get_run(session: Session, number: str) -> RunRow | None:
    """One run; None where there is none of this id."""
    statement = runs_statement(None, None, None, 1).where(CrawlRun.id == number)
    row = session.execute(statement).one_or_none()
    return None if row is None else RunRow(*row)


def _documents() -> Any:
    latest = func.max(Document.published)
    return select(Document.source_id, func.count(Document.id), latest).group_by(Document.source_id)


def _last_runs(session: Session) -> dict[str, CrawlRun]:
    latest = select(CrawlRun.source_id, func.max(CrawlRun.started_at).label("at")).group_by(CrawlRun.source_id)
    newest = latest.subquery()
    statement = select(CrawlRun).join(
        newest, (newest.c.source_id == CrawlRun.source_id) & (newest.c.at == CrawlRun.started_at)
    )
    return {run.source_id: run for run in session.scalars(statement.order_by(CrawlRun.id))}


def coverage(session: Session, source: str | None = None, since: str = "") -> list[Coverage]:
    """What each source, or one, yielded by month from `since` (``2021-04``) on, rising; months without anything are
    left out."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, column in enumerate((Document.published_date, Document.first_seen_at)):
        month = _month(column)
        statement = select(Document.source_id, month, func.count()).where(column.is_not(None))
        for number, name, count in session.execute(
            _only(statement, Document.source_id, source).group_by(Document.source_id, month)
        ):
            found[number, name][place] += count
    month = _month(CrawlRun.started_at)
    statement = select(CrawlRun.source_id, month, CrawlRun.state, func.count())
    grouped = _only(statement, CrawlRun.source_id, source).group_by(CrawlRun.source_id, month, CrawlRun.state)
    for number, name, state, count in session.execute(grouped):
        if state != "running":
            found[number, name][2 if state == GREEN else 3] += count
    return [Coverage(*key, *numbers) for key, numbers in sorted(found.items()) if key[1] >= since]


def _month(column: Any) -> Any:
    # Times are stored in UTC; as text both databases begin them with the ISO date.
    return func.substr(cast(column, String), 1, 7)


def _only(statement: Any, column: Any, source: str | None) -> Any:
    return statement if source is None else statement.where(column == source)
