"""Endless calendars and faceted navigation: a crawl asks for so many URLs that differ in numbers and values alone."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

MOST = 200
"""URLs of one pattern that the links of pages may lead to; feeds, sitemaps and listings are not bounded so."""
_NUMBERS = re.compile(r"\d+")
_NAVIGATION = re.compile(
    r"calend|kalend|agenda|/events?/|/tags?/|/filter|/sort|\b(?:date|month|year|day|week|page|sort|order|filter|facet)s?\b",
    re.IGNORECASE,
)


class PatternBudget:
    """Counts the URLs of each pattern: path with its numbers left out, and names of the parameters.

    Only patterns of navigation count (a query, or a path that speaks of calendars, tags, filters, pages): articles by
    number are no trap.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def spend(self, url: str) -> bool:
        """Whether the URL may still be asked for; from then on it has been."""
        parts = urlsplit(url)
        if not parts.query and not _NAVIGATION.search(parts.path):
            return True
        names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
        pattern = f"{parts.netloc}{_NUMBERS.sub('0', parts.path)}?{'&'.join(names)}"
        self._seen[pattern] += 1
        return self._seen[pattern] <= MOST
