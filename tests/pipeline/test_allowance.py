"""The bounds of a run: what all its crawls use up together, and what is left out begins the next run."""

from __future__ import annotations

import json
import multiprocessing
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from config.settings import load
from config.sources import Source
from crawlers.contract import Allowance, Job, Limits, read_outcomes
from models.base import now
from models.session import read_session
from models.tables import Capture
from pipeline.crawl import allowance_of, run_job
from pipeline.errors import PipelineError
from pipeline.run import crawl_many, crawl_source, due_sources
from tests.crawlers.site import Site, serving


def spend_often(allowance: Allowance) -> None:
    for _ in range(200):
        allowance.spend(1, 10)


def test_crawls_that_are_processes_of_their_own_keep_one_count(tmp_path: Path) -> None:
    allowance = Allowance(str(tmp_path / "count"), pages=601, bytes=6100)
    at_once = multiprocessing.get_context("fork")
    processes = [at_once.Process(target=spend_often, args=(allowance,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert allowance.spend() is None
    assert allowance.spend(1) == allowance.spend() == "run-pages"


@pytest.mark.parametrize(
    ("bounds", "spent", "reached"),
    [
        ({"pages": 2}, (1, 99), None),
        ({"pages": 2}, (2, 0), "run-pages"),
        ({"bytes": 100}, (9, 99), None),
        ({"bytes": 100}, (1, 100), "run-bytes"),
        ({"until": time.time() - 1}, (0, 0), "run-minutes"),
        ({"until": time.time() + 1e6}, (10**6, 10**12), None),
    ],
)
def test_the_bound_that_is_reached_is_named(
    tmp_path: Path, bounds: dict[str, float], spent: tuple[int, int], reached: str | None
) -> None:
    assert Allowance(str(tmp_path / "count"), **bounds).spend(*spent) == reached  # type: ignore[arg-type]


def test_a_run_without_bounds_counts_nothing_and_one_with_them_leaves_nothing_behind() -> None:
    with allowance_of(load()) as none:
        assert none is None
    with allowance_of(load(run_pages=3, run_minutes=1.0)) as allowance:
        assert allowance is not None
        assert (allowance.pages, allowance.bytes, allowance.spend(2, 7)) == (3, 0, None)
        assert 50 < allowance.until - time.time() <= 60
    assert not Path(allowance.file).parent.exists()


def test_a_job_brings_its_allowance_to_the_crawl(tmp_path: Path) -> None:
    job = Job("run", str(tmp_path), {}, "Test", allowance=Allowance("count", 1, 2, 3.0))
    assert Job.read(job.write()) == job


def test_a_count_that_cannot_be_kept_ends_the_crawl_and_keeps_what_came(tmp_path: Path) -> None:
    with serving() as site:
        source = sources(site)[0].model_dump(mode="json", exclude_unset=True)
        allowance = Allowance(str(tmp_path / "gone" / "count"), pages=100)
        job = Job("run", str(tmp_path / "run"), source, "Test", Limits(delay=0.0), True, allowance=allowance)
        job.write()
        assert run_job(job) is None
    outcomes = {out.url: (str(out.outcome), out.reason) for out in read_outcomes(tmp_path / "run" / "outcomes.jsonl")}
    assert outcomes.pop(site.url("/0/feed")) == ("fetched", None)
    assert (len(outcomes), set(outcomes.values())) == (9, {("filtered", "interrupted")})
    assert json.loads((tmp_path / "run" / "done.json").read_text())["reason"] == "disk"


def test_a_run_that_cannot_count_begins_no_crawl_and_says_why(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    settings = load(data_dir=tmp_path, database_url=database_url, allow_private=True)
    source = Source(id="one", name="One", kind="page", start=("http://127.0.0.1:9/",))
    with pytest.raises(PipelineError, match=r"crawl of one: the count of the run .*gone/count"):
        crawl_source(settings, engine, source, "nightly", allowance=Allowance(str(tmp_path / "gone" / "count"), 1))


def sources(site: Site) -> list[Source]:
    for number in range(4):
        pages = [site.page(f"/{number}/{n}", "text " * 100) for n in range(9)]
        site.feed(f"/{number}/feed", *pages)
    return [
        Source(id=f"site-{n}", name="Site", kind="feed", start=(site.url(f"/{n}/feed"),), delay=0.0) for n in range(4)
    ]


def test_a_run_ends_with_its_pages_and_the_next_one_begins_with_what_was_left_out(
    tmp_path: Path, database_url: str, engine: Engine
) -> None:
    settings = load(data_dir=tmp_path, database_url=database_url, allow_private=True, max_crawls=1, run_pages=15)
    with serving() as site:
        declared = sources(site)
        reports = crawl_many(settings, engine, declared, "nightly")
    states = [(report.source_id, report.state) for report in reports]
    assert states == [
        ("site-0", "completed"), ("site-1", "interrupted"), ("site-2", "interrupted"), ("site-3", "interrupted"),
    ]  # fmt: skip
    assert "run-pages" in (reports[1].message or "")
    assert (reports[2].run_id, reports[2].counts) == ("", {})
    assert "not begun" in (reports[2].message or "")
    assert 15 <= sum(report.counts.get("fetched", 0) for report in reports) <= 15 + 4, "and what was under way"
    assert sum(reports[1].counts.values()) == 10, "what was not asked for has its outcome, too"
    with read_session(engine) as session:
        assert set(session.scalars(select(Capture.reason).where(Capture.outcome == "filtered"))) == {"limit"}
        due = due_sources(session, declared, now())
    assert [source.id for source in due] == ["site-2", "site-3", "site-1"]
