"""The processing flow: claims batches, hands their ids to worker processes, refreshes the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count

from prefect import flow
from prefect.futures import PrefectFuture, wait
from sqlalchemy import Engine

from config.settings import Settings
from flows.context import opened
from flows.runners import task_runner
from flows.tasks import process_task, refresh_task
from pipeline.claim import claim_batch, release, worker_name
from pipeline.run import judge, prepare

Claimed = tuple[str, list[int]]
"""Name under which a batch is claimed, and the ids of its captures."""


def process_all(settings: Settings) -> tuple[dict[str, int], int]:
    """Process whatever waits, where the settings say; documents by what became of them, and the number indexed."""
    result: tuple[dict[str, int], int] = process.with_options(task_runner=task_runner(settings))(settings)
    return result


@flow(name="process", validate_parameters=False)
def process(settings: Settings) -> tuple[dict[str, int], int]:
    """Batches of ids, a few ahead of the workers; a batch whose task fails for good is released and ends the flow."""
    counts: Counter[str] = Counter()
    with opened(settings) as (_, engine):
        _, runs = prepare(settings, engine)
        under_way: dict[PrefectFuture[dict[str, int]], Claimed] = {}
        try:
            for claimed in _batches(engine, settings):
                under_way[process_task.submit(settings, *claimed)] = claimed
                if len(under_way) >= 2 * settings.workers:
                    _collect(under_way, counts, wait(list(under_way), timeout=None).done)
            _collect(under_way, counts, set(under_way))
            judge(engine, runs)
        finally:
            for worker, ids in under_way.values():
                release(engine, worker, ids)
    return dict(counts), refresh_task(settings)


def _batches(engine: Engine, settings: Settings) -> Iterator[Claimed]:
    for number in count():
        worker = worker_name(number)
        ids = claim_batch(engine, worker, settings.batch_size, settings.claim_seconds, settings.max_attempts)
        if not ids:
            return
        yield worker, ids


def _collect(
    under_way: dict[PrefectFuture[dict[str, int]], Claimed],
    counts: Counter[str],
    done: set[PrefectFuture[dict[str, int]]],
) -> None:
    for future in done:
        counts.update(future.result())
        del under_way[future]
