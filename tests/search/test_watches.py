"""Watches of organisations, partnerships and themes are saved searches that find what they say."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from models.session import read_session, write_session
from search.index import open_index, refresh
from search.saved import listed, news
from search.watches import begin, of_subject, watched
from tests.search.factories import World


def test_each_watch_finds_what_comes_later_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    world = World(engine)
    world.source()
    world.theme("data", "Data")
    one, other, third = (world.organisation(name) for name in ('The "New" Lab', "Other Hospital", "Third"))
    pact = world.partnership(world.document("Old", organisations=(one,)), one, other)
    with write_session(engine) as session:
        for subject, number in (("organisation", str(one)), ("partnership", str(pact)), ("theme", "data")):
            for watch in of_subject(session, subject, number):  # type: ignore[arg-type]
                assert begin(session, "anna", watch).id == begin(session, "anna", watch).id
        names = {row.name: row for row in listed(session, "anna")}
    assert set(names) == {
        'The "New" Lab: partnerships', 'The "New" Lab: documents', 'The "New" Lab and Other Hospital',
        "Data: partnerships", "Data: documents",
    }  # fmt: skip
    named = world.document("New", organisations=(one,), themes=("data",))
    world.partnership(named, one, third)
    world.partnership(world.document("Not ours", organisations=(other,)), other, third)
    world.partnership(world.document("Again", organisations=(third,)), other, one)
    refresh(engine, tmp_path)
    index = open_index(engine, tmp_path)
    with read_session(engine) as session:
        found = {name: news(session, index, row).total for name, row in names.items()}
    assert found == {
        'The "New" Lab: partnerships': 2, 'The "New" Lab: documents': 1, 'The "New" Lab and Other Hospital': 1,
        "Data: partnerships": 1, "Data: documents": 1,
    }  # fmt: skip


def test_a_watch_is_told_from_other_searches_and_from_those_of_others(engine: Engine) -> None:
    world = World(engine)
    one = world.organisation("Lab")
    with write_session(engine) as session:
        watches = of_subject(session, "organisation", str(one))
        begin(session, "anna", watches[0])
        assert [saved is not None for _, saved in watched(session, "anna", watches)] == [True, False]
        assert [saved is not None for _, saved in watched(session, "bert", watches)] == [False, False]
        for number in ("0", "999999", "x", "9" * 40, "", "-1"):
            assert of_subject(session, "organisation", number) == of_subject(session, "partnership", number) == []
        assert of_subject(session, "theme", "nothing") == []


def test_of_two_watches_of_one_name_the_second_gets_a_number(engine: Engine) -> None:
    world = World(engine)
    with write_session(engine) as session:
        for number in (world.organisation("Lab"), world.organisation("Lab", key="lab 2")):
            begin(session, "anna", of_subject(session, "organisation", str(number))[0])
        assert [row.name for row in listed(session)] == ["Lab: partnerships", "Lab: partnerships (2)"]
