"""What a search finds by month of publication: the timeline beside the results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from search.index import Index
from search.query import Query
from search.service import found_part

MOST_MONTHS = 6_000
"""Different months of publication that are counted; 500 years of them."""


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
    part = found_part(session, index, reader, query, today=today)
    found = reader.facets(part, ["month"], MOST_MONTHS)["month"]
    counts = {int(float(value)): number for value, number in found}
    return [MonthCount(f"{month // 100:04}-{month % 100:02}", counts[month]) for month in sorted(counts)]
