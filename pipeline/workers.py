"""Processing by several processes: each claims batches until none is left. A dead worker is noticed and replaced."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Literal

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from config.errors import ConfigError
from config.settings import Settings
from models.session import make_engine
from pipeline.archive import Archive
from pipeline.claim import claim_batch, release, worker_name
from pipeline.errors import PipelineError, one_line, plain_errors
from pipeline.extract.ocr import make_ocr
from pipeline.process import Analyses, BatchResult, process_batch

log = logging.getLogger(__name__)

Progress = Callable[[BatchResult], None]
"""Called with the result of each batch, in the process that asked."""

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
STOP_SECONDS = 60.0
"""How long a worker may take to end its batch when it is asked to stop."""
MAX_CRASHES = 20
"""Workers that may die in a row without one finished batch between; then something other than a document is wrong."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every worker of one call does. Plain data: it is sent to the worker processes."""

    settings: Settings
    database: str
    """SQLAlchemy URL, password included."""
    run_ids: tuple[str, ...] | None = None
    """Only captures of these runs; none: every one that waits."""


@dataclass(frozen=True, slots=True)
class _Message:
    """What a worker tells its parent: it is ready, a batch is done, nothing is left, or why it cannot go on."""

    kind: Literal["ready", "batch", "end", "error"]
    result: BatchResult = field(default_factory=BatchResult)
    text: str = ""


@dataclass(slots=True)
class _Worker:
    """A worker process as its parent sees it."""

    name: str
    process: SpawnProcess
    pipe: Connection
    ready: bool = False
    ended: bool = False


def run_here(engine: Engine, analyser: Analyses, plan: Plan, progress: Progress | None = None) -> BatchResult:
    """Process in this process until nothing is left; return the sum. Raises PipelineError (archive, database)."""
    total = BatchResult()
    for result in _batches(engine, analyser, plan, worker_name()):
        total += result
        if progress:
            progress(result)
    return total


def run_workers(engine: Engine, plan: Plan, number: int, progress: Progress | None = None) -> BatchResult:
    """Process by `number` worker processes until nothing is left; return the sum.

    A worker that dies is reported in the log, its claims end at once and another takes its place. Raises PipelineError
    where a worker cannot start or go on (declaration, archive, database); what was processed before stays.
    """
    context = multiprocessing.get_context("spawn")
    workers = [_start(context, plan, index) for index in range(number)]
    started = number
    total, crashes, error = BatchResult(), 0, ""
    try:
        while workers:
            for worker in _ready(workers):
                message = _receive(worker)
                if message is None:  # the process is gone
                    workers.remove(worker)
                    if worker.ended:
                        continue
                    crashes += 1
                    error = error or _crashed(engine, worker, crashes)
                    if not error:
                        workers.append(_start(context, plan, started))
                        started += 1
                elif message.kind == "batch":
                    crashes, total = 0, total + message.result
                    if progress:
                        progress(message.result)
                elif message.kind == "error":
                    error = error or message.text
    finally:
        _stop(engine, workers)
    if error:
        raise PipelineError(error)
    return total


def _batches(engine: Engine, analyser: Analyses, plan: Plan, name: str) -> Iterator[BatchResult]:
    settings = plan.settings
    archive = Archive(settings.archive)
    while True:
        with plain_errors("claiming"):
            ids = claim_batch(
                engine,
                name,
                settings.batch_size,
                settings.claim_seconds,
                settings.max_attempts,
                run_ids=plan.run_ids,
            )
        if not ids:
            return
        try:
            result = process_batch(engine, archive, analyser, ids, make_ocr(settings.ocr, settings.ocr_languages))
        except (PipelineError, KeyboardInterrupt):
            with suppress(DBAPIError):  # the database may be what failed; then the claim expires
                release(engine, name, ids, counts=False)
            raise
        yield result


def _start(context: multiprocessing.context.SpawnContext, plan: Plan, index: int) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(plan, theirs, index), name=f"worker-{index}")
    process.start()
    theirs.close()  # so that the pipe ends when the worker does
    return _Worker(f"worker-{index}", process, ours)


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    spoke = set(wait([worker.pipe for worker in workers]))
    return [worker for worker in workers if worker.pipe in spoke]


def _receive(worker: _Worker) -> _Message | None:
    """The worker's next message; None where it is gone."""
    try:
        message: _Message = worker.pipe.recv()
    except (EOFError, ConnectionResetError):
        worker.process.join()
        return None
    if message.kind == "ready":
        worker.ready, worker.name = True, message.text
    worker.ended = worker.ended or message.kind in {"end", "error"}
    return message


def _crashed(engine: Engine, worker: _Worker, crashes: int) -> str:
    """Report a dead worker and end its claims; return why no other may take its place, or nothing."""
    code = worker.process.exitcode
    log.error("%s died (exit code %s), its documents go to another worker", worker.name, code)
    if not worker.ready:
        return f"a worker died before it could begin (exit code {code}): run with one worker to see why"
    release(engine, worker.name)
    if crashes >= MAX_CRASHES:
        return f"{crashes} workers in a row died (last exit code {code}): see the log, check memory and disk"
    return ""


def _stop(engine: Engine, workers: Sequence[_Worker]) -> None:
    """Ask workers that still run to end after their batch, then make them."""
    for worker in workers:
        worker.pipe.close()
    for worker in workers:
        worker.process.join(STOP_SECONDS)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
            release(engine, worker.name)


def _work(plan: Plan, pipe: Connection, index: int) -> None:
    """The whole life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which stops its workers in order
    _die_with_parent()
    logging.basicConfig(level=plan.settings.log_level, format=LOG_FORMAT)
    from pipeline.declared import build_analyser  # noqa: PLC0415  # spaCy takes seconds: not in the parent

    name = worker_name(index)
    try:
        engine = make_engine(plan.database)
        analyser = build_analyser(plan.settings, engine)
        pipe.send(_Message("ready", text=name))
        for result in _batches(engine, analyser, plan, name):
            pipe.send(_Message("batch", result))
            if pipe.poll():  # the parent never speaks: its end of the pipe is closed
                break
        engine.dispose()
        pipe.send(_Message("end"))
    except (BrokenPipeError, ConnectionResetError, EOFError):
        return  # the parent wants no more; the batch under way is done
    except (PipelineError, ConfigError, OSError) as err:
        pipe.send(_Message("error", text=one_line(err)))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os._exit(1)  # at once, as if killed: everything that a worker does can be killed

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
