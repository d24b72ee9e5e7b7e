"""SIGKILL at random moments of crawl, intake, processing and indexing changes nothing of what is found in the end."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from models.migrate import upgrade
from models.session import make_engine
from search.index import check
from tests.kill.content import Content, content_of
from tests.kill.driver import MOMENTS_FILE, STAGES, Task
from tests.kill.seed import SEED
from tests.kill.site import serving

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody killed: what it found, and how many moments each stage had."""

    site: str
    content: Content
    moments: dict[str, int]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving() as base:
        yield base


@pytest.fixture(scope="module")
def undisturbed(site: str, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    task = Task(str(folder), f"sqlite:///{folder / 'pactwatch.db'}", site)
    engine = make_engine(task.database)
    upgrade(engine)
    assert _run(task) == 0, _log(task)
    content = content_of(engine)
    engine.dispose()
    return Undisturbed(site, content, json.loads((folder / MOMENTS_FILE).read_text(encoding="utf8")))


def test_the_site_gives_something_of_everything(undisturbed: Undisturbed) -> None:
    assert all(undisturbed.content.values())
    assert all(undisturbed.moments[stage] > 3 for stage in STAGES)
    assert len(undisturbed.content["documents"]) == 14
    assert any(len(urls) > 1 for urls in undisturbed.content["stories"])


def test_three_kills_change_nothing(database_url: str, tmp_path: Path, undisturbed: Undisturbed) -> None:
    rng = random.Random(f"{SEED} {database_url.partition(':')[0]}")
    stages = rng.sample(STAGES, 3)
    _kill_and_compare(database_url, tmp_path, undisturbed, sorted(stages, key=STAGES.index), rng)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scenario", range(5))
def test_twenty_kills_change_nothing(
    database_url: str, tmp_path: Path, undisturbed: Undisturbed, scenario: int
) -> None:
    rng = random.Random(f"{SEED} {database_url.partition(':')[0]} {scenario}")
    _kill_and_compare(database_url, tmp_path, undisturbed, STAGES, rng)


def _kill_and_compare(
    database: str, folder: Path, undisturbed: Undisturbed, stages: tuple[str, ...] | list[str], rng: random.Random
) -> None:
    task = Task(str(folder), database, undisturbed.site)
    killed = []
    for stage in stages:
        bomb = (stage, rng.randint(1, undisturbed.moments[stage]))
        status = _run(replace(task, bomb=bomb))
        assert status in {0, -signal.SIGKILL}, _log(task)
        killed.append((*bomb, status != 0))
    print(f"PACTWATCH_KILL_SEED={SEED}: (stage, moment, killed) {killed}")  # noqa: T201  # so that it can be repeated
    assert any(done for *_, done in killed)
    assert _run(task) == 0, _log(task)
    engine = make_engine(database)
    found = content_of(engine)
    for part, rows in undisturbed.content.items():
        assert found[part] == rows, f"{part} differ; repeat with PACTWATCH_KILL_SEED={SEED}"
    assert check(engine, folder / "index", thorough=True).state == "current"
    assert not [path for path in (folder / "spool").iterdir() if path.is_dir()]
    engine.dispose()


def _run(task: Task) -> int:
    path = task.write(Path(task.folder) / "task.json")
    with Path(task.folder, "driver.log").open("ab") as log:
        command = [sys.executable, "-m", "tests.kill.driver", str(path)]
        driver = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True, check=False)
    return driver.returncode


def _log(task: Task) -> str:
    return Path(task.folder, "driver.log").read_text(encoding="utf8", errors="replace")[-4000:]
