"""Many crawls in one process: each with its own accounts, ended alone or together, and nothing lost when it dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.settings import load
from config.sources import Source
from crawlers.contract import Done, Job, Limits, read_outcomes
from pipeline.crawl import environment
from pipeline.host import DIED, CrawlHost, hosting
from pipeline.run import crawl_many
from tests.crawlers.site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


@pytest.fixture
def host() -> Iterator[CrawlHost]:
    with hosting(True, allow_private=True) as made:
        assert made is not None
        yield made


def job(folder: Path, start: str, **limits: float) -> Job:
    source = {"id": folder.name, "name": "Site", "kind": "feed", "start": [start]}
    made = Job(folder.name, str(folder), source, "Test/0", Limits(**{"delay": 0.0, **limits}), True)  # type: ignore[arg-type]
    made.write()
    return made


def done(made: Job) -> Done:
    return Done(**json.loads((Path(made.folder) / "done.json").read_text()))


def test_crawls_side_by_side_have_their_own_accounts_and_one_that_fails_costs_no_other(
    site: Site, host: CrawlHost, tmp_path: Path
) -> None:
    jobs = [job(tmp_path / f"s{n}", site.feed(f"/feed{n}", site.page(f"/{n}/a"), site.url("/gone"))) for n in range(6)]
    wrong = Job("wrong", str(tmp_path / "wrong"), {"id": "wrong"}, "Test/0")
    wrong.write()
    told: dict[str, str | None] = {}
    threads = [
        threading.Thread(target=lambda one=one: told.update({one.run_id: host.run(one)})) for one in [*jobs, wrong]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "source of run wrong" in (told.pop("wrong") or "")
    assert told == {one.run_id: None for one in jobs}
    for number, one in enumerate(jobs):
        outcomes = {out.url: str(out.outcome) for out in read_outcomes(Path(one.folder) / "outcomes.jsonl")}
        wanted = {f"/feed{number}": "fetched", f"/{number}/a": "fetched", "/gone": "failed"}
        assert outcomes == {site.url(path): outcome for path, outcome in wanted.items()}
        assert done(one).counts == {"fetched": 2, "failed": 1}


def test_one_crawl_is_stopped_and_the_others_go_on(site: Site, host: CrawlHost, tmp_path: Path) -> None:
    pages = [site.page(f"/{n}") for n in range(9)]
    slow, quick = (
        job(tmp_path / "slow", site.feed("/slow", *pages), delay=5.0),
        job(tmp_path / "quick", site.feed("/q")),
    )
    stop = threading.Event()
    told: list[str | None] = []
    thread = threading.Thread(target=lambda: told.append(host.run(slow, stop=stop)))
    thread.start()
    while not site.asked("/slow"):
        time.sleep(0.02)
    stop.set()
    thread.join()
    assert told == ["the crawl was stopped"]
    assert (done(slow).reason, sum(done(slow).counts.values())) == ("stopped", 10)
    assert host.run(quick) is None


def test_when_the_process_dies_all_its_crawls_end_and_the_next_are_refused(
    site: Site, host: CrawlHost, tmp_path: Path
) -> None:
    slow = job(tmp_path / "slow", site.feed("/slow", *(site.page(f"/{n}") for n in range(9))), delay=5.0)
    told: list[str | None] = []
    thread = threading.Thread(target=lambda: told.append(host.run(slow)))
    thread.start()
    while not site.asked("/slow"):
        time.sleep(0.02)
    os.kill(host._process.pid, signal.SIGKILL)
    thread.join()
    assert (told, host.alive) == ([DIED], False)
    assert host.run(slow) == DIED


def test_when_the_command_is_killed_every_crawl_ends_in_order_and_says_so(site: Site, tmp_path: Path) -> None:
    jobs = [
        job(tmp_path / f"s{n}", site.feed(f"/feed{n}", *(site.page(f"/{n}/{i}") for i in range(9))), delay=5.0)
        for n in range(4)
    ]
    code = (
        "import sys, threading; from pathlib import Path; from crawlers.contract import Job\n"
        "from pipeline.host import CrawlHost\n"
        "host = CrawlHost(True); print(host._process.pid, flush=True)\n"
        "for path in sys.argv[1:]: threading.Thread(target=host.run, args=(Job.read(Path(path)),)).start()\n"
    )
    paths = [str(Path(one.folder) / "job.json") for one in jobs]
    command = subprocess.Popen([sys.executable, "-c", code, *paths], stdout=subprocess.PIPE, env=environment())
    assert command.stdout is not None
    with command.stdout:
        process = int(command.stdout.readline())
    while not all(site.asked(f"/feed{n}") for n in range(4)):
        time.sleep(0.02)
    command.kill()
    command.wait()
    while goes_on(process):
        time.sleep(0.02)
    assert [(done(one).reason, sum(done(one).counts.values())) for one in jobs] == [("shutdown", 10)] * 4


def goes_on(process: int) -> bool:
    """Whether it is there and no zombie that nobody has buried yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_process_that_cannot_begin_says_why(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scrapy.py").write_text("raise ImportError('a broken installation')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with hosting(True, allow_private=True) as host:
        assert host is not None
        assert host.run(job(tmp_path / "one", site.feed("/feed"))) == f"{DIED}: ImportError: a broken installation"


def test_a_run_of_several_sources_in_one_process_is_as_one_of_processes(
    site: Site, tmp_path: Path, database_url: str, engine: Engine
) -> None:
    settings = load(
        data_dir=tmp_path, database_url=database_url, allow_private=True, crawl_together=True, max_crawls=30
    )
    sources = [
        Source(id=f"s{n}", name="S", kind="feed", start=(site.feed(f"/f{n}", site.page(f"/{n}/a")),), delay=0.0)
        for n in range(12)
    ]
    reports = crawl_many(settings, engine, sources, "nightly")
    assert [(one.source_id, one.state, one.counts) for one in reports] == [
        (source.id, "completed", {"fetched": 2}) for source in sources
    ]
    assert list(settings.spool.iterdir()) == []
