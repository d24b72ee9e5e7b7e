"""When a source is due: its interval, adapted to the share of news, and the rest that its host asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from config.sources import Source, graced
from crawlers.contract import RECHECK, OutcomeKind, rest_of
from models.crawl import Capture, CrawlRun
from models.document import DocumentVersion

VISITS = 20
"""Latest visits that adapt the interval."""
FEW, MANY = 1 / 3, 2 / 3
"""A visit whose share of news lies between leaves the interval as it is; above, entries may be missed."""
SLOWER, FASTER = 1.25, 0.5


def interval(session: Session, source: Source) -> timedelta:
    """Time between two crawls of a source, with an hour's grace."""
    if source.adapt is None:
        return source.interval
    return graced(adapted(source, shares(session, source.id)))


def adapted(source: Source, visits: Sequence[float]) -> float:
    """Hours between two crawls after these visits, oldest first: each one's share of news among what it listed.

    Many news halve the interval, few lengthen it by a quarter; it begins with `every_hours` and keeps to the bounds.
    """
    if source.adapt is None:
        return source.every_hours
    hours = source.every_hours
    for share in visits:
        hours *= FASTER if share > MANY else SLOWER if share < FEW else 1.0
        hours = min(max(hours, source.adapt.least_hours), source.adapt.most_hours)
    return hours


def shares(session: Session, source_id: str) -> list[float]:
    """Share of news in what each of the latest good runs listed, oldest first; the very first is left out."""
    new = func.sum(case((DocumentVersion.id.is_not(None), 1), else_=0))
    listed = and_(
        Capture.run_id == CrawlRun.id,
        Capture.role == "document",
        Capture.outcome.in_((OutcomeKind.FETCHED, OutcomeKind.UNCHANGED)),
        func.coalesce(Capture.found_on, "") != RECHECK,
    )
    rows = session.execute(
        select(func.count(Capture.id), new)
        .select_from(CrawlRun)
        .outerjoin(Capture, listed)
        .outerjoin(DocumentVersion, and_(DocumentVersion.capture_id == Capture.id, DocumentVersion.number == 1))
        .where(CrawlRun.source_id == source_id, CrawlRun.state.in_(("completed", "incomplete")))
        .group_by(CrawlRun.id, CrawlRun.started_at)
        .order_by(CrawlRun.started_at.desc())
        .limit(VISITS + 1)
    ).all()
    found = [(fresh or 0) / number if number else 0.0 for number, fresh in reversed(rows)]
    return found[1:]


def resting(session: Session, source_id: str) -> datetime | None:
    """Until when a host of the source asked in its last run to be left alone, a day at most; None where none did."""
    last = select(CrawlRun.id).where(CrawlRun.source_id == source_id).order_by(CrawlRun.started_at.desc()).limit(1)
    asked = or_(Capture.reason == "retry-after", Capture.status.in_((429, 503)))
    rows = session.execute(
        select(Capture.at, Capture.detail).where(
            Capture.run_id == last.scalar_subquery(), asked, Capture.detail.is_not(None)
        )
    )
    rests = [at + timedelta(seconds=rest) for at, detail in rows if (rest := rest_of(detail)) is not None]
    return max(rests, default=None)
