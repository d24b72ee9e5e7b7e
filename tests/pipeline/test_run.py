"""The stages together: real crawls over loopback, workers as processes, the database and the archive on disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from config.settings import Settings, load
from config.sources import Source
from crawlers.contract import Limits, OutcomeKind
from models.crawl import CrawlRun
from models.document import Document
from models.session import make_engine, read_session, write_session
from pipeline.archive import Archive
from pipeline.claim import claim_batch, worker_name
from pipeline.crawl import dry_run
from pipeline.errors import PipelineError
from pipeline.intake import start_run, take_in
from pipeline.run import adhoc_source, crawl_many, crawl_source, due_sources, process_pending, reprocess
from tests.kill.site import ARTICLES, serving
from tests.pipeline.crawled import Crawled, Fixed, page

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(seconds=0) as base:
        yield base


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return load(data_dir=tmp_path, database_url=database_url, delay=0.0, allow_private=True, batch_size=4)


def feed(site: str, **more: object) -> Source:
    return Source(id="site", name="Site", kind="feed", start=(f"{site}/feed.xml",), **more)


def _documents(engine: Engine) -> int:
    with read_session(engine) as session:
        return session.scalar(select(func.count()).select_from(Document)) or 0


def test_a_source_is_crawled_and_processed(settings: Settings, engine: Engine, site: str) -> None:
    report = crawl_source(settings, engine, feed(site), "ad-hoc")
    assert report.green
    assert report.counts == {"failed": 2, "fetched": ARTICLES + 2}
    results: list[int] = []
    counts = process_pending(
        settings, engine, workers=1, analyser=Fixed(), progress=lambda r: results.append(sum(r.counts.values()))
    )
    assert counts == {"new": ARTICLES, "failed": 1}
    assert results == [4, 4, 4, 3]
    assert _documents(engine) == ARTICLES
    again = crawl_source(settings, engine, feed(site), "ad-hoc")
    assert (again.state, again.counts) == ("completed", {"unchanged": ARTICLES + 1})
    assert process_pending(settings, engine) == {}
    assert list(settings.spool.iterdir()) == []


def test_several_sources_are_crawled_and_a_broken_one_is_reported(
    settings: Settings, engine: Engine, site: str
) -> None:
    broken = Source(id="gone", name="Gone", kind="feed", start=(f"{site}/no-feed.xml",))
    few = feed(site, max_documents=2)
    reports = crawl_many(settings, engine, [broken, few], "nightly")
    assert [(r.source_id, r.state) for r in reports] == [("gone", "empty"), ("site", "completed")]
    assert "status-404" in (reports[0].message or "")


def test_a_crawl_that_cannot_begin_fails_with_its_own_words(settings: Settings, engine: Engine, site: str) -> None:
    wrong = Source(id="wrong", name="W", kind="listing", start=(site,), listing={"items": "a[["})
    report = crawl_source(settings, engine, wrong, "ad-hoc")
    assert report.state == "failed"
    assert "listing.items" in (report.message or "")


def test_private_addresses_are_not_crawled_unless_allowed(settings: Settings, engine: Engine, site: str) -> None:
    report = crawl_source(settings, engine, adhoc_source(f"{site}/news/1.html"), "ad-hoc", allow_private=False)
    assert (report.state, report.counts) == ("empty", {"filtered": 1})


def test_one_page_is_crawled_without_a_declaration(settings: Settings, engine: Engine, site: str) -> None:
    limits = Limits(delay=0, max_pages=1)
    report = crawl_source(settings, engine, adhoc_source(f"{site}/news/1.html"), "ad-hoc", limits=limits)
    assert (report.state, report.counts, report.waiting) == ("completed", {"fetched": 1}, 1)


@pytest.mark.parametrize("url", ["no url", "ftp://host/x", "http://"])
def test_what_is_no_url_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(PipelineError, match="http://"):
        adhoc_source(url)


def test_a_dry_run_gives_outcomes_and_touches_nothing_else(tmp_path: Path, site: str) -> None:
    made = load(data_dir=tmp_path, delay=0.0, allow_private=True)
    outcomes = dry_run(made, feed(site, max_documents=3), tmp_path / "try")
    assert sum(o.outcome is OutcomeKind.FETCHED for o in outcomes) >= 3
    assert [path.name for path in tmp_path.iterdir()] == ["try"]


def test_a_read_only_disk_is_one_line_and_loses_nothing(settings: Settings, engine: Engine, site: str) -> None:
    settings.spool.parent.mkdir(exist_ok=True)
    settings.spool.write_text("a file where the folder should be")
    with pytest.raises(PipelineError, match="crawl of site"):
        crawl_source(settings, engine, feed(site), "ad-hoc")


def _waiting(engine: Engine, settings: Settings, number: int) -> None:
    source = Source(id="news", name="News", kind="feed", start=("https://news.example/feed",))
    crawled = Crawled(settings.spool / "run", source)
    for n in range(number):
        crawled.fetch(f"/{n}", page(f"Page {n}", f"Number {n}."))
    take_in(engine, crawled.end(), Archive(settings.archive))


def test_two_worker_processes_share_the_work(settings: Settings, engine: Engine) -> None:
    _waiting(engine, settings, 12)
    results: list[object] = []
    assert process_pending(settings, engine, workers=2, progress=results.append) == {"new": 12}
    assert len(results) >= 3
    assert _documents(engine) == 12


def test_a_worker_that_cannot_start_is_one_line(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    _waiting(engine, settings, 12)
    wrong = settings.model_copy(update={"kinds_file": tmp_path / "none.yaml"})
    with pytest.raises(PipelineError, match=r"none\.yaml: no such file"):
        process_pending(wrong, engine, workers=2)
    assert process_pending(settings, engine, workers=1, analyser=Fixed()) == {"new": 12}


def test_claims_of_a_dead_worker_do_not_hold_the_work_up(settings: Settings, engine: Engine) -> None:
    _waiting(engine, settings, 3)
    host, _, started, _ = worker_name().split(":")
    claim_batch(engine, f"{host}:4194303:{started}:0", 9, 900, 3)
    assert process_pending(settings, engine, workers=1, analyser=Fixed()) == {"new": 3}


def test_an_analysis_that_fails_on_everything_costs_no_attempt(settings: Settings, engine: Engine) -> None:
    _waiting(engine, settings, 3)
    for _ in range(4):
        with pytest.raises(PipelineError, match="every document"):
            process_pending(settings, engine, workers=1, analyser=Fixed(poison="e"))
    assert process_pending(settings, engine, workers=1, analyser=Fixed()) == {"new": 3}


def test_reprocessing_reads_from_the_archive_what_is_asked_for(settings: Settings, engine: Engine) -> None:
    _waiting(engine, settings, 3)
    old, new = Fixed(), Fixed()
    new.version = "fixed-2"
    process_pending(settings, engine, workers=1, analyser=old)
    assert reprocess(settings, engine, source_id="other", workers=1, analyser=new) == {}
    assert reprocess(settings, engine, analyser_version="fixed-0", workers=1, analyser=new) == {}
    assert reprocess(settings, engine, outdated=True, workers=1, analyser=old) == {}
    assert reprocess(settings, engine, outdated=True, workers=1, analyser=new) == {"changed": 3}
    assert reprocess(settings, engine, workers=1, analyser=new) == {"unchanged": 3}
    assert _documents(engine) == 3


def test_what_failed_is_tried_again_when_asked_for(settings: Settings, engine: Engine) -> None:
    _waiting(engine, settings, 3)
    process_pending(settings, engine, workers=1, analyser=Fixed(poison="Number 1"))
    assert reprocess(settings, engine, workers=1, analyser=Fixed()) == {"unchanged": 2}
    assert reprocess(settings, engine, failed=True, workers=1, analyser=Fixed()) == {"unchanged": 2, "new": 1}


def test_sources_are_due_after_their_interval_or_when_cut_off(engine: Engine, site: str) -> None:
    never, late, fresh, cut, off = (
        Source(id=name, name=name, kind="feed", start=(site,), every_hours=24, enabled=name != "off")
        for name in ("never", "late", "fresh", "cut", "off")
    )
    with write_session(engine) as session:
        for source, hours in ((late, 23), (fresh, 22), (cut, 1)):
            start_run(session, source, "nightly", f"run-{source.id}", NOW - timedelta(hours=hours))
        session.execute(update(CrawlRun).values(state="completed"))
        session.execute(update(CrawlRun).where(CrawlRun.id == "run-cut").values(state="interrupted"))
    with read_session(engine) as session:
        due = due_sources(session, [never, late, fresh, cut, off], NOW)
    assert [source.id for source in due] == ["never", "late", "cut"]


def test_a_database_that_is_away_is_one_line(settings: Settings, tmp_path: Path, site: str) -> None:
    away = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(PipelineError, match="database"):
        crawl_source(settings, away, feed(site), "ad-hoc")
    away.dispose()
