"""Dates and terms against a publication date: the precision of the words is kept."""

from __future__ import annotations

import pytest

from pipeline.analyse.agreements.dates import find_dates, find_terms
from pipeline.analyse.agreements.money import find_sum
from tests.pipeline.analyse.agreements.conftest import Read

PUBLISHED = "2023-06-15"  # a Thursday

DATES = {
    "signed on 24 November": "2022-11-24",
    "signed on 3 May": "2023-05-03",
    "signed on May 3": "2023-05-03",
    "signed on 3 May 2019": "2019-05-03",
    "signed on May 3rd, 2019": "2019-05-03",
    "signed on 2019-05-03": "2019-05-03",
    "signed on 3.5.2019": "2019-05-03",
    "signed 06/2017": "2017-06",
    "signed in May 2019": "2019-05",
    "signed in August": "2022-08",
    "signed in 2019": "2019",
    "signed today": "2023-06-15",
    "signed yesterday": "2023-06-14",
    "signed last Tuesday": "2023-06-13",
    "signed on Thursday": "2023-06-15",
    "signed last week": "2023-06",
    "signed last month": "2023-05",
    "signed earlier this month": "2023-06",
    "signed last year": "2022",
    "signed last autumn": "2022",
    "signed two years ago": "2021",
    "signed three months ago": "2023-03",
    "signed two days ago": "2023-06-13",
    "signed in spring": "2023",
    "signed in autumn": "2022",
}
NO_DATES = ("valid until 2030", "Hackathon 2023 was fun", "you may sign", "the 2016-2019 phase", "in March 2031-2035")
TERMS = {
    "a two-year partnership": 24,
    "a 24-month project": 24,
    "for the next three years": 36,
    "runs for 18 months": 18,
    "over ten years": 120,
    "lasts a decade, for the next decade": 120,
    "until 2030": 90,
    "until the end of December 2024": 18,
}
NO_TERMS = ("a two-year-old company", "founded ten years ago", "twenty people", "in 2030")
SUMS = {
    "a grant of €2 million": (2e6, "EUR"),
    "EUR 1,250,000 in all": (1.25e6, "EUR"),
    "£5m from the fund": (5e6, "GBP"),
    "3.5 million euros": (3.5e6, "EUR"),
    "$4.9 billion": (4.9e9, "USD"),
    "₹65 crore": (6.5e8, "INR"),
}


def terms(sentence: str) -> list[int]:
    return [term.months for term in find_terms(sentence, PUBLISHED)]


@pytest.mark.parametrize(("words", "iso"), DATES.items())
def test_date_is_resolved_with_its_precision(words: str, iso: str) -> None:
    assert [date.iso for date in find_dates(f"They {words}.", PUBLISHED)] == [iso]


@pytest.mark.parametrize("words", NO_DATES)
def test_what_is_no_signing_date_gives_none(words: str) -> None:
    assert find_dates(words, PUBLISHED) == []


def test_relative_date_without_publication_is_not_invented() -> None:
    assert find_dates("They signed last Tuesday.", None) == []
    assert find_dates("They signed last Tuesday.", "2023") == []


@pytest.mark.parametrize(("words", "months"), TERMS.items())
def test_term_is_read_in_months(words: str, months: int) -> None:
    assert terms(words)[0] == months


@pytest.mark.parametrize("words", NO_TERMS)
def test_what_is_no_term_gives_none(words: str) -> None:
    assert terms(words) == []


@pytest.mark.parametrize(("words", "money"), SUMS.items())
def test_sum_is_read_with_its_currency(words: str, money: tuple[float, str]) -> None:
    assert find_sum(words) == money


def test_number_without_currency_is_no_sum() -> None:
    assert find_sum("2,500 members in 2023") is None


def test_term_given_by_its_two_ends_is_counted() -> None:
    assert terms("The project runs from 2023 to 2026.")[0] == 36
    assert terms("Starting in October 2020 until September 2025 it takes part.")[0] == 60
    assert terms("The two will spend three years on the search.")[0] == 36


@pytest.mark.parametrize(
    ("marked", "months"),
    [
        ("[Alder Bank] granted [Birch AB] a loan. The firm sells beds; the money is meant for tests until 2027.", None),
        ("[Alder Bank] granted [Birch AB] a loan. The loan runs until 2027.", 54),
        ("[Alder Pharma] and [Birch Agency] renewed their partnership for a further five years.", 60),
        ("[Alder Pharma] and [Birch University] signed an agreement. The agreement is for two years.", 24),
        ("[Alder Pharma] and [Birch University] signed an agreement. The agreement is valid for two years.", 24),
        ("[Alder Pharma] signed an agreement with [Birch University]; both hope for a drug within six months.", None),
    ],
)  # fmt: skip
def test_only_the_term_of_the_agreement_counts(read: Read, marked: str, months: int | None) -> None:
    reports = read(marked, "2023-06-15")[0]
    assert [report.duration_months for report in reports] == [months]


def test_money_lent_is_funding_with_its_sum(read: Read) -> None:
    [report] = read("The [Alder Bank] (AB) is lending [Birch SE] 100 million euros.")[0]
    assert (report.kind, report.amount, report.currency) == ("funding", 100_000_000.0, "EUR")


def test_date_after_a_bullet_is_no_end_of_a_range() -> None:
    assert [date.iso for date in find_dates("- 07/2021 top-up of the grant", PUBLISHED)] == ["2021-07"]


@pytest.mark.parametrize(
    "marked",
    [
        "[Alder Institute] and [Birch Agency] will work together from 1 September 2023.",
        "[Alder Pharma] and [Birch Imaging] had a joint venture that was closed in 2019.",
    ],
)
def test_date_that_lies_ahead_or_is_that_of_the_ending_is_no_signing_date(read: Read, marked: str) -> None:
    assert [report.signed for report in read(marked, PUBLISHED)[0]] == [None]


def test_years_are_not_counted_over_ages() -> None:
    assert [date.iso for date in find_dates("It signed in 2021, and 999 years later it was over.", None)] == ["2021"]
