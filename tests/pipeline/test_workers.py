"""Worker processes that die, and whose parent dies or is interrupted."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from config.settings import Settings, load
from config.sources import Source
from models.crawl import Capture
from models.document import Document
from models.session import read_session
from pipeline.archive import Archive
from pipeline.intake import take_in
from pipeline.process import BatchResult
from pipeline.run import process_pending
from tests.pipeline.crawled import Crawled, page

ROOT = Path(__file__).parents[2]
PAGES = 24
PARENT = """
import multiprocessing, sys
from config.settings import load
from models.session import make_engine
from pipeline.run import process_pending
settings = load(data_dir=sys.argv[1], database_url=sys.argv[2], batch_size=2)
def progress(result):
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
process_pending(settings, make_engine(settings.database), workers=2, progress=progress)
"""


@pytest.fixture
def settings(tmp_path: Path, database_url: str, engine: Engine) -> Settings:
    """Settings of a database in which pages wait to be processed."""
    made = load(data_dir=tmp_path, database_url=database_url, batch_size=2)
    source = Source(id="news", name="News", kind="feed", start=("https://news.example/feed",))
    crawled = Crawled(made.spool / "run", source)
    for n in range(PAGES):
        crawled.fetch(f"/{n}", page(f"Page {n}", f"Number {n}."))
    take_in(engine, crawled.end(), Archive(made.archive))
    return made


def _states(engine: Engine) -> dict[str, int]:
    with read_session(engine) as session:
        rows = session.execute(select(Capture.state, func.count()).group_by(Capture.state)).all()
        return {state: number for state, number in rows}  # noqa: C416  # rows are no pairs for mypy


def test_a_killed_worker_is_replaced_and_its_documents_are_not_lost(settings: Settings, engine: Engine) -> None:
    killed: list[int] = []

    def kill_one(_: BatchResult) -> None:
        if not killed:
            child = multiprocessing.active_children()[0]
            assert child.pid is not None
            killed.append(child.pid)
            os.kill(child.pid, signal.SIGKILL)

    process_pending(settings, engine, workers=2, progress=kill_one)
    assert killed
    assert _states(engine) == {"processed": PAGES}
    with read_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Document)) == PAGES


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_parent(
    settings: Settings, engine: Engine, tmp_path: Path, database_url: str, how: signal.Signals
) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path), database_url]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    assert workers
    parent.send_signal(how)
    parent.communicate()
    while any(_alive(pid) for pid in workers):
        time.sleep(0.05)
    with read_session(engine) as session:
        claimed = session.scalar(
            select(func.count()).where(Capture.state == "fetched", Capture.claimed_by.is_not(None))
        )
    if how is signal.SIGINT:
        assert claimed == 0
    process_pending(settings, engine, workers=1)
    assert _states(engine) == {"processed": PAGES}


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
