"""The processing flow: on a Dask cluster with PostgreSQL, and where the archive is away for a while."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from config.settings import Settings
from config.sources import load_sources
from models.session import make_engine, write_session
from models.tables import Capture
from pipeline.run import crawl_many
from tests.flows.conftest import Prepare
from tests.flows.seen import BATCH, captures, documents, task_runs

pytestmark = [pytest.mark.usefixtures("prefect_api"), pytest.mark.timeout(600)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_dask_workers_and_postgresql_process_every_document_exactly_once(
    prepare: Prepare, database_url: str, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.process import process_all

    monkeypatch.setenv("PACTWATCH_RUNNER", "dask")
    settings = prepare(database_url, ["sample-courier", "sample-clusters"])
    _crawl(settings)
    before = {run["id"] for run in task_runs(prefect_api, BATCH)}
    counts, indexed = process_all(settings)
    assert (counts, indexed) == ({"new": 18, "failed": 1}, 18)
    assert captures(settings) == {("processed", 1): 18, ("failed", 1): 1}
    assert {version for version, _, _ in documents(settings).values()} == {1}
    runs = task_runs(prefect_api, BATCH, before, 4)
    assert [run["state_name"] for run in runs] == ["Completed"] * 4  # 19 captures, 5 a batch
    assert process_all(settings) == ({}, 0)


def test_a_batch_is_tried_again_when_the_archive_is_back(
    prepare: Prepare, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = prepare(sqlite_url, ["sample-programme"])
    _crawl(settings)
    archive = Path(settings.archive)
    away = archive.rename(archive.with_name("away"))

    def mended(*_: Any) -> bool:
        away.rename(archive)
        return True

    counts, indexed = _process_here(settings, monkeypatch, retry_condition_fn=mended)
    assert (counts, indexed) == ({"new": 1}, 1)
    assert captures(settings) == {("processed", 1): 1}


def test_documents_still_wait_when_the_archive_stays_away(
    prepare: Prepare, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = prepare(sqlite_url, ["sample-programme"])
    _crawl(settings)
    archive = Path(settings.archive)
    away = archive.rename(archive.with_name("away"))
    with pytest.raises(Exception, match="archive"):
        _process_here(settings, monkeypatch)
    engine = make_engine(settings.database)
    with write_session(engine) as session:
        free = update(Capture).where(Capture.state == "fetched", Capture.claimed_by.is_(None)).values(attempts=0)
        assert len(session.execute(free.returning(Capture.id)).all()) == 1
    engine.dispose()
    away.rename(archive)
    assert _process_here(settings, monkeypatch) == ({"new": 1}, 1)


def _crawl(settings: Settings) -> None:
    engine = make_engine(settings.database)
    reports = crawl_many(settings, engine, load_sources(settings.sources_file), "nightly")
    engine.dispose()
    assert all(report.green for report in reports), reports


def _process_here(settings: Settings, monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[dict[str, int], int]:
    """Process in threads, where a test can put things right between two tries, and without the pause between them."""
    from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

    from flows import process as module
    from flows.tasks import process_task

    monkeypatch.setattr(module, "process_task", process_task.with_options(retry_delay_seconds=0, **options))
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=1)
    result: tuple[dict[str, int], int] = module.process.with_options(task_runner=runner)(settings)
    return result
