"""A command's own runs are processed first, then what dead ones left; commands that go at once leave each other's be.

Who crawls holds ``.owner-RUN.lock`` in the spool until its documents are read. The kernel lets go when the process is
dead, so a run that waits and that nobody holds is a leftover. Another host's locks are not seen: its runs may be taken
over, which claims make safe.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from models.crawl import Capture
from models.document import DocumentVersion
from models.session import read_session
from pipeline.claim import count_free, count_waiting, release_dead, waiting_runs
from pipeline.errors import plain_errors
from pipeline.process import Analyses
from pipeline.run import RunReport, process_pending, verdicts
from pipeline.spool import hold, owner_lock
from pipeline.workers import Progress

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""Between two looks at documents that another process has claimed."""


@dataclass(frozen=True, slots=True)
class Processed:
    """The runs as they stand after processing, and what became of documents: ``new``, ``changed``, …"""

    reports: list[RunReport]
    documents: dict[str, int] = field(default_factory=dict)
    """Of the own runs alone, whoever processed them."""
    taken_over: dict[str, int] = field(default_factory=dict)
    """Of runs that others began and nobody ended."""


def process_own(
    settings: Settings,
    engine: Engine,
    reports: Sequence[RunReport],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    analyser: Analyses | None = None,
) -> Processed:
    """Process the runs of `reports` to the last document, then leftovers of runs that nobody holds.

    Documents that a living process elsewhere has claimed are waited for, for `settings.claim_seconds` at most; then
    their claims have ended and they are processed here. Raises PipelineError as `process_pending`.
    """
    runs = [report.run_id for report in reports if report.run_id]

    def work(run_ids: Sequence[str]) -> Counter[str]:
        return Counter(
            process_pending(settings, engine, run_ids=run_ids, workers=workers, progress=progress, analyser=analyser)
        )

    here: Counter[str] = Counter()
    until = time.monotonic() + settings.claim_seconds + POLL_SECONDS
    while runs and (state := _state(settings, engine, runs)) != "done":
        if state == "free":
            here += work(runs)
        elif time.monotonic() > until:
            log.warning("documents of %s are still claimed by another process, left to it", ", ".join(runs))
            break
        else:
            time.sleep(POLL_SECONDS)
    here.pop("waiting", None)
    with read_session(engine) as session:
        # Where another process has read some of them, only the database knows what became of those.
        elsewhere = here.total() != sum(report.waiting for report in reports)
        documents = _became(session, runs) if elsewhere else dict(here)
        left = [run for run in waiting_runs(session) if run not in runs and not _held(settings.spool, run)]
    taken_over = dict(work(left)) if left else {}
    return Processed(verdicts(engine, reports), documents, taken_over)


def _held(spool: Path, run_id: str) -> bool:
    with hold(owner_lock(spool, run_id)) as lock:
        return lock is None


def _state(settings: Settings, engine: Engine, runs: Sequence[str]) -> str:
    """``done``, ``free`` (something can be claimed), or ``claimed`` (all that waits is another's)."""
    with plain_errors("processing"):
        release_dead(engine)
        with read_session(engine) as session:
            if not count_waiting(session, runs):
                return "done"
            return "free" if count_free(session, settings.claim_seconds, runs) else "claimed"


def _became(session: Session, runs: Sequence[str]) -> dict[str, int]:
    """Read captures of the runs: ``new`` where one is its document's first version, ``changed`` a later one, …"""
    number = func.min(DocumentVersion.number)
    rows = session.execute(
        select(Capture.state, number)
        .outerjoin(DocumentVersion, DocumentVersion.capture_id == Capture.id)
        .where(Capture.run_id.in_(runs), Capture.state.in_(("processed", "failed")))
        .group_by(Capture.id, Capture.state)
    )
    counts: Counter[str] = Counter()
    for state, version in rows:
        word = "unchanged" if version is None else "new" if version == 1 else "changed"
        counts["failed" if state == "failed" else word] += 1
    return dict(counts)
