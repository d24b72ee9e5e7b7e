"""Fixtures: a site on loopback, and a crawl of it in a process of its own, as in earnest."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawlers.contract import DONE_FILE, OUTCOMES_FILE, Job, Known, Limits, Outcome, read_outcomes
from tests.crawlers.child import run_job
from tests.crawlers.site import Site, serving

ROOT = Path(__file__).parents[2]
PROCESSES = multiprocessing.get_context("forkserver")
"""Each crawl is a process of its own, forked from one that has imported Scrapy once."""
PROCESSES.set_forkserver_preload(["crawlers.run", "tests.crawlers.child"])
FAST = {"delay": 0.0, "timeout": 5.0, "retries": 0, "per_host": 8}


@dataclass
class Crawled:
    folder: Path
    status: int
    stderr: str
    outcomes: list[Outcome]
    done: dict[str, Any] | None

    def __getitem__(self, url: str) -> Outcome:
        found = [outcome for outcome in self.outcomes if outcome.url == url]
        assert len(found) == 1, f"{url} has {len(found)} outcomes"
        return found[0]

    def verdicts(self) -> dict[str, str]:
        """Outcome and reason by path, as one word: ``failed status-404``."""
        return {
            outcome.url.partition("://")[2].partition("/")[2]: " ".join(filter(None, (outcome.outcome, outcome.reason)))
            for outcome in self.outcomes
        }


def job_of(folder: Path, kind: str, start: str | list[str], known: Iterable[Known] = (), **given: Any) -> Path:
    """Write a job; `given` are limits, ``allow_private``, ``since``, ``chromium``, and fields of the source."""
    limits = {name: given.pop(name) for name in list(given) if name in Limits.__dataclass_fields__}
    private, since = given.pop("allow_private", True), given.pop("since", None)
    chromium = given.pop("chromium", None)
    source = {"id": "site", "name": "Site", "kind": kind, "start": start, **given}
    job = Job(
        "run-1",
        str(folder),
        source,
        "Pactwatch-test/0 (+http://127.0.0.1/)",
        Limits(**{**FAST, **limits}),
        private,
        since=since,
        chromium=chromium,
    )
    return job.write(known)


def read(folder: Path, status: int, stderr: str) -> Crawled:
    import json

    lines = folder / OUTCOMES_FILE
    done = folder / DONE_FILE
    outcomes = list(read_outcomes(lines)) if lines.exists() else []
    return Crawled(folder, status, stderr, outcomes, json.loads(done.read_text()) if done.exists() else None)


@pytest.fixture(scope="session", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the many crawls share their compiled modules, even where the environment forbids to write them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        environment.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


@pytest.fixture
def crawl(tmp_path: Path) -> Callable[..., Crawled]:
    """Crawl a source; every crawl's accounts are checked: one outcome a URL, and a summary that adds up."""
    number = 0

    def crawl(kind: str, start: str | list[str], known: Iterable[Known] = (), **given: Any) -> Crawled:
        nonlocal number
        number += 1
        folder = tmp_path / f"crawl-{number}"
        path, errors = job_of(folder, kind, start, known, **given), folder / "errors.txt"
        process = PROCESSES.Process(target=run_job, args=(str(path), str(errors)))
        process.start()
        process.join(300)
        process.kill()
        process.join()
        crawled = read(folder, process.exitcode or 0, errors.read_text(encoding="utf8"))
        assert (crawled.status, crawled.stderr) == (0, "")
        assert crawled.done is not None
        assert Counter(outcome.url for outcome in crawled.outcomes).most_common(1)[0][1] == 1
        assert crawled.done["counts"] == Counter(str(outcome.outcome) for outcome in crawled.outcomes)
        return crawled

    return crawl
