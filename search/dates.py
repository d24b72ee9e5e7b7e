"""Dates of the query language: partial ISO dates, ranges, and days that lie so far back. Pure functions."""

from __future__ import annotations

import calendar
import re
from datetime import MINYEAR, date, timedelta

from search.nodes import Between

_AGO = re.compile(r"(\d{1,4})([dwmy])")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DATE_HELP = "is no date: write 2021, 2021-04, 2021-04-05, 30d, 6m or 2y"


def between(field: str | None, text: str, today: date) -> Between:
    """Read the value of ``date:``, ``since:`` or ``until:``; raises ValueError with a message for people."""
    text = text.strip()
    if field == "since":
        return Between(day(text, today, last=False), None)
    if field == "until":
        return Between(None, day(text, today, last=True))
    first, dots, second = text.partition("..")
    if not dots:
        if _AGO.fullmatch(text):
            return Between(day(text, today, last=False), today)
        return Between(day(first, today, last=False), day(first, today, last=True))
    if not first and not second:
        raise ValueError("a range needs at least one date: 2021..2023, 2021.. or ..2023")
    since = day(first, today, last=False) if first else None
    until = day(second, today, last=True) if second else None
    if since and until and since > until:
        raise ValueError(f"the range ends before it begins: {text}")
    return Between(since, until)


def day(text: str, today: date, *, last: bool) -> date:
    """First or last day of a partial ISO date, or the day that lies ``30d``, ``2w``, ``6m``, ``2y`` back."""
    if match := _AGO.fullmatch(text):
        days = int(match[1]) * _DAYS[match[2]]
        return today - timedelta(days=min(days, (today - date(MINYEAR, 1, 1)).days))
    match = _PARTIAL.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} {_DATE_HELP}")
    year, month, number = int(match[1]), match[2] and int(match[2]), match[3] and int(match[3])
    try:
        if number:
            return date(year, int(month or 1), number)
        if not last:
            return date(year, int(month or 1), 1)
        ending = int(month or 12)
        return date(year, ending, calendar.monthrange(year, ending)[1])
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError(f"{text!r} {_DATE_HELP}") from None
