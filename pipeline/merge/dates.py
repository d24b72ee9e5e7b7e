"""Arithmetic on partial ISO dates (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``). Pure functions; nothing is invented."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def first_day(partial: str | None) -> date | None:
    """The first day that a partial date may mean; None for none, and for what is not a date."""
    if not partial:
        return None
    try:
        year, month, day = [*map(int, partial.split("-")), 1, 1][:3]
        return date(year, month, day)
    except ValueError:
        return None


def add_months(partial: str | None, months: int | None) -> str | None:
    """A partial date plus months, to the same precision: 2021-04 + 24 = 2023-04; None where either is missing.

    A year keeps its precision only with whole years: 2021 + 18 months is not known, hence None. The 31st becomes the
    month's last day. Ends beyond the year 9999 are None.
    """
    start = first_day(partial)
    if partial is None or start is None or months is None:
        return None
    if len(partial) == 4 and months % 12:
        return None
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    if not 1 <= year <= 9999:
        return None
    day = min(start.day, monthrange(year, month)[1])
    return f"{year:04d}-{month:02d}-{day:02d}"[: len(partial)]
