from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from config.sources import Source
from models.base import now
from models.crawl import Capture
from models.session import read_session, write_session
from pipeline.archive import Archive
from pipeline.claim import claim_batch, count_waiting, release, release_dead, worker_name
from pipeline.intake import take_in
from tests.pipeline.crawled import Crawled, page


@pytest.fixture
def waiting(engine: Engine, spool: Path, source: Source, archive: Archive) -> list[int]:
    """Six captures that wait, of two runs."""
    for run in ("run-1", "run-2"):
        crawled = Crawled(spool / run, source)
        for name in "abc":
            crawled.fetch(f"/{run}/{name}", page(name))
        take_in(engine, crawled.end(), archive)
    with read_session(engine) as session:
        return list(session.scalars(select(Capture.id).order_by(Capture.id)))


def _claim(engine: Engine, size: int = 4, worker: str = "w") -> list[int]:
    return claim_batch(engine, worker, size, 60, 3)


def _age(engine: Engine, seconds: int) -> None:
    with write_session(engine) as session:
        session.execute(update(Capture).values(claimed_at=now() - timedelta(seconds=seconds)))


def test_batches_are_oldest_first_and_disjoint(engine: Engine, waiting: list[int]) -> None:
    assert [_claim(engine), _claim(engine), _claim(engine)] == [waiting[:4], waiting[4:], []]


def test_only_captures_of_the_given_runs_are_claimed(engine: Engine, waiting: list[int]) -> None:
    assert claim_batch(engine, "w", 9, 60, 3, run_ids=["run-2"]) == waiting[3:]
    assert claim_batch(engine, "w", 9, 60, 3, run_ids=[]) == []


def test_no_capture_is_claimed_twice_by_workers_at_once(engine: Engine, waiting: list[int]) -> None:
    claimed: list[int] = []
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait()
        while ids := claim_batch(engine, name, 1, 60, 3):
            claimed.extend(ids)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == waiting


def test_a_claim_ends_after_its_time_and_not_before(engine: Engine, waiting: list[int]) -> None:
    _claim(engine, 6)
    _age(engine, 50)
    assert _claim(engine) == []
    _age(engine, 70)
    assert _claim(engine) == waiting[:1]


def test_what_was_tried_before_is_claimed_alone_after_what_was_not(engine: Engine, waiting: list[int]) -> None:
    claim_batch(engine, "dead", 3, 60, 3)
    release(engine, "dead")
    assert [_claim(engine, 6) for _ in range(5)] == [waiting[3:], *([one] for one in waiting[:3]), []]


def test_a_capture_is_given_up_after_its_attempts(engine: Engine, waiting: list[int]) -> None:
    for _ in range(3):
        claim_batch(engine, "w", 6, 60, 3)
        _age(engine, 70)
    with write_session(engine) as session:
        session.execute(update(Capture).values(attempts=3))
    assert _claim(engine, 2) == []
    with read_session(engine) as session:
        rows = session.execute(select(Capture.state, Capture.state_reason).distinct()).all()
        assert count_waiting(session) == 0
    assert [tuple(row) for row in rows] == [("failed", "gave up after 3 attempts")]


def test_a_release_may_take_the_attempt_back(engine: Engine, waiting: list[int]) -> None:
    assert _claim(engine, 6, "w") == waiting
    assert release(engine, "w", waiting[:2]) == 2
    assert release(engine, "w", counts=False) == 4
    with read_session(engine) as session:
        assert list(session.scalars(select(Capture.attempts).order_by(Capture.id))) == [1, 1, 0, 0, 0, 0]


def test_claims_of_dead_processes_of_this_host_end_at_once(engine: Engine, waiting: list[int]) -> None:
    code = "from pipeline.claim import worker_name; print(worker_name(), end='')"
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    host, pid, started, number = worker_name().split(":")
    assert int(pid) == os.getpid()
    alive, reused, other = worker_name(), f"{host}:{pid}:{int(started) + 1}:{number}", "elsewhere:1:1:0"
    for worker in (dead, alive, reused, other):
        claim_batch(engine, worker, 1, 60, 3)
    assert release_dead(engine) == 2
    with read_session(engine) as session:
        assert set(session.scalars(select(Capture.claimed_by))) == {alive, other, None}


def test_the_claim_of_a_zombie_ends(engine: Engine, waiting: list[int]) -> None:
    code = "import sys; from pipeline.claim import worker_name; print(worker_name(), flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    claim_batch(engine, process.stdout.readline().strip(), 1, 60, 3)
    assert release_dead(engine) == 0
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, but not asked for its exit status
    assert release_dead(engine) == 1
    process.communicate()
