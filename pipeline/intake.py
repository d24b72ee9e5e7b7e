"""Take a crawl's folder in: WARC files into the archive, outcomes into the database, then the folder goes.

Every step can be repeated: a process that is killed at any point leaves a folder that the next `take_in` ends alike.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config.sources import Source
from crawlers.contract import (
    DONE_FILE,
    JOB_FILE,
    OUTCOMES_FILE,
    Done,
    Job,
    Outcome,
    OutcomeKind,
    UrlRole,
    parse_outcome,
    read_lines,
)
from models.crawl import Capture, CrawlRun
from models.session import write_session
from pipeline.archive import Archive
from pipeline.cdxj import INDEX_FILE, index_of
from pipeline.errors import PipelineError, one_line, plain_errors
from pipeline.load import mark_gone, mark_seen
from pipeline.runs import finish_run, start_run
from pipeline.spool import discard, hold, read_note, run_folders
from pipeline.sql import insert_ignoring

__all__ = ["IntakeResult", "start_run", "take_in", "take_in_all"]

log = logging.getLogger(__name__)

BATCH = 500
"""Outcomes a transaction."""
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What was taken in of one run: its state, its URLs by outcome, the captures that wait for processing."""

    run_id: str
    source_id: str
    state: str
    message: str | None
    counts: dict[str, int]
    captures: int
    waiting: int
    finished: bool
    """Whether the crawl itself came to its end."""


def take_in(engine: Engine, folder: Path, archive: Archive, *, error: str | None = None) -> IntakeResult:
    """Take in the crawl in `folder`, which nobody else may be writing; `error` says why its process failed, if known.

    Raises PipelineError (disk, database, archive, or no job in the folder); the folder then stays for the next time.
    """
    job, source = _read_job(folder)
    note = read_note(folder)
    what = f"intake of {job.run_id}"
    log.info("run %s: taking in", job.run_id)
    with plain_errors(what):
        with write_session(engine) as session:
            run = start_run(session, source, note.trigger, job.run_id, datetime.fromisoformat(note.started_at))
            offset = run.intake_offset
        for file in sorted(folder.glob("*.warc.gz")):
            archive.put(file, f"{job.run_id}/{file.name}")
        index = index_of(folder, job.run_id)  # not written here: the spool's disk may be what is full
        if index is not None:
            archive.put_bytes(index, f"{job.run_id}/{INDEX_FILE}")
        broken = 0
        for batch in _batches(folder / OUTCOMES_FILE, offset):
            broken += sum(line.outcome is None for line in batch)
            with write_session(engine) as session:
                _take_batch(session, job.run_id, source.id, batch)
        with write_session(engine) as session:
            result = _finish(session, job.run_id, source, _read_done(folder), error)
        discard(folder)
    if broken:
        log.warning("%s: %d lines of %s could not be read, passed over", what, broken, OUTCOMES_FILE)
    log.info("run %s: %s, %s", result.run_id, result.state, result.counts)
    return result


def take_in_all(engine: Engine, spool: Path, archive: Archive) -> list[IntakeResult]:
    """Take in what dead crawls left in the spool; crawls that still run are passed over.

    A folder that cannot be taken in is logged and stays; the others go on.
    """
    results: list[IntakeResult] = []
    with plain_errors(f"spool {spool}"):
        folders = run_folders(spool)
    for folder in folders:
        with hold(folder) as lock:
            if lock is None or not folder.exists():
                continue
            if not (folder / OUTCOMES_FILE).exists() and not _readable(folder):
                log.info("run %s: ended before it began to crawl", folder.name)
                discard(folder)
                continue
            try:
                results.append(take_in(engine, folder, archive))
            except PipelineError as err:
                log.error("%s", err)
    return results


@dataclass(frozen=True, slots=True)
class _Line:
    outcome: Outcome | None
    start: int
    end: int


def _batches(path: Path, offset: int) -> Iterator[list[_Line]]:
    if path.exists():
        lines = _lines(path, offset)
        while batch := list(islice(lines, BATCH)):
            yield batch


def _lines(path: Path, offset: int) -> Iterator[_Line]:
    for raw in read_lines(path, offset):
        try:
            outcome = parse_outcome(raw)
        except ValueError:
            outcome = None
        yield _Line(outcome, offset, offset + len(raw))
        offset += len(raw)


