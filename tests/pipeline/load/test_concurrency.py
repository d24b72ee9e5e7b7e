"""Two workers load at once: they take turns, and the outcome is that of one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from models.session import read_session, write_session
from models.tables import Document
from pipeline.load import LoadItem, load_batch, next_revision
from tests.pipeline.load.world import World, pact

NAMES = ("Alpha Centre", "Beta Institute")


def _items(world: World, letter: str) -> list[LoadItem]:
    bodies = [f"{letter}{n}: Alpha Centre signed with Beta Institute." for n in range(6)]
    return [world.item(f"{letter}{n}", *pact(body, *NAMES)) for n, body in enumerate(bodies)]


def test_two_workers_make_one_organisation_and_one_partnership(world: World) -> None:
    work = {letter: _items(world, letter) for letter in "ab"}
    together = Barrier(2)

    def load(letter: str) -> None:
        together.wait()
        for item in work[letter]:
            with write_session(world.engine) as session:
                load_batch(session, [item])

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(load, letter) for letter in "ab"]:
            future.result()
    assert sorted(row[1] for row in world.rows("organisation", "id, name")) == list(NAMES)
    assert world.rows("partnership", "reports_count, sources_count") == [(12, 12)]
    assert world.revision() == 12


def test_a_revision_becomes_visible_only_after_every_smaller_one(world: World) -> None:
    first, second = _items(world, "c")[:2]
    holds, may_end = Event(), Event()

    def slow() -> None:
        with write_session(world.engine) as session:
            load_batch(session, [first])
            holds.set()
            may_end.wait(30)

    def quick() -> int:
        with write_session(world.engine) as session:
            load_batch(session, [second])
            return next_revision(session)

    with ThreadPoolExecutor(2) as pool:
        slow_one = pool.submit(slow)
        assert holds.wait(30)
        quick_one = pool.submit(quick)
        with read_session(world.engine) as session:
            assert session.query(Document).count() == 0
        assert not quick_one.done()
        may_end.set()
        slow_one.result()
        assert quick_one.result() == 3
