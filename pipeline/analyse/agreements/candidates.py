"""Places where two bodies might be stated as partners: the same unit, neighbouring units, the same list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from config.agreements import KINDS
from pipeline.analyse.agreements.layout import Layout, Span, Unit
from pipeline.analyse.agreements.lists import Listing, listings

MOST_ENTITIES = 25
"""Of a unit or list only so many bodies are paired, which keeps the work linear on lists of thousands of names."""
CROWD = 10
"""In a unit or list of more bodies each is paired with those `NEXT` to it and the ends only; grouping joins them."""
NEXT = 4
ENDS = 2
MOST_MEANT = 12
"""Of a unit only so many pairs are looked at in which one body is meant and not named: the nearest."""
REACH = 2
"""A body may be meant by "the company" up to so many units later."""
MOST_MAIN = 2
"""So many leading bodies of the document may be meant anywhere."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Bodies `first` and `second`, the units in which they are looked at, and how they came together."""

    mode: str
    """``in``: one unit; ``ctx``: `second` in `unit`, `first` meant from before; ``block``: one list."""
    unit: int
    first: Span
    second: Span
    other: int
    """The unit of `first`: equal to `unit` in mode ``in``."""
    head: int = -1
    """The unit that introduces the list, in mode ``block``."""
    anchor: Span | None = None
    """The word that may stand for `first` in `unit` ("the company", "it"), in mode ``ctx``."""
    listing: Listing | None = None
    """The list, in mode ``block``."""

    @property
    def pair(self) -> tuple[int, int]:
        """Entity numbers, the smaller first."""
        a, b = self.first.entity, self.second.entity
        return (a, b) if a < b else (b, a)


def candidates(layout: Layout) -> list[Candidate]:
    """All candidates of a document, unit by unit."""
    inside = list(_inside(layout))
    together = {candidate.pair for candidate in inside}
    blocks = [c for c in _listed(layout) if c.pair not in together]
    return [*inside, *blocks, *(c for c in _context(layout) if c.pair not in together)]


def leading(layout: Layout) -> list[int]:
    """The bodies that the document is about: most often named, the earlier first among equals."""
    numbers = [n for n, count in enumerate(layout.counts) if count]
    return sorted(numbers, key=lambda n: (-layout.counts[n], layout.first[n]))[:MOST_MAIN]


def _neighbours(count: int) -> Iterator[tuple[int, int]]:
    """Places of bodies to pair among `count` in text order: all of a few, linear in the number of many."""
    for one, other in combinations(range(count), 2):
        if count <= CROWD or other - one <= NEXT or one < ENDS or other >= count - ENDS:
            yield one, other


def _closest(unit: Unit) -> dict[tuple[int, int], tuple[Span, Span]]:
    """For each pair of bodies of a unit its two nearest mentions, in text order."""
    best: dict[tuple[int, int], tuple[Span, Span]] = {}
    spans = unit.spans[: 2 * MOST_ENTITIES]
    bodies = list(dict.fromkeys(span.entity for span in spans))[:MOST_ENTITIES]
    wanted = {frozenset((bodies[one], bodies[other])) for one, other in _neighbours(len(bodies))}
    for left, right in combinations(spans, 2):
        if left.entity == right.entity or frozenset((left.entity, right.entity)) not in wanted:
            continue
        pair = (min(left.entity, right.entity), max(left.entity, right.entity))
        old = best.get(pair)
        if old is None or right.start - left.end < old[1].start - old[0].end:
            best[pair] = (left, right)
    return best


def _inside(layout: Layout) -> Iterator[Candidate]:
    for number, unit in enumerate(layout.units):
        if len(unit.spans) > 1:
            for left, right in _closest(unit).values():
                yield Candidate("in", number, left, right, number)


def _first_spans(unit: Unit) -> dict[int, Span]:
    spans: dict[int, Span] = {}
    for span in unit.spans:
        spans.setdefault(span.entity, span)
    return dict(list(spans.items())[:MOST_ENTITIES])


def _context(layout: Layout) -> Iterator[Candidate]:
    """Pairs of a body named in a unit that holds a word for another one ("the company", "both") with bodies before."""
    mains = leading(layout)
    main_spans = {n: next(s for s in layout.units[layout.first[n]].spans if s.entity == n) for n in mains}
    for number, unit in enumerate(layout.units):
        groups = {hit.group for hit in unit.hits}
        if not unit.spans or groups.isdisjoint(KINDS) or groups.isdisjoint(("singular", "plural")):
            continue
        before: dict[int, tuple[Span, int]] = {n: (main_spans[n], layout.first[n]) for n in mains}
        for other in range(max(0, number - REACH), number):
            before.update({n: (span, other) for n, span in _first_spans(layout.units[other]).items()})
        yield from _meant(layout, number, before)


def _meant(layout: Layout, number: int, before: dict[int, tuple[Span, int]]) -> Iterator[Candidate]:
    unit = layout.units[number]
    standing, here = anaphors(layout, unit), _first_spans(unit)
    found = []
    for entity, (span, other) in before.items():
        if entity not in here:
            anchor = _anchor(layout, standing, span)
            place = anchor.start if anchor else unit.start
            found += [(number - other, abs(mine.start - place), span, mine, other, anchor) for mine in here.values()]
    for _, _, span, mine, other, anchor in sorted(found, key=lambda row: row[:2])[:MOST_MEANT]:
        yield Candidate("ctx", number, span, mine, other, anchor=anchor)


def anaphors(layout: Layout, unit: Unit) -> list[Span]:
    """Words of a unit that stand for a body named before, with body number -1."""
    found = [Span(-1, hit.start, hit.end) for hit in unit.hits if hit.group == "singular"]
    return found[:8]


def _anchor(layout: Layout, standing: list[Span], named: Span) -> Span | None:
    """The word most likely to stand for the body `named`: one whose noun is in its name, else the first."""
    name = set(layout.lows[named.start : named.end])
    matching = [span for span in standing if layout.lows[span.end - 1] in name]
    return matching[0] if matching else standing[0] if standing else None


def _listed(layout: Layout) -> Iterator[Candidate]:
    """Pairs of bodies on different lines of one list, and of those with the body whose list it is."""
    mains = [layout.spans_of(n)[0] for n in leading(layout)[:1]]
    for listing in listings(layout):
        kept = listing.bodies[:MOST_ENTITIES]
        for (one, left), (two, right) in ((kept[a], kept[b]) for a, b in _neighbours(len(kept))):
            if one != two:
                yield Candidate("block", two, left, right, one, listing.head, listing=listing)
        if not listing.announced:
            continue
        inside = {span.entity for _, span in kept}
        owners = layout.units[listing.head].spans[:2] if listing.head >= 0 else []
        for owner in {span.entity: span for span in (*owners, *mains)}.values():
            if owner.entity not in inside:
                for number, span in kept:
                    yield Candidate("block", number, owner, span, listing.head, listing.head, listing=listing)
