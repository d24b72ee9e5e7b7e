"""What a search gives: frozen rows. Passages are segments of plain text; escaping is the business of who shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search.query import Query

Segments = tuple[tuple[str, bool], ...]
"""The passage cut into pieces: text, and whether it matched."""


@dataclass(frozen=True, slots=True)
class Match:
    """A document that a search found."""

    id: int
    story: int
    score: float
    """BM25; 0 where the order is by date."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something with an id and a name for people: an organisation, a theme, a source."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that can narrow the search, and the number of documents that then remain."""

    value: str
    """What the filter of the same name takes."""
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found, or several copies of one announcement folded to the best of them."""

    id: int
    title: str
    url: str
    source: Named
    published: str | None
    """Partial ISO date."""
    kind: str
    language: str | None
    themes: tuple[Named, ...]
    organisations: tuple[Named, ...]
    """Most mentioned first."""
    snippet: Segments
    score: float
    """BM25; 0 where the order is by date."""
    story: int
    copies: int
    """Other documents that tell the same story, found or not."""
    complete: bool
    """False where the language is only partly analysed."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results."""

    total: int
    """Documents found, copies included."""
    stories: int
    """Different stories found; an estimate (1 or 2 % off) beyond the first few hundred."""
    hits: tuple[Hit, ...]
    query: Query
    next_offset: int | None = None
    """Offset of the next page; none on the last."""
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    suggestion: str | None = None
    """The query with words that no document holds replaced by the nearest that documents do hold."""


def segments(fragment: str, spans: Sequence[tuple[int, int]]) -> Segments:
    """Cut a passage at the spans (offsets in bytes of UTF-8); a span within an earlier one is skipped."""
    content = fragment.encode()
    found: list[tuple[str, bool]] = []
    position = 0
    for start, end in sorted(spans):
        if start < position:
            continue
        found += [(content[position:start].decode(), False), (content[start:end].decode(), True)]
        position = end
    found.append((content[position:].decode(), False))
    return tuple(one for one in found if one[0])


def opening(text: str, length: int) -> Segments:
    """The beginning of a text, cut at a word: what is shown where no word of the text was searched."""
    if len(text) <= length:
        return ((text, False),) if text else ()
    cut = text.rfind(" ", length // 2, length)
    return ((text[: cut if cut > 0 else length] + "…", False),)
