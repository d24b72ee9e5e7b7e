"""Which reports tell of one agreement, and what they say together; no database."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from pipeline.merge.cluster import Told, clusters, merged, roles
from pipeline.merge.dates import first_day


def told(number: int, published: str | None = None, **more: Any) -> Told:
    values: dict[str, Any] = {
        "report_id": number,
        "document_id": number,
        "story_id": number,
        "url": f"https://example.org/{number}",
        "parties": ((1, None), (2, None)),
        "kind": "collaboration",
        "status": "signed",
        "signed": None,
        "duration_months": None,
        "amount": None,
        "currency": None,
        "confidence": 0.8,
        "evidence_start": 0,
        "published": first_day(published),
    }
    return Told(**(values | more))


def numbers(reports: list[Told]) -> list[list[int]]:
    """The report numbers of each cluster; asserts that any order of the reports gives the same."""
    outcomes = {
        tuple(tuple(sorted(one.report_id for one in cluster)) for cluster in clusters(order))
        for order in itertools.permutations(reports)
    }
    assert len(outcomes) == 1
    return [list(cluster) for cluster in outcomes.pop()]


def test_near_reports_are_one_agreement_and_far_ones_are_not() -> None:
    reports = [told(1, "2019-01-01"), told(2, "2019-03-01"), told(3, "2021-06-01"), told(4, "2022-05-01")]
    assert numbers(reports) == [[1, 2], [3, 4]]


def test_a_later_article_that_names_the_day_of_signing_belongs_to_it() -> None:
    assert numbers([told(1, "2019-01-01"), told(2, "2023-01-01", signed="2019")]) == [[1, 2]]


def test_words_for_the_same_agreement_merge_and_others_do_not() -> None:
    kinds = ["mou", "collaboration", "funding", "licence"]
    assert numbers([told(n, "2020", kind=kind) for n, kind in enumerate(kinds)]) == [[0, 1], [2], [3]]


def test_an_extension_belongs_to_the_latest_earlier_agreement() -> None:
    reports = [
        told(1, "2015-01-01"),
        told(2, "2018-01-01"),
        told(3, "2021-01-01", status="extended"),
        told(4, "2016-12-01", status="ended"),
    ]
    assert numbers(reports) == [[1, 4], [2, 3]]


def test_an_extension_of_what_nobody_reported_is_an_agreement_of_its_own() -> None:
    assert numbers([told(1, "2015-01-01", status="extended"), told(2, "2018-01-01", status="ended")]) == [[1, 2]]
    assert numbers([told(1, "2015-01-01", status="extended"), told(2, "2018-01-01")]) == [[1], [2]]
    assert numbers([told(1, "2017-12-01", status="extended"), told(2, "2018-01-01")]) == [[1, 2]]


def test_a_report_without_any_date_belongs_to_the_latest() -> None:
    assert numbers([told(1, "2015-01-01"), told(2, "2018-01-01"), told(3)]) == [[1], [2, 3]]
    assert numbers([told(1), told(2)]) == [[1, 2]]


def test_the_best_report_gives_the_facts_and_others_fill_gaps() -> None:
    cluster = [
        told(1, "2021-04-05", confidence=0.9, signed="2021-04", story_id=7),
        told(2, "2021-04-06", confidence=0.6, signed="2021", duration_months=24, story_id=7),
        told(3, "2021-05-01", confidence=0.85, kind="mou", amount=5.0, currency="EUR"),
    ]
    for order in itertools.permutations(cluster):
        together = merged(order)
        assert (together.kind, together.signed, together.duration_months, together.expires) == (
            "mou", "2021-04", 24, "2023-04",
        )  # fmt: skip
        assert (together.amount, together.currency, together.confidence) == (5.0, "EUR", 0.9)
        assert (together.reports_count, together.sources_count) == (3, 2)
        assert (together.first_reported, together.last_reported) == (date(2021, 4, 5), date(2021, 5, 1))


def test_the_status_is_the_latest_in_the_life_cycle() -> None:
    signed, planned = told(1, "2020-01-01"), told(2, "2020-06-01", status="planned")
    extended, ended = told(3, "2021-01-01", status="extended"), told(4, "2022-01-01", status="ended")
    assert merged([planned]).status == "planned"
    assert merged([signed, planned]).status == "signed"
    assert merged([signed, extended, planned]).status == "extended"
    assert merged([ended, signed, extended]).status == "ended"
    again = told(5, "2023-01-01", status="extended")
    assert merged([ended, signed, again]).status == "extended"


def test_an_extension_with_its_own_term_moves_the_end() -> None:
    cluster = [
        told(1, "2019-01-01", signed="2019-01", duration_months=24),
        told(2, "2021-01-01", status="extended", signed="2021-01", duration_months=36, confidence=0.9),
    ]
    together = merged(cluster)
    assert (together.signed, together.duration_months, together.expires) == ("2019-01", 24, "2024-01")


def test_parties_stand_in_the_order_of_the_best_report_with_the_role_that_any_gives() -> None:
    weak = told(1, "2020", confidence=0.3, parties=((2, "funder"), (1, None)))
    best = told(2, "2020", confidence=0.9, parties=((1, None), (2, None)))
    assert roles([weak, best]) == [(1, None), (2, "funder")]
