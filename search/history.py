"""What the database holds of each source's runs, for `search.health`: a few queries, whatever the number of sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, or_, select
from sqlalchemy import Text as TextType
from sqlalchemy.orm import Session

from models.tables import Capture, CrawlRun, Document, DocumentVersion, Source
from search.health import ORDER, Expected, Failure, Health, HealthState, RunFacts, assess

RUNS = 90
"""Latest runs of a source that count."""
ADHOC = "adhoc"
RECHECK = "recheck"
"""`Capture.found_on` of a URL that only earlier runs name (`crawlers.contract.RECHECK`)."""
SEEN = ("fetched", "unchanged")
LOST = ("failed", "unreachable")


def sources_health(
    session: Session,
    expected: Mapping[str, Expected],
    now: datetime,
    *,
    before: Collection[str] = (),
    runs: int = RUNS,
) -> list[Health]:
    """How each declared source stands by its latest `runs`, in the order of `expected`; runs with an id in `before` do
    not count yet."""
    histories = run_facts(session, expected, without=before, runs=runs)
    return [assess(source, expected[source], histories.get(source, []), now) for source in expected]


@dataclass(frozen=True, slots=True)
class Turn:
    """A source whose state some runs have changed."""

    before: HealthState
    now: Health

    def told(self) -> str:
        """One line for people."""
        return f"{self.now.source_id}: {self.before} -> {self.now.state}: {self.now.reason}"


def turned(session: Session, expected: Mapping[str, Expected], now: datetime, runs: Collection[str]) -> list[Turn]:
    """The sources that stand otherwise since `runs` (ids), worst first; a first run turns nothing but to the worse."""
    before = sources_health(session, expected, now, before=runs)
    after = sources_health(session, expected, now)
    changed = [
        Turn(old.state, new)
        for old, new in zip(before, after, strict=True)
        if old.state is not new.state and (old.last_run is not None or new.state is not HealthState.HEALTHY)
    ]
    return sorted(changed, key=lambda turn: -ORDER.index(turn.now.state))


def run_facts(
    session: Session, sources: Collection[str], *, without: Collection[str] = (), runs: int = RUNS
) -> dict[str, list[RunFacts]]:
    """The latest runs of each source, oldest first."""
    latest = _latest(session, set(sources), set(without), runs)
    ids = [run.id for run in latest]
    counts, new, filled = _outcomes(session, ids), _new(session, ids), _filled(session, ids)
    failures = _failures(session, latest)
    histories: dict[str, list[RunFacts]] = defaultdict(list)
    for run in latest:
        seen, lost, proving = counts.get(run.id, (0, 0, 0))
        read, fields = filled.get(run.id, (0, {}))
        histories[run.source_id].append(
            RunFacts(
                run.id, run.started_at, run.state, run.message, seen, new.get(run.id, 0), lost,
                bool(proving), read, fields, tuple(failures.get(run.id, ())),
            )
        )  # fmt: skip
    return dict(histories)


def _latest(session: Session, sources: set[str], without: set[str], number: int) -> list[CrawlRun]:
    place = func.row_number().over(partition_by=CrawlRun.source_id, order_by=CrawlRun.started_at.desc()).label("place")
    ranked = select(CrawlRun.id, place).where(CrawlRun.state != "running", CrawlRun.source_id != ADHOC).subquery()
    query = select(CrawlRun).join(ranked, ranked.c.id == CrawlRun.id).where(ranked.c.place <= number + len(without))
    rows = session.scalars(query.order_by(CrawlRun.started_at, CrawlRun.id))
    return [run for run in rows if run.source_id in sources and run.id not in without]


def _in(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """Parts that fit the number of variables that a statement may have."""
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def _outcomes(session: Session, ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Documents that the source named, seen and lost, and answers that were more than a 304, by run."""
    document = and_(Capture.role == "document", func.coalesce(Capture.found_on, "") != RECHECK)
    columns = (
        _count(and_(document, Capture.outcome.in_(SEEN))),
        _count(and_(document, Capture.outcome.in_(LOST))),
        _count(and_(Capture.outcome.in_(SEEN), or_(Capture.status.is_(None), Capture.status != 304))),
    )
    found: dict[str, tuple[int, int, int]] = {}
    for part in _in(ids):
        rows = select(Capture.run_id, *columns).where(Capture.run_id.in_(part)).group_by(Capture.run_id)
        found |= {row[0]: (row[1], row[2], row[3]) for row in session.execute(rows)}
    return found


def _new(session: Session, ids: Sequence[str]) -> dict[str, int]:
    """Documents that a run saw first."""
    found: dict[str, int] = {}
    for part in _in(ids):
        rows = (
            select(Capture.run_id, func.count())
            .join(DocumentVersion, and_(DocumentVersion.capture_id == Capture.id, DocumentVersion.number == 1))
            .where(Capture.run_id.in_(part))
            .group_by(Capture.run_id)
        )
        found |= dict(session.execute(rows).all())
    return found


def _filled(session: Session, ids: Sequence[str]) -> dict[str, tuple[int, dict[str, int]]]:
    """Documents that went through extraction, and how many of them have each field, by run.

    A document's present row tells of the run that its text came from; for earlier ones its version does, which keeps no
    authors: those are counted where they are known.
    """
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for part in _in(ids):
        for run_id, read, *filled in session.execute(_fields(part)):
            found[run_id] = (read, dict(zip(("text", "title", "published", "authors"), filled, strict=True)))
    return found


def _fields(ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    present = and_(Document.id == Capture.document_id, Document.capture_id == Capture.id)
    version = DocumentVersion.capture_id == Capture.id
    has_text = or_(Document.extract_outcome == "ok", and_(Document.id.is_(None), DocumentVersion.text != ""))
    has_title = func.coalesce(Document.title, DocumentVersion.title) != Capture.url
    has_date = case((Document.id.is_(None), DocumentVersion.published), else_=Document.published).is_not(None)
    has_authors = or_(Document.id.is_(None), cast(Document.authors, TextType) != "[]")
    told = or_(Capture.state == "failed", Document.id.is_not(None), DocumentVersion.id.is_not(None))
    columns = [_count(and_(Capture.state == "processed", one)) for one in (has_text, has_title, has_date, has_authors)]
    return (
        select(Capture.run_id, func.count(), *columns)
        .outerjoin(Document, present)
        .outerjoin(DocumentVersion, version)
        .where(Capture.run_id.in_(ids), Capture.role == "document", Capture.outcome == "fetched", told)
        .group_by(Capture.run_id)
    )


def _failures(session: Session, runs: Sequence[CrawlRun]) -> dict[str, list[Failure]]:
    """Discovery documents and start URLs that a run could not read."""
    declared: dict[str, Any] = dict(session.execute(select(Source.id, Source.declaration)).all())
    starts = {run.id: set((declared.get(run.source_id) or {}).get("start", ())) for run in runs}
    found: dict[str, list[Failure]] = defaultdict(list)
    bad = or_(Capture.outcome.in_(LOST), and_(Capture.outcome == "filtered", Capture.reason.startswith("robots")))
    columns = (Capture.run_id, Capture.url, Capture.outcome, Capture.reason, Capture.status, Capture.role)
    for part in _in([run.id for run in runs if run.state not in {"completed", "incomplete"}]):
        for run_id, url, outcome, reason, status, role in session.execute(
            select(*columns).where(Capture.run_id.in_(part), bad).order_by(Capture.id)
        ):
            if role == "discovery" or url in starts[run_id]:
                found[run_id].append(Failure(url, outcome, reason, status))
    return found


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(case((condition, 1), else_=0), Integer)), 0)
