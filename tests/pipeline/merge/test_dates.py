"""Partial dates: what is added keeps its precision, and nothing is invented."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.merge.dates import add_months, first_day


@pytest.mark.parametrize(
    ("signed", "months", "end"),
    [
        ("2021-04", 24, "2023-04"),
        ("2021", 36, "2024"),
        ("2021", 18, None),
        ("2021-01-31", 1, "2021-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2021-11-05", 2, "2022-01-05"),
        ("9999-01", 12, None),
        (None, 12, None),
        ("2021-04", None, None),
        ("soon", 12, None),
    ],
)
def test_the_end_of_a_term_has_the_precision_of_its_beginning(signed: str | None, months: int | None, end: str) -> None:
    assert add_months(signed, months) == end


def test_the_first_day_is_the_earliest_that_a_date_may_mean() -> None:
    assert first_day("2021") == date(2021, 1, 1)
    assert first_day("2021-04") == date(2021, 4, 1)
    assert first_day("2021-04-05") == date(2021, 4, 5)
    assert first_day("2021-13") is first_day("") is first_day(None) is None


@given(st.dates(date(1900, 1, 1), date(2100, 12, 28)), st.integers(0, 600), st.integers(0, 600))
def test_months_add_up(day: date, one: int, other: int) -> None:
    month = day.isoformat()[:7]
    assert add_months(add_months(month, one), other) == add_months(month, one + other)
