"""Lists in a document: lines of which most begin with a body, and the line that announces them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.agreements import KINDS
from pipeline.analyse.agreements.layout import Layout, Span, Unit

_LIST_LINE = 14
"""A unit of fewer tokens can be a line of a list without having a bullet."""
_SPEAKING = frozenset((*KINDS, "list"))


@dataclass(frozen=True, slots=True)
class Listing:
    """The bodies of one list with the units that name them, in order."""

    head: int
    """The unit that announces the list, or -1."""
    bodies: tuple[tuple[int, Span], ...]
    lines: int
    """Units from the first to the last that names a body."""
    begins: int
    """How many of them begin with a body."""
    announced: bool
    """Whether the head holds an agreement word or a word for a list of partners."""


def listings(layout: Layout) -> Iterator[Listing]:
    """The lists of a document with two lines or more that name a body, in order."""
    run: list[int] = []
    for number, unit in enumerate([*layout.units, None]):
        if unit is not None and (unit.bullet or (unit.end - unit.start < _LIST_LINE and _own_line(layout, unit))):
            run.append(number)
            continue
        yield from _lists_of(layout, run)
        run = []


def _own_line(layout: Layout, unit: Unit) -> bool:
    """Whether nothing else stands on the line of `unit`, as beside a short sentence of running text."""
    start, end = layout.char_span(unit)
    before, after = layout.text[max(0, start - 3) : start].rstrip(" \t"), layout.text[end : end + 3].lstrip(" \t")
    return before[-1:] in ("", "\n") and after[:1] in ("", "\n")


def _lists_of(layout: Layout, run: list[int]) -> Iterator[Listing]:
    """One run of short lines; a line that announces a list, or a blank line, starts a new list."""
    items: list[int] = []
    head = run[0] - 1 if run and run[0] > 0 else -1
    for number in run:
        unit = layout.units[number]
        heading = not begins_with_body(layout, unit) and _announces(layout, unit)
        apart = items and not unit.spans and unit.paragraph != layout.units[items[-1]].paragraph
        if heading or apart or not (items or unit.spans):
            yield from _listing(layout, items, head)
            items, head = [], number
        if unit.spans and number != head:
            items.append(number)
    yield from _listing(layout, items, head)


def begins_with_body(layout: Layout, unit: Unit) -> bool:
    """Whether a line begins with a body, perhaps after a bullet or a label ("Lead: Alder Institute")."""
    if not unit.spans:
        return False
    start = unit.spans[0].start
    return start - unit.start < 2 or layout.words[start - 1] == ":"


def _announces(layout: Layout, unit: Unit) -> bool:
    return layout.words[unit.end - 1] == ":" or any(hit.group == "list" for hit in unit.hits)


def _listing(layout: Layout, items: list[int], head: int) -> Iterator[Listing]:
    seen: set[int] = set()
    bodies: list[tuple[int, Span]] = []
    for number in items:
        for span in layout.units[number].spans:
            if span.entity not in seen:
                seen.add(span.entity)
                bodies.append((number, span))
    if len({number for number, _ in bodies}) < 2:
        return
    begins = sum(begins_with_body(layout, layout.units[number]) for number in items)
    told = head >= 0 and any(hit.group in _SPEAKING for hit in layout.units[head].hits)
    yield Listing(head, tuple(bodies), items[-1] - items[0] + 1, begins, told)
