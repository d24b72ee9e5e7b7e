"""Organisations are found by any name, once, with what is known of them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.session import read_session
from search.organisations import OrganisationRow, find_organisations, get_organisation
from search.query import QueryError
from tests.search.factories import World


def names(engine: Engine, text: str = "", limit: int = 20) -> list[str]:
    with read_session(engine) as session:
        return [row.name for row in find_organisations(session, text, limit)]


def get(engine: Engine, number: int) -> OrganisationRow:
    with read_session(engine) as session:
        found = get_organisation(session, number)
    assert found is not None
    return found


@pytest.fixture
def filled(world: World) -> World:
    world.source()
    eit = world.organisation("EIT Health", "EIT Health e.V.", country="DE")
    world.organisation("EIT Health Germany")
    lund = world.organisation("Lund University", "LU", country="SE")
    double = world.organisation("Lunds universitet", "Universitas Lundensis")
    first = world.document("One", "x", organisations=(eit, lund))
    second = world.document("Two", "x", organisations=(double, lund))
    world.document("Three", "x", organisations=(lund,))
    world.partnership(first, eit, double, signed="2021-04")
    world.partnership(second, eit, lund, kind="consortium", signed="2022")
    world.merge(double, lund)
    return world


def test_names_and_aliases_find_an_organisation(engine: Engine, filled: World) -> None:
    assert names(engine, "eit health") == ["EIT Health", "EIT Health Germany"]
    assert names(engine, "LUNDENSIS") == ["Lund University"]
    assert names(engine, "lunds universitet") == ["Lund University"]
    assert names(engine, "100%") == []
    assert names(engine) == ["Lund University", "EIT Health", "EIT Health Germany"]
    assert names(engine, limit=1) == ["Lund University"]


def test_what_was_merged_counts_once_and_lends_its_names(engine: Engine, filled: World) -> None:
    lund = get(engine, 3)
    assert (lund.mentions, lund.documents, lund.partnerships) == (4, 3, 2)
    assert lund.aliases == ("LU", "Universitas Lundensis", "Lunds universitet")
    assert get(engine, 4) == lund
    with read_session(engine) as session:
        assert get_organisation(session, 99) is None


def test_partners_are_counted_over_all_partnerships(engine: Engine, filled: World) -> None:
    (partner,) = get(engine, 1).partners
    assert (partner.name, partner.country, partner.partnerships, partner.kinds, partner.latest) == (
        "Lund University",
        "SE",
        2,
        ("consortium", "mou"),
        "2022",
    )
    assert [one.name for one in get(engine, 3).partners] == ["EIT Health"]
    assert get(engine, 2).partners == ()


def test_a_limit_that_means_nothing_is_a_query_error(engine: Engine, filled: World) -> None:
    with pytest.raises(QueryError):
        names(engine, limit=0)
