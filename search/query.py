"""What is asked: the frozen `Query`, its limits and fields, and the error that marks a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

MAX_LENGTH = 2000
"""Characters of a query; longer ones are refused."""
MAX_TERMS = 200
MAX_DEPTH = 40
MAX_OFFSET = 10_000
"""Hits that paging can skip; whoever wants more exports."""
MAX_LIMIT = 1000

TEXT_FIELDS = {"title": "title", "org": "names", "with": "partners"}
"""Fields that are searched by words: the user's name to the index's name."""
EXACT_FIELDS = {
    "theme": "theme",
    "kind": "kind",
    "agreement": "agreement",
    "source": "source",
    "country": "country",
    "lang": "language",
}
"""Fields whose value is one identifier."""
DATE_FIELDS = ("date", "since", "until")
FIELDS = (*TEXT_FIELDS, *EXACT_FIELDS, *DATE_FIELDS)


class QueryError(ValueError):
    """A mistake in a query: one line that says what is wrong and marks the place with ``>>``."""

    def __init__(self, problem: str, text: str = "", position: int | None = None) -> None:
        self.problem = problem
        self.position = position
        """Characters before the mistake; none where the whole query is meant."""
        super().__init__(
            problem if position is None else f"{problem}, at character {position + 1}: {mark(text, position)}"
        )


def mark(text: str, position: int, around: int = 30) -> str:
    """The part of the query around the mistake, on one line, with ``>>`` in front of it."""
    before, after = text[max(0, position - around) : position], text[position : position + around]
    cut_left, cut_right = "…" if position > around else "", "…" if len(text) > position + around else ""
    return " ".join(f"{cut_left}{before}>>{after}{cut_right}".split())


@dataclass(frozen=True, slots=True)
class Query:
    """A search: the text in the query language, filters from facets, order and place in the results.

    Values of one filter are alternatives; different filters must all hold. `organisations` and `with_` hold ids
    (digits) or names; `with_` means a party of an agreement that the document reports.
    """

    text: str = ""
    organisations: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    """Last day, included."""
    sort: Literal["relevance", "date"] = "relevance"
    limit: int = 20
    offset: int = 0
    facets: bool = True
    fold: bool = True
    """Show copies of one announcement as one hit."""
    recency: bool = True
    """Of two documents that match equally well, show the newer one first."""

    def __post_init__(self) -> None:
        """Refuse what no search can answer."""
        if self.sort not in ("relevance", "date"):
            raise QueryError(f"cannot sort by {self.sort!r}: use relevance or date")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise QueryError(f"limit {self.limit} is not between 1 and {MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise QueryError(f"offset {self.offset} is not between 0 and {MAX_OFFSET}: narrow the search, or export it")
        if self.since and self.until and self.since > self.until:
            raise QueryError(f"since {self.since} is later than until {self.until}")