def _take_batch(session: Session, run_id: str, source_id: str, batch: Sequence[_Line]) -> None:
    run = session.get_one(CrawlRun, run_id, with_for_update=True)
    if run.intake_offset != batch[0].start:
        raise PipelineError(f"intake of {run_id}: another process takes this run in: run again when it has ended")
    # Behind the run's row comes the writer lock (in mark_seen and mark_gone); loading takes only the latter.
    outcomes = [line.outcome for line in batch if line.outcome]
    documents = [o for o in outcomes if o.role is UrlRole.DOCUMENT]
    unchanged = [o for o in documents if o.outcome is OutcomeKind.UNCHANGED]
    confirmed = _confirm(session, source_id, unchanged)
    rows = [_row(run_id, source_id, outcome, confirmed.get(outcome.url)) for outcome in outcomes]
    if rows:
        session.execute(insert_ignoring(session, Capture, ("run_id", "url")), rows)
    gone = {o.url: _time(o.at) for o in documents if o.outcome is OutcomeKind.FAILED and o.status in GONE}
    if gone:
        mark_gone(session, gone)
    run.intake_offset = batch[-1].end


def _confirm(session: Session, source_id: str, unchanged: Sequence[Outcome]) -> dict[str, int]:
    """Note on the documents of unchanged URLs that they were seen; return {url: document id}."""
    seen = {outcome.url: _time(outcome.at) for outcome in unchanged}
    if not seen:
        return {}
    mark_seen(session, seen, source_id)
    latest = (
        select(func.max(Capture.id))
        .where(Capture.source_id == source_id, Capture.url.in_(seen), Capture.document_id.is_not(None))
        .group_by(Capture.url)
    )
    rows = session.execute(select(Capture.url, Capture.document_id).where(Capture.id.in_(latest)))
    return {url: document_id for url, document_id in rows if document_id is not None}


def _row(run_id: str, source_id: str, outcome: Outcome, document_id: int | None) -> dict[str, Any]:
    fetched = outcome.outcome is OutcomeKind.FETCHED
    waits = fetched and outcome.role is UrlRole.DOCUMENT and outcome.warc is not None
    return {
        "run_id": run_id,
        "source_id": source_id,
        "url": outcome.url,
        "role": str(outcome.role),
        "outcome": str(outcome.outcome),
        "reason": outcome.reason and outcome.reason[:64],
        "detail": outcome.detail,
        "status": outcome.status,
        "at": _time(outcome.at),
        "final_url": outcome.final_url,
        "media_type": outcome.media_type,
        "size": outcome.size,
        "digest": outcome.digest,
        "etag": outcome.etag,
        "last_modified": outcome.last_modified,
        "found_on": outcome.found_on,
        "entries": outcome.entries,
        "signals": outcome.signals,
        "hint_title": outcome.hint_title,
        "hint_published": outcome.hint_published,
        "archive_file": f"{run_id}/{outcome.warc}" if outcome.warc else None,
        "archive_offset": outcome.offset,
        "archive_length": outcome.length,
        "state": "fetched" if waits else "done",
        "document_id": document_id,
    }


def _finish(session: Session, run_id: str, source: Source, done: Done | None, error: str | None) -> IntakeResult:
    run = session.get_one(CrawlRun, run_id, with_for_update=True)
    verdict = finish_run(session, run, source, done, error)
    waiting = session.scalar(
        select(func.count()).select_from(Capture).where(Capture.run_id == run_id, Capture.state == "fetched")
    )
    captures = sum(run.counts.values())
    return IntakeResult(
        run_id, source.id, verdict.state, verdict.message, dict(run.counts), captures, waiting or 0, done is not None
    )


def _read_job(folder: Path) -> tuple[Job, Source]:
    try:
        job = Job.read(folder / JOB_FILE)
        return job, Source.model_validate(job.source)
    except (OSError, ValidationError, ValueError) as err:
        mend = "move the folder out of the spool if the crawl is not wanted"
        raise PipelineError(f"intake of {folder.name}: {one_line(err)}: {mend}") from err


def _readable(folder: Path) -> bool:
    try:
        _read_job(folder)
    except PipelineError:
        return False
    return True


def _read_done(folder: Path) -> Done | None:
    try:
        return Done(**json.loads((folder / DONE_FILE).read_text(encoding="utf8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None  # absent or half-written: the crawl did not come to its end


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
