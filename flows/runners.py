"""Where the batches of a flow run: Prefect's process pool, or a Dask cluster."""

from __future__ import annotations

from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner
from prefect_dask.task_runners import DaskTaskRunner

from config.settings import Settings


def task_runner(settings: Settings) -> TaskRunner[Any]:
    """The task runner that `Settings.runner` asks for, with `Settings.workers` processes."""
    if settings.runner == "process":
        return ProcessPoolTaskRunner(max_workers=settings.workers)
    if settings.dask_address:
        return DaskTaskRunner(address=settings.dask_address)
    return DaskTaskRunner(
        cluster_kwargs={
            "n_workers": settings.workers,
            "threads_per_worker": 1,  # an analyser is not shared between threads
            "dashboard_address": None,
            "host": "127.0.0.1",
        }
    )
