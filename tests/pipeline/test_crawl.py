"""The crawl's subprocess: it ends with its parent, at a signal, and after its time."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import load
from config.sources import Source
from crawlers.contract import DONE_FILE, Job, Limits
from pipeline import crawl
from pipeline.crawl import make_job, new_run_id, only_crawl, run_job
from pipeline.errors import PipelineError
from tests.kill.site import serving

ROOT = Path(__file__).parents[2]
PARENT = """
import sys, threading
from crawlers.contract import Job
from pathlib import Path
from pipeline.crawl import run_job
threading.Timer(0, lambda: print("begun", flush=True)).start()
run_job(Job.read(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def slow_site() -> Iterator[str]:
    with serving(seconds=600) as base:
        yield base


def _job(folder: Path, site: str) -> Job:
    source = Source(id="slow", name="Slow", kind="feed", start=(f"{site}/feed.xml",))
    job = make_job(load(allow_private=True), source, folder, limits=Limits(timeout=600, max_seconds=600, delay=0))
    job.write()
    return job


def test_run_ids_sort_by_time_and_fit_their_column() -> None:
    first = new_run_id("a" * 63, datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert first.startswith("20240102T030405-aaa")
    assert len(first) <= 80
    assert new_run_id("a", datetime(2024, 1, 2, tzinfo=UTC)) != new_run_id("a", datetime(2024, 1, 2, tzinfo=UTC))


def test_a_crawl_ends_when_it_is_told_to(tmp_path: Path, slow_site: str) -> None:
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    assert run_job(_job(tmp_path / "run", slow_site), stop=stop) == "the crawl was stopped"


def test_a_crawl_that_outlives_its_time_is_stopped(
    tmp_path: Path, slow_site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl, "GRACE_SECONDS", -598.0)
    assert "did not end within 2 seconds" in (run_job(_job(tmp_path / "run", slow_site)) or "")


def test_a_crawl_ends_with_its_killed_parent(tmp_path: Path, slow_site: str) -> None:
    _job(tmp_path / "run", slow_site)
    command = [sys.executable, "-c", PARENT, str(tmp_path / "run" / "job.json")]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    while not _crawling(tmp_path):
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    while _crawling(tmp_path):
        time.sleep(0.05)
    assert not (tmp_path / "run" / DONE_FILE).exists() or "shutdown" in (tmp_path / "run" / DONE_FILE).read_text()


def _crawling(folder: Path) -> bool:
    """Whether a process crawls the job of this folder; a zombie has no command line."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if (
            b"crawlers" in words
            and str(folder / "run" / "job.json").encode() in words
            and b"pipeline.tether" not in words
        ):
            return True
    return False


def test_a_source_is_crawled_by_one_process_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "BUSY_SECONDS", 0.0)
    with only_crawl(tmp_path, "news"):
        with pytest.raises(PipelineError, match="being crawled already"), only_crawl(tmp_path, "news"):
            pass
        with only_crawl(tmp_path, "other") as locks:
            assert len(locks) == 1
    with only_crawl(tmp_path, "adhoc"), only_crawl(tmp_path, "adhoc"):
        pass
