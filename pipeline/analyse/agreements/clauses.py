"""Which clause of a sentence a date or a term belongs to, read from the parse."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from config.agreements import KINDS
from pipeline.analyse.agreements.layout import Layout, Unit

CLIMB = 12
"""Most steps up the parse."""
_BEFORE, _AFTER = 6, 4
"""Neighbours of a word that stand for those that govern it where a unit was not parsed."""
_SPOKEN = frozenset((*KINDS, "extended"))
_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
FUTURE = frozenset(("will", "'ll", "shall", "would", "could", "might"))
_WISHES = frozenset(
    ("intend", "intends", "intended", "plan", "plans", "planned", "hope", "hopes", "hoped", "want", "wants", "aim",
     "aims", "expect", "expects", "expected", "due", "scheduled", "wish", "wishes", "seeks")
)  # fmt: skip
_MEANT = frozenset(("it", "they", "this", "that", "which", "both", "we", "who", "all", "partners", "two", "parties"))
"""Subjects that stand for the agreement or its parties."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What is known of an agreement when its date and term are looked for."""

    bodies: frozenset[int]
    """Numbers of its parties."""
    kind: str
    status: str
    published: str | None
    """The document's publication date (partial ISO)."""


def word_before(layout: Layout, unit: Unit, end: int) -> int:
    """The last word of `unit` that begins before character `end`."""
    return max(unit.start, bisect_left(layout.offsets, end, unit.start, unit.end) - 1)


def is_parsed(layout: Layout, at: int) -> bool:
    """Whether the sentence of the word `at` was parsed; those without a name are not."""
    return bool(layout.tags[at])


def way_up(layout: Layout, unit: Unit, at: int) -> Iterator[int]:
    """The word itself and those of its unit that govern it, up to its verb; its neighbours where nothing was parsed."""
    if not is_parsed(layout, at):
        yield at
        yield from (n for n in range(max(unit.start, at - _BEFORE), min(at + _AFTER, unit.end)) if n != at)
        return
    for _ in range(CLIMB):
        yield at
        if is_verb(layout, at) or layout.heads[at] == at or not unit.start <= layout.heads[at] < unit.end:
            return
        at = layout.heads[at]


def clause_of(layout: Layout, unit: Unit, at: int) -> set[int]:
    """The words that govern the word `at` up to its verb, and what else directly hangs on that verb."""
    way = list(way_up(layout, unit, at))
    if is_verb(layout, way[-1]):
        way += [n for n in range(unit.start, unit.end) if layout.heads[n] == way[-1]]
    return set(way)


def is_verb(layout: Layout, at: int) -> bool:
    """Whether a word is tagged as a verb, modal ones included."""
    return layout.tags[at][:1] in ("V", "M")


def verb_of(layout: Layout, unit: Unit, at: int) -> int | None:
    """The verb whose clause holds the word `at`; None in a line or heading without one."""
    *_, last = way_up(layout, unit, at)
    return last if is_verb(layout, last) else None


def spoken_in(unit: Unit, *, paid: bool = True) -> set[int]:
    """Words of a unit that speak of an agreement; without `paid` not those of money, which is given for many things."""
    groups = _SPOKEN if paid else _SPOKEN - {"funding"}
    return {at for hit in unit.hits if hit.group in groups for at in range(hit.start, hit.end)}


def subjects(layout: Layout, unit: Unit, verb: int) -> list[int]:
    """The subjects of a verb."""
    return [n for n in range(unit.start, unit.end) if layout.heads[n] == verb and layout.deps[n] in _SUBJECTS]


def is_future(layout: Layout, unit: Unit, verb: int) -> bool:
    """Whether what a verb says is still to come: "will start", "intend to sign"."""
    if any(layout.heads[n] == verb and layout.lows[n] in FUTURE for n in range(unit.start, unit.end)):
        return True
    return layout.deps[verb] in ("xcomp", "ccomp") and layout.lows[layout.heads[verb]] in _WISHES


def is_of_others(layout: Layout, unit: Unit, verb: int, bodies: frozenset[int]) -> bool:
    """Whether a clause tells of somebody or something else than the agreement of `bodies`, which the unit names.

    "A and B run a centre, and C struck a deal last year": the date is that of C's deal.
    """
    named = [at for span in unit.spans if span.entity in bodies for at in range(span.start, span.end)]
    if not named or any(_within(layout, unit, at, verb) for at in named):
        return False
    spoken = spoken_in(unit)
    if layout.deps[verb] == "relcl":
        head = layout.heads[verb]
        return head not in spoken and head not in named and all(layout.heads[at] != head for at in named)
    about = subjects(layout, unit, verb)
    meant = {n for hit in unit.hits if hit.group in ("plural", "singular") for n in range(hit.start, hit.end)}
    if any(at in spoken or layout.lows[at] in _MEANT for at in about):
        return False
    return bool(about) and not any(_within(layout, unit, at, subject) for at in meant for subject in about)


def _within(layout: Layout, unit: Unit, at: int, top: int) -> bool:
    """Whether a word stands below the word `top`, but not in a clause that is joined to it with its own subject."""
    for _ in range(2 * CLIMB):
        if at == top:
            return True
        head = layout.heads[at]
        joined = layout.deps[at] == "conj" and is_verb(layout, at)
        if head == at or (head == top and joined and subjects(layout, unit, at)):
            return False
        at = head
    return False


def owned_by_others(layout: Layout, unit: Unit, verb: int, bodies: frozenset[int]) -> bool:
    """Whether the subject of a verb names a body that is none of `bodies`."""
    about = set(subjects(layout, unit, verb))
    strangers = (at for span in unit.spans if span.entity not in bodies for at in range(span.start, span.end))
    return any(at in about for at in strangers)
