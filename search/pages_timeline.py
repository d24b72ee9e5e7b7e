"""What a search finds by month of publication: the timeline beside the results."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from search.index import Index
from search.query import Query
from search.service import _compile

MOST_DAYS = 65_000
"""Different days of publication that are counted; more than 170 years of them."""


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Documents published in a month; those that give only a year count in its January."""

    month: str
    """``2021-04``."""
    documents: int


def timeline(session: Session, index: Index, query: Query, *, today: date | None = None) -> list[MonthCount]:
    """Months in which something that the query finds was published, rising; empty ones in between are left out.

    Raises what `search.service.search` raises.
    """
    reader = index.reader()
    part = _compile(session, index, reader, query, today).part
    counts: Counter[str] = Counter()
    for value, number in reader.facets(part, ["day"], MOST_DAYS)["day"]:
        day = int(float(value))
        if day > 0:  # undated documents have no day
            counts[date.fromordinal(day).isoformat()[:7]] += number
    return [MonthCount(month, counts[month]) for month in sorted(counts)]
