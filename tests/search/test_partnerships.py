"""Partnerships: filters, order, pages, parties and evidence."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from models.session import read_session
from search.partnerships import SORTS, PartnershipFilter, PartnershipRow, get_partnership, list_partnerships
from search.query import QueryError
from tests.search.factories import World


def ask(engine: Engine, **wanted: object) -> list[PartnershipRow]:
    with read_session(engine) as session:
        return list_partnerships(session, PartnershipFilter(**wanted))  # type: ignore[arg-type]


@pytest.fixture
def filled(world: World) -> World:
    """Three organisations, four partnerships; number 4 is the merged double of organisation 3."""
    world.source()
    world.theme("skills", "Skills")
    eit = world.organisation("EIT Health", "EIT-H", country="DE")
    biomed = world.organisation("BioMed Alliance", country="BE")
    lund = world.organisation("Lund University", country="SE")
    double = world.organisation("Lund Univ.")
    first = world.document("MoU signed", "They signed.", published="2021-04-05", themes=("skills",))
    second = world.document("Consortium", "They joined.", published="2023-02-01")
    world.partnership(
        first, eit, biomed, evidence="They signed.", signed="2021-04", expires="2023-04", confidence=0.95,
        first_reported=date(2021, 4, 5), last_reported=date(2021, 4, 5),
    )  # fmt: skip
    world.partnership(
        second, eit, double, kind="consortium", status="planned", confidence=0.5,
        first_reported=date(2023, 2, 1), last_reported=date(2023, 2, 1),
    )  # fmt: skip
    world.partnership(second, biomed, lund, kind="funding", signed="2022", status="ended", expires="2023")
    world.partnership(second, lund, double, eit, signed="2020-06-30")
    world.merge(double, lund)
    return world


FILTERS: list[tuple[dict[str, object], set[int]]] = [
    ({}, {1, 2, 3, 4}),
    ({"organisation": "EIT Health"}, {1, 2, 4}),
    ({"organisation": "eit-h"}, {1, 2, 4}),
    ({"organisation": "2"}, {1, 3}),
    ({"organisation": "Lund University"}, {2, 3, 4}),
    ({"organisation": "4"}, {2, 3, 4}),
    ({"organisation": "EIT Health", "partner": "Lund Univ."}, {2, 4}),
    ({"organisation": "nobody"}, set()),
    ({"kind": "mou"}, {1, 4}),
    ({"status": "planned"}, {2}),
    ({"theme": "skills"}, {1}),
    ({"since": date(2021, 4, 20)}, {1, 2, 3}),
    ({"since": date(2021, 5, 1)}, {2, 3}),
    ({"until": date(2021, 4, 1)}, {1, 4}),
    ({"since": date(2022, 6, 1), "until": date(2022, 7, 1)}, {3}),
    ({"expiring_before": date(2023, 12, 31)}, {1}),
    ({"expiring_after": date(2023, 5, 1)}, {3}),
    ({"min_confidence": 0.92}, {1}),
]


def test_filters_find_these(engine: Engine, filled: World) -> None:
    for wanted, ids in FILTERS:
        assert {row.id for row in ask(engine, **wanted)} == ids, wanted


ORDERS = {
    "reported": [2, 1, 4, 3],
    "signed": [3, 1, 4, 2],
    "expires": [3, 1, 4, 2],
    "confidence": [1, 4, 3, 2],
    "sources": [4, 3, 2, 1],
    "added": [4, 3, 2, 1],
}


def test_pages_of_one_join_to_the_whole_list_in_every_order(engine: Engine, filled: World) -> None:
    assert set(ORDERS) == set(SORTS)
    for sort, ids in ORDERS.items():
        assert [row.id for row in ask(engine, sort=sort)] == ids, sort
        found: list[int] = []
        after: str | None = None
        while page := ask(engine, sort=sort, limit=1, after=after):
            found.append(page[0].id)
            after = page[0].cursor
        assert found == ids, sort


def test_parties_that_were_merged_are_one_party(engine: Engine, filled: World) -> None:
    with read_session(engine) as session:
        row = get_partnership(session, 4)
    assert row is not None
    assert [(party.id, party.name, party.country) for party in row.parties] == [
        (3, "Lund University", "SE"),
        (1, "EIT Health", "DE"),
    ]


def test_reports_bring_evidence_with_its_place(engine: Engine, filled: World) -> None:
    with read_session(engine) as session:
        row = get_partnership(session, 1)
        assert get_partnership(session, 99) is None
    assert row is not None
    (report,) = row.reports
    assert (report.evidence, report.page, report.title, report.source) == (
        "They signed.",
        1,
        "MoU signed",
        "EIT Health",
    )
    assert report.url.startswith("https://news.example/")
    assert (report.published, report.evidence_end) == ("2021-04-05", 12)


NONSENSE: list[dict[str, object]] = [
    {"sort": "name"},
    {"limit": 0},
    {"sort": "sources", "after": "x~1"},
    {"after": "x"},
    {"after": "x~y"},
    {"after": "\0~1"},
    {"after": f"2021~{1 << 70}"},
]


def test_a_filter_that_means_nothing_is_a_query_error(engine: Engine, filled: World) -> None:
    for wanted in NONSENSE:
        with pytest.raises(QueryError):
            ask(engine, **wanted)
