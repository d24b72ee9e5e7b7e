"""The stages strung together once: crawl, take in, process. Flows and the command line call these functions.

The index is the caller's: it follows the database by revision and is refreshed after `process_pending`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from config.sources import Source, SourceKind
from config.themes import load_themes
from crawlers.contract import Allowance, Limits
from models.base import now as present
from models.crawl import CrawlRun
from models.crawl import Source as SourceRow
from models.session import read_session, write_session
from pipeline.archive import Archive
from pipeline.claim import count_waiting, release_dead, waiting_runs
from pipeline.crawl import ADHOC, allowance_of, make_job, new_run_id, only_crawl, run_job
from pipeline.errors import PipelineError, plain_errors
from pipeline.fields import check_fields
from pipeline.host import CrawlHost, hosting
from pipeline.intake import IntakeResult, start_run, take_in, take_in_all
from pipeline.known import known_urls
from pipeline.load import catch_up, store_themes
from pipeline.polling import interval, resting
from pipeline.process import Analyses
from pipeline.reset import reset
from pipeline.spool import RunNote, hold, owner_lock
from pipeline.workers import Plan, Progress, run_here, run_workers

log = logging.getLogger(__name__)

BATCHES_A_WORKER = 2
"""Batches that must wait for each worker process, where nobody says how many there shall be."""
RECHECK = 50
"""Documents a crawl asks for again although no feed, sitemap or listing names them any more."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """One crawl as it ended: its state and why it is not green, its URLs by outcome, captures that wait for reading."""

    run_id: str
    source_id: str
    state: str
    """``completed``, ``empty``, ``interrupted`` or ``failed``; after processing also ``incomplete`` (`verdicts`)."""
    message: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    waiting: int = 0

    @property
    def green(self) -> bool:
        """Whether the run yielded what its source is expected to."""
        return self.state == "completed"


def recover(settings: Settings, engine: Engine) -> list[RunReport]:
    """Take in what dead crawls left and end the claims of dead workers; call it before asking which sources are due."""
    with plain_errors("recovery"):
        release_dead(engine)
    return [_report(taken) for taken in take_in_all(engine, settings.spool, Archive(settings.archive))]


def crawl_source(
    settings: Settings,
    engine: Engine,
    source: Source,
    trigger: str,
    *,
    limits: Limits | None = None,
    allow_private: bool | None = None,
    recheck: int = RECHECK,
    since: date | None = None,
    allowance: Allowance | None = None,
    holding: ExitStack | None = None,
) -> RunReport:
    """Crawl one source in a subprocess and take in what it brought; leftovers of dead crawls are taken in first.

    With `since` it goes back to that day for documents that are not known yet; where it is cut off, what was fetched is
    known to the next one, which so continues it.

    `trigger` is ``nightly``, ``ad-hoc`` or ``demo``. Until `holding` ends, other commands take the run for one that
    its own command will process (`pipeline.own`). A run that has used up its `allowance` begins no crawl. Raises
    PipelineError (disk, database, archive); the crawl's files then stay in the spool and the next call takes them in.
    """
    recover(settings, engine)
    return _crawl(
        settings, engine, source, trigger,
        limits=limits, allow_private=allow_private, recheck=recheck, since=since, allowance=allowance, holding=holding,
    )  # fmt: skip


def crawl_many(
    settings: Settings,
    engine: Engine,
    sources: Iterable[Source],
    trigger: str,
    *,
    allow_private: bool | None = None,
    recheck: int = RECHECK,
    holding: ExitStack | None = None,
) -> list[RunReport]:
    """Crawl several sources, `settings.max_crawls` at a time; one report each, in the order of `sources`.

    `holding` as for `crawl_source`. A source whose crawl fails is reported as failed, the others go on. Together they
    stay within the settings' bounds of a run.
    """
    recover(settings, engine)
    private = settings.allow_private if allow_private is None else allow_private
    with allowance_of(settings) as allowance, hosting(settings.crawl_together, private) as host:
        return _crawl_many(
            settings, engine, sources, trigger,
            allow_private=allow_private, recheck=recheck, allowance=allowance, host=host, holding=holding,
        )  # fmt: skip


def _crawl_many(
    settings: Settings, engine: Engine, sources: Iterable[Source], trigger: str, **given: Any
) -> list[RunReport]:
    stop = threading.Event()

    def crawl(source: Source) -> RunReport:
        try:
            return _crawl(settings, engine, source, trigger, stop=stop, **given)
        except PipelineError as err:
            log.error("source %s: %s", source.id, err)
            return RunReport("", source.id, "failed", str(err))

    with ThreadPoolExecutor(settings.max_crawls, thread_name_prefix="crawl") as pool:
        try:
            return list(pool.map(crawl, sources))
        except BaseException:  # Ctrl-C: crawls under way end in order, those that wait never begin
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def process_pending(
    settings: Settings,
    engine: Engine,
    *,
    run_ids: Sequence[str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    analyser: Analyses | None = None,
) -> dict[str, int]:
    """Process every capture that waits (of `run_ids`, if given); return the numbers of ``new``, ``changed``, …

    `workers` processes (none: up to as many as the settings say), each with an analyser of its own; 1 works in this
    process, with `analyser` if given. `progress` gets each batch's result. Captures that a living worker elsewhere has
    claimed are left to it.
    Raises PipelineError where archive or database fail; what was processed until then stays.
    """
    with plain_errors("processing"):
        waiting, runs = prepare(settings, engine, run_ids)
    if not waiting:
        return {}
    # Each process loads the model first: that pays from a few batches on.
    number = workers or min(settings.workers, waiting // (BATCHES_A_WORKER * settings.batch_size))
    database = engine.url.render_as_string(hide_password=False)
    plan = Plan(settings, database, None if run_ids is None else tuple(run_ids))
    if number > 1:
        total = run_workers(engine, plan, number, progress)
    else:
        total = run_here(engine, analyser or _build(settings, engine), plan, progress)
    with plain_errors("processing"):
        judge(engine, runs)
    log.info("processed: %s", total.counts)
    return total.counts


def prepare(settings: Settings, engine: Engine, run_ids: Sequence[str] | None = None) -> tuple[int, list[str]]:
    """What comes before processing: claims of dead workers end, themes get their labels, stored texts signatures.

    Returns how many captures wait (of `run_ids`, if given) and the runs that they belong to.
    """
    labels = {theme.id: theme.label for theme in load_themes(settings.themes_file)}
    release_dead(engine)
    catch_up(engine)
    with write_session(engine) as session:
        store_themes(session, labels)
        return count_waiting(session, run_ids), waiting_runs(session, run_ids)


def judge(engine: Engine, run_ids: Sequence[str]) -> None:
    """What comes after processing: runs whose documents lack a field that their source expects are not green."""
    with write_session(engine) as session:
        check_fields(session, run_ids)


def verdicts(engine: Engine, reports: Sequence[RunReport]) -> list[RunReport]:
    """The reports with the state that their runs have now, after processing."""
    with read_session(engine) as session:
        rows = session.execute(select(CrawlRun).where(CrawlRun.id.in_([r.run_id for r in reports]))).scalars()
        now = {row.id: (row.state, row.message) for row in rows}
    return [
        replace(report, state=now[report.run_id][0], message=now[report.run_id][1]) if report.run_id in now else report
        for report in reports
    ]


def reprocess(
    settings: Settings,
    engine: Engine,
    *,
    source_id: str | None = None,
    analyser_version: str | None = None,
    outdated: bool = False,
    older_than_extractor: bool = False,
    failed: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    analyser: Analyses | None = None,
) -> dict[str, int]:
    """Read and analyse documents again from the archive, without network; return counts as `process_pending`.

    Only documents of `source_id`, only those analysed by `analyser_version`, only those that an older extractor or
    analyser read (`outdated`), or an older extractor alone (`older_than_extractor`), where given. `failed`: also
    captures that could not be processed.
    """
    current = None
    if outdated:
        analyser = analyser or _build(settings, engine)
        current = analyser.version
    with plain_errors("reprocessing"), write_session(engine) as session:
        number = reset(
            session, source_id=source_id, analyser=analyser_version, older_than=current,
            other_extractor=older_than_extractor, failed=failed,
        )  # fmt: skip
    log.info("reprocessing %d captures", number)
    return process_pending(settings, engine, workers=workers, progress=progress, analyser=analyser)


def due_sources(session: Session, sources: Iterable[Source], now: datetime) -> list[Source]:
    """The enabled sources whose last crawl began longer ago than their interval, or was cut off.

    Those that were crawled longest ago come first: a run that is bounded never leaves out the same ones each night.
    """
    crawled = dict(session.execute(select(SourceRow.id, SourceRow.last_crawled_at)).all())
    due = [source for source in sources if source.enabled and _is_due(session, source, crawled.get(source.id), now)]
    return sorted(due, key=lambda source: (crawled.get(source.id) is not None, crawled.get(source.id) or now))


def adhoc_source(url: str, depth: int = 0, max_pages: int = 200) -> Source:
    """A source for one URL without a declaration; raises PipelineError where the URL or a number is wrong."""
    try:
        return Source(
            id=ADHOC,
            name=urlsplit(url).netloc or url,
            kind=SourceKind.PAGE,
            start=(url,),
            depth=depth,
            max_documents=max_pages,
        )
    except (ValidationError, ValueError) as err:
        said = err.errors(include_url=False)[0]["msg"] if isinstance(err, ValidationError) else str(err)
        raise PipelineError(f"{url}: {said.removeprefix('Value error, ')}") from err


def _build(settings: Settings, engine: Engine) -> Analyses:
    from pipeline.declared import build_analyser  # noqa: PLC0415  # spaCy takes seconds: not to crawl alone

    return build_analyser(settings, engine)


def _is_due(session: Session, source: Source, crawled: datetime | None, now: datetime) -> bool:
    if crawled is None:
        return True
    rest = resting(session, source.id)
    if rest is not None and rest > now:
        return False
    if crawled + interval(session, source) <= now:
        return True
    latest = select(CrawlRun.state).where(CrawlRun.source_id == source.id)
    return session.scalar(latest.order_by(CrawlRun.started_at.desc()).limit(1)) == "interrupted"


def _crawl(
    settings: Settings,
    engine: Engine,
    source: Source,
    trigger: str,
    *,
    limits: Limits | None = None,
    allow_private: bool | None = None,
    recheck: int = RECHECK,
    since: date | None = None,
    stop: threading.Event | None = None,
    allowance: Allowance | None = None,
    host: CrawlHost | None = None,
    holding: ExitStack | None = None,
) -> RunReport:
    with plain_errors(f"crawl of {source.id}: the count of the run"):
        spent = allowance.spend() if allowance else None
    if spent:
        told = f"not begun: the run has used up what it may ({spent}); it stays due, the next run begins with it"
        return RunReport("", source.id, "interrupted", told)
    started_at = present()
    folder = settings.spool / new_run_id(source.id, started_at)
    with (
        plain_errors(f"crawl of {source.id}"),
        only_crawl(settings.spool, source.id) as source_locks,
        hold(folder) as lock,
    ):
        if holding is not None:
            holding.enter_context(hold(owner_lock(settings.spool, folder.name)))
        # The folder before the row: a run that the database knows always has a folder from which intake can end it.
        RunNote(trigger, started_at.isoformat()).write(folder)
        job = make_job(
            settings, source, folder, limits=limits, allow_private=allow_private, since=since, allowance=allowance
        )
        with read_session(engine) as session:
            # What was crawled ad hoc before has nothing to do with this URL.
            job.write(known_urls(session, source.id, 0 if source.id == ADHOC or since else recheck))
        with write_session(engine) as session:
            start_run(session, source, trigger, job.run_id, started_at)
        log.info("run %s: crawling", job.run_id)
        locks = (*source_locks, *(() if lock is None else (lock,)))
        shared = host is not None and host.alive and source.render is None
        failed = host.run(job, locks=locks, stop=stop) if host and shared else run_job(job, locks=locks, stop=stop)
        return _report(take_in(engine, folder, Archive(settings.archive), error=failed))


def _report(taken: IntakeResult) -> RunReport:
    return RunReport(taken.run_id, taken.source_id, taken.state, taken.message, taken.counts, taken.waiting)
