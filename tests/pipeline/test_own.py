"""A command's own runs and those of others: whose documents are whose, and who ends what a dead command left."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from config.settings import Settings, load
from config.sources import Source
from models.crawl import Capture
from models.session import read_session
from pipeline.archive import Archive
from pipeline.claim import claim_batch, worker_name
from pipeline.intake import take_in
from pipeline.own import process_own
from pipeline.process import process_batch
from pipeline.run import RunReport
from pipeline.spool import hold, owner_lock
from tests.pipeline.crawled import Crawled, Fixed, page


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return load(data_dir=tmp_path, database_url=database_url, batch_size=2)


def brought(settings: Settings, engine: Engine, source: Source, run: str, number: int = 3) -> RunReport:
    """A run that is taken in: `number` pages and one broken PDF wait."""
    crawled = Crawled(settings.spool / run, source)
    for n in range(number):
        crawled.fetch(f"/{run}/{n}", page(f"Page {n} of {run}", f"Number {n} of {run}."))
    crawled.fetch(f"/{run}/broken.pdf", b"%PDF-1.7\nno more", "application/pdf")
    taken = take_in(engine, crawled.end(), Archive(settings.archive))
    return RunReport(taken.run_id, taken.source_id, taken.state, taken.message, taken.counts, taken.waiting)


def states(engine: Engine, run: str) -> set[str]:
    with read_session(engine) as session:
        return set(session.scalars(select(Capture.state).where(Capture.run_id == run)))


def test_what_another_living_command_began_is_left_to_it(settings: Settings, engine: Engine, source: Source) -> None:
    mine, theirs = (brought(settings, engine, source, run) for run in ("mine", "theirs"))
    with hold(owner_lock(settings.spool, theirs.run_id)):
        done = process_own(settings, engine, [mine], workers=1, analyser=Fixed())
    assert (done.documents, done.taken_over) == ({"new": 3, "failed": 1}, {})
    assert states(engine, "theirs") == {"fetched"}


def test_what_a_dead_command_left_is_processed_and_told_apart(
    settings: Settings, engine: Engine, source: Source
) -> None:
    brought(settings, engine, source, "dead", 2)
    mine = brought(settings, engine, source, "mine")
    done = process_own(settings, engine, [mine], workers=1, analyser=Fixed())
    assert done.documents == {"new": 3, "failed": 1}
    assert done.taken_over == {"new": 2, "failed": 1}
    assert [report.run_id for report in done.reports] == ["mine"]
    assert not list(settings.spool.iterdir())


def test_documents_that_another_process_has_claimed_are_waited_for_and_counted(
    settings: Settings, engine: Engine, source: Source
) -> None:
    mine = brought(settings, engine, source, "mine")
    ids = claim_batch(engine, worker_name(7), 2, settings.claim_seconds, 3)
    other = threading.Timer(
        1.0, process_batch, (engine, Archive(settings.archive), Fixed(), ids)
    )  # still at it when all the rest is done
    other.start()
    done = process_own(settings, engine, [mine], workers=1, analyser=Fixed())
    other.join()
    assert states(engine, "mine") == {"processed", "failed"}
    assert done.documents == {"new": 3, "failed": 1}


def test_claims_that_come_to_nothing_are_taken_over_when_they_end(
    settings: Settings, engine: Engine, source: Source
) -> None:
    mine = brought(settings, engine, source, "mine")
    soon = settings.model_copy(update={"claim_seconds": 6.0})
    claim_batch(engine, worker_name(7), 2, soon.claim_seconds, 3)
    done = process_own(soon, engine, [mine], workers=1, analyser=Fixed())
    assert states(engine, "mine") == {"processed", "failed"}
    assert done.documents == {"new": 3, "failed": 1}
