"""A run's row: its beginning, and the verdict at its end. A run that yields less than expected is never green."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.sources import Source
from crawlers.contract import RECHECK, Done, OutcomeKind, UrlRole
from models.crawl import Capture, CrawlRun
from models.crawl import Source as SourceRow
from models.document import Document
from pipeline.crawl import ADHOC

SEEN = (OutcomeKind.FETCHED, OutcomeKind.UNCHANGED)
NOT_ASKED = ("limit", "interrupted")
"""Reasons of URLs that were seen and not asked for."""
NOT_READ = (OutcomeKind.FAILED, OutcomeKind.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """State of a run (``completed``, ``empty``, ``interrupted``, ``failed``) and why it is not green."""

    state: str
    message: str | None = None


def start_run(session: Session, source: Source, trigger: str, run_id: str, started_at: datetime) -> CrawlRun:
    """Register a run and its source's declaration; a run that is registered already stays as it is."""
    row = session.get(SourceRow, source.id)
    if row is None:
        row = SourceRow(id=source.id)
        session.add(row)
    if row.last_crawled_at is None or row.last_crawled_at <= started_at:
        row.name, row.kind, row.home = source.name, str(source.kind), source.home
        row.country, row.language = source.country, source.language
        row.declaration = source.model_dump(mode="json")
        row.last_crawled_at = started_at
    session.flush()
    run = session.get(CrawlRun, run_id)
    if run is None:
        run = CrawlRun(
            id=run_id, source_id=source.id, trigger=trigger, started_at=started_at, state="running", counts={}
        )
        session.add(run)
        session.flush()
    return run


def finish_run(session: Session, run: CrawlRun, source: Source, done: Done | None, error: str | None) -> Verdict:
    """Set state, message, counts and end of a run from what was taken in; doing it again gives the same."""
    rows = session.execute(
        select(Capture.outcome, func.count()).where(Capture.run_id == run.id).group_by(Capture.outcome)
    )
    run.counts = dict(sorted(rows.all()))
    last = session.scalar(select(func.max(Capture.at)).where(Capture.run_id == run.id))
    run.finished_at = datetime.fromisoformat(done.finished_at) if done else (last or run.started_at)
    verdict = _verdict(session, run, source, done, error)
    run.state, run.message = verdict.state, verdict.message
    return verdict


def _verdict(session: Session, run: CrawlRun, source: Source, done: Done | None, error: str | None) -> Verdict:
    if done is None or done.reason != "finished":
        return _cut_off(session, run, done, error)
    way = source.ways[min(done.way, len(source.ways) - 1)]
    broken = _broken_discovery(session, run.id, way.start)
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        return Verdict("empty", f"{_in_vain(source, done)}{way.kind} could not be read: {broken[0]}{more}")
    if done.since:
        return Verdict("completed")
    seen = _documents_seen(session, run)
    if seen < source.expect.documents and source.id == ADHOC:
        # There is no declaration that could be mended: what became of the URL is the whole reason.
        return Verdict("empty", f"{_reasons(session, run.id) or 'no document was found'}: {source.start[0]}")
    if seen < source.expect.documents:
        mend = "see whether the site has changed, then mend its declaration"
        told = f"{seen} documents seen, at least {source.expect.documents} expected"
        return Verdict("empty", f"{_in_vain(source, done)}{told}: {mend}")
    return Verdict("completed", f"{_in_vain(source, done)}{way.kind} was used instead" if done.way else None)


def _in_vain(source: Source, done: Done) -> str:
    """The ways that gave nothing before the last one, each with the reason."""
    return "".join(
        f"{way.kind} gave nothing ({why}), " for way, why in zip(source.ways, done.gave[: done.way], strict=False)
    )


def _cut_off(session: Session, run: CrawlRun, done: Done | None, error: str | None) -> Verdict:
    rest = select(func.count()).select_from(Capture).where(Capture.run_id == run.id)
    left = session.scalar(rest.where(Capture.outcome == OutcomeKind.FILTERED, Capture.reason.in_(NOT_ASKED))) or 0
    told = f"{run.counts.get(OutcomeKind.FETCHED, 0)} URLs were fetched, {left} were seen and not asked for"
    if done is None and error:
        return Verdict("failed", f"{error}; {told}")
    why = "was cut off" if done is None else f"ended early ({done.reason})"
    mend = "crawl it again for the rest" if run.source_id == ADHOC else "the next run gets the rest"
    return Verdict("interrupted", f"the crawl {why}; {told}: {mend}")


def _reasons(session: Session, run_id: str) -> str:
    """Each outcome of the run's URLs that were not seen, with its reason, once, in the order of intake."""
    rows = session.execute(
        select(Capture.outcome, Capture.reason)
        .where(Capture.run_id == run_id, Capture.outcome.not_in(SEEN))
        .order_by(Capture.id)
    )
    return ", ".join(dict.fromkeys(f"{outcome} {reason or ''}".strip() for outcome, reason in rows))


def _broken_discovery(session: Session, run_id: str, start: Sequence[str]) -> list[str]:
    """What could not be read of the way that begins at `start`: ways are walked one after another."""
    urls = {spelling for url in start for spelling in (url, f"{url.rstrip('/')}/")}
    begun = select(func.min(Capture.id)).where(Capture.run_id == run_id, Capture.url.in_(urls))
    first = session.scalar(begun.where(Capture.found_on.is_(None)))
    rows = session.execute(
        select(Capture.url, Capture.outcome, Capture.reason)
        .where(Capture.run_id == run_id, Capture.role == UrlRole.DISCOVERY, Capture.id >= (first or 0))
        .order_by(Capture.id)
    )
    return [
        f"{url}: {outcome}{f' ({reason})' if reason else ''}"
        for url, outcome, reason in rows
        if outcome in NOT_READ or (outcome == OutcomeKind.FILTERED and url in start)
    ]


def _documents_seen(session: Session, run: CrawlRun) -> int:
    """Documents that the source named and the run saw, not those that only earlier runs know: they would hide a listing
    that has emptied. Where a feed, sitemap or listing was unchanged, those that it named before count."""
    seen = select(func.count()).select_from(Capture).where(Capture.run_id == run.id, Capture.outcome.in_(SEEN))
    named = func.coalesce(Capture.found_on, "") != RECHECK
    number = session.scalar(seen.where(Capture.role == UrlRole.DOCUMENT, named)) or 0
    same = seen.where(Capture.role == UrlRole.DISCOVERY, Capture.outcome == OutcomeKind.UNCHANGED)
    if session.scalar(same):
        live = select(func.count()).select_from(Document)
        live = live.where(Document.source_id == run.source_id, Document.gone_since.is_(None))
        number = max(number, session.scalar(live) or 0)
    return number
