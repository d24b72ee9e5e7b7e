"""Run one crawl as a subprocess in its folder of the spool: written job in, files out, watched by the clock."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import crawlers.contract
from config.settings import Settings
from config.sources import Source
from crawlers.contract import JOB_FILE, OUTCOMES_FILE, Allowance, Job, Limits, Outcome, read_outcomes
from pipeline.errors import PipelineError, plain_errors
from pipeline.spool import hold

ADHOC = "adhoc"
"""Source of URLs that are crawled without a declaration."""
MOST_BACK = 100_000
"""Most documents of a crawl that goes back to a date; the next one gets the rest."""
BACK_SECONDS = 86_400.0
ERRORS_FILE = "errors.txt"
GRACE_SECONDS = 60.0
"""How long a crawl may go on after its time limit before it is stopped from outside."""
STOP_SECONDS = 20.0
"""How long a crawl that is asked to end may take before it is killed."""
BUSY_SECONDS = 30.0
"""How long to wait for another crawl of the same source that may just be ending."""


def new_run_id(source_id: str, started_at: datetime) -> str:
    """A name for a run that sorts by time: ``20260102T030405-SOURCE-1a2b3c``, at most 80 characters."""
    return f"{started_at:%Y%m%dT%H%M%S}-{source_id[:56]}-{secrets.token_hex(3)}"


def make_job(
    settings: Settings,
    source: Source,
    folder: Path,
    *,
    limits: Limits | None = None,
    allow_private: bool | None = None,
    probe: bool = False,
    since: date | None = None,
    allowance: Allowance | None = None,
) -> Job:
    """The job of one crawl; limits and permission come from the settings where nothing else is said.

    `folder` is the run's folder; its name is the run's id. `probe`, `since` and `allowance` as in
    `crawlers.contract.Job`; a crawl that goes back has a day for it.
    """
    if limits is None:
        limits = Limits(
            max_pages=MOST_BACK if since else source.max_documents,
            max_seconds=BACK_SECONDS if since else 60 * source.max_minutes,
            max_total_bytes=source.max_bytes,
            max_depth=max(source.depth, Limits().max_depth),
            max_body_bytes=settings.max_body_bytes,
            timeout=settings.request_timeout,
            delay=settings.delay,
        )
    return Job(
        run_id=folder.name,
        folder=str(folder.absolute()),
        source=source.model_dump(mode="json", exclude_unset=True),
        user_agent=settings.agent,
        limits=limits,
        allow_private=settings.allow_private if allow_private is None else allow_private,
        probe=probe,
        allowance=allowance,
        since=since.isoformat() if since else None,
        warc_bytes=settings.warc_bytes,
        chromium=settings.chromium or None,
    )


@contextmanager
def allowance_of(settings: Settings) -> Iterator[Allowance | None]:
    """What the settings grant to a run of several sources that begins now; None where they set no bound."""
    if not (settings.run_pages or settings.run_bytes or settings.run_minutes):
        yield None
        return
    until = time.time() + 60 * settings.run_minutes if settings.run_minutes else 0.0
    with tempfile.TemporaryDirectory(prefix="pactwatch-") as folder:
        yield Allowance(str(Path(folder) / "count"), settings.run_pages, settings.run_bytes, until)


def run_job(job: Job, *, locks: Sequence[int] = (), stop: threading.Event | None = None) -> str | None:
    """Crawl a written job in a subprocess until it ends; return why it failed, None where it did not.

    The subprocess inherits the file descriptors `locks`. It is ended when `stop` is set, when this process dies or
    raises, and when it goes on too long after its own time limit.
    """
    path = Path(job.folder) / JOB_FILE
    command = [sys.executable, "-m", "pipeline.tether", str(os.getpid()), sys.executable, "-m", "crawlers", str(path)]
    errors = path.with_name(ERRORS_FILE)
    with errors.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, pass_fds=tuple(locks), env=environment()
        )
        try:
            problem = _watch(process, job.limits.max_seconds + GRACE_SECONDS, stop or threading.Event())
        finally:
            _end(process)
    if problem or process.returncode in {0, 3}:  # 3: ended in order by a signal, done.json says so
        return problem
    said = errors.read_text(encoding="utf8", errors="replace").strip().splitlines()
    return said[-1].removeprefix("crawl: ")[:300] if said else f"the crawl died (exit code {process.returncode})"


def dry_run(settings: Settings, source: Source, folder: Path, *, probe: bool = False) -> list[Outcome]:
    """Crawl a source into `folder` and return every outcome; archive and database see nothing of it.

    `probe` as in `crawlers.contract.Job`. Raises PipelineError where the crawl as a whole fails.
    """
    with plain_errors(f"crawl of {source.id}"):
        job = make_job(settings, source, folder, probe=probe)
        job.write()
        failed = run_job(job)
        outcomes = folder / OUTCOMES_FILE
        if failed:
            raise PipelineError(f"crawl of {source.id}: {failed}")
        return list(read_outcomes(outcomes)) if outcomes.exists() else []


@contextmanager
def only_crawl(spool: Path, source_id: str) -> Iterator[tuple[int, ...]]:
    """Hold a source while it is crawled; yields the lock to pass on. URLs without a declaration hold nothing.

    Raises PipelineError where another process is crawling the source and does not end soon.
    """
    if source_id == ADHOC:
        yield ()
        return
    until = time.monotonic() + BUSY_SECONDS
    while True:
        with hold(spool / f".source-{source_id}") as lock:
            if lock is not None:
                yield (lock,)
                return
        if time.monotonic() > until:
            raise PipelineError(f"source {source_id} is being crawled already: wait until that crawl has ended")
        time.sleep(0.2)


def environment() -> dict[str, str]:
    """The environment of a child, which finds the packages where this process found them, installed or not."""
    home = str(Path(crawlers.contract.__file__).parents[1])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{home}{os.pathsep}{known}" if known else home}


def _watch(process: subprocess.Popen[bytes], seconds: float, stop: threading.Event) -> str | None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            process.wait(0.25)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                return "the crawl was stopped"
        else:
            return None
    return f"the crawl did not end within {seconds:.0f} seconds and was stopped"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
