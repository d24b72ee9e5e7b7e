"""Organisations suggested while somebody types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.session import read_session
from search.suggest import Named, Names, Suggestions, read_names
from tests.search.factories import World


def named(number: int, *names: str, documents: int = 0) -> Named:
    return Named(number, names, "organisation", "DE", documents, 0)


ALL = Names(
    [
        named(1, "EIT Health", "European Institute of Innovation and Technology Health", documents=50),
        named(2, "EIT Digital", documents=20),
        named(3, "Health Hub Vienna", documents=30),
        named(4, "École Polytechnique", "EP", documents=5),
        named(5, "BioMed Alliance", documents=9),
        named(6, "Zürich University Hospital"),
        named(7, "…"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("eit", [1, 2]),
        ("EIT H", [1]),
        ("health", [3, 1]),  # what begins a name stands before what begins a later word of one
        ("innov", [1]),
        ("ecole", [4]),
        ("ÉCOLE POLY", [4]),
        ("ep", [4]),
        ("alliance bio", [5]),
        ("zurich hosp", [6]),
        ("biomde all", [5]),
        ("biomed aliance", [5]),
        ("ealth", []),
        ("xyz", []),
        ("  ", [1, 3, 2, 5, 4, 6, 7]),
        ("…", [1, 3, 2, 5, 4, 6, 7]),
    ],
)
def test_names_are_found_by_the_beginning_of_any_word_or_nearly(typed: str, found: list[int]) -> None:
    assert [one.id for one in ALL.suggest(typed)] == found


def test_a_suggestion_says_by_which_other_name_it_was_found() -> None:
    (found,) = ALL.suggest("european")
    assert (found.name, found.documents) == ("EIT Health", 50)
    assert found.also == "European Institute of Innovation and Technology Health"
    assert [one.also for one in ALL.suggest("eit health")] == [None]
    assert len(ALL.suggest("", 2)) == len(ALL.suggest("e", 2)) == 2
    assert Names([]).suggest("x") == Names([]).suggest("") == []


def test_an_organisation_is_suggested_once_however_many_of_its_names_begin_so() -> None:
    many = Names([named(1, *(f"Health {number}" for number in range(500)), documents=2), named(2, "Health Hub")])
    assert [one.id for one in many.suggest("health")] == [1, 2]


def test_the_nearest_are_those_that_share_a_word_where_nothing_is_nearer() -> None:
    assert [one.name for one in ALL.nearest("Polytechnique de Rien")] == ["École Polytechnique"]
    assert [one.name for one in ALL.nearest("EIT Helth")] == ["EIT Health"]
    assert ALL.nearest("") != [] and ALL.nearest("qqqq") == []
    assert ALL.nearest("???") == ALL.nearest(" ") == [] and Names([]).nearest("") == []


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(text: str) -> None:
    assert len(ALL.suggest(text)) <= 10


def test_names_are_read_with_those_that_were_merged_and_with_counts(engine: Engine) -> None:
    world = World(engine)
    world.source()
    one, other = world.organisation("BioMed Alliance", "BMA"), world.organisation("Partner")
    old = world.organisation("BioMed Alliance in Europe", "BAE")
    both = world.document("Both", organisations=(one, old))
    world.document("Old", organisations=(old,))
    world.partnership(both, old, other)
    world.partnership(both, one, other, kind="funding")
    world.merge(old, one)
    with read_session(engine) as session:
        rows = {row.id: row for row in read_names(session)}
    assert set(rows) == {one, other}
    assert rows[one].names == ("BioMed Alliance", "BMA", "BAE", "BioMed Alliance in Europe")
    assert (rows[one].documents, rows[one].partnerships) == (2, 2)
    assert (rows[other].documents, rows[other].partnerships) == (0, 2)


def test_names_are_read_again_when_the_database_has_changed(engine: Engine) -> None:
    world = World(engine)
    world.source()
    suggestions = Suggestions(engine)
    assert suggestions.names().suggest("new") == [] and not suggestions.stale()
    before = suggestions.names()
    suggestions.renew()
    assert suggestions.names() is before  # nothing has changed
    world.document("New", organisations=(world.organisation("New Lab"),))
    suggestions.renew()
    assert [one.name for one in suggestions.names().suggest("new")] == ["New Lab"]
