"""How long an agreement lasts, where a unit or the whole document says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.analyse.agreements.clauses import (
    CLIMB,
    FUTURE,
    Stated,
    is_future,
    is_parsed,
    is_verb,
    owned_by_others,
    spoken_in,
    subjects,
    way_up,
    word_before,
)
from pipeline.analyse.agreements.dates import Term, find_terms
from pipeline.analyse.agreements.layout import Layout, Unit
from pipeline.analyse.agreements.money import find_sum

_TERMED = frozenset(
    ("run", "runs", "running", "ran", "last", "lasts", "lasting", "lasted", "valid", "term", "period", "duration",
     "project", "programme", "program", "action", "loan", "lease", "spend", "spends", "covers", "cover", "spans",
     "expires", "ends", "continue", "continues", "initiative", "deal", "signed", "sign", "signs", "starting",
     "committed", "commitment", "effort", "pledged", "pledge", "timeframe")
)  # fmt: skip
"""Words that a term belongs to besides the words of agreements."""
_UNDERTAKING = frozenset(
    ("project", "programme", "program", "action", "consortium", "initiative", "runs", "running", "period", "duration",
     "timeframe", "term", "phase")
)  # fmt: skip
"""Words that a term must belong to where it is that of the whole project a document is about."""
_AGREED = frozenset(("agreement", "contract", "memorandum", "deal", "licence", "license"))
_EMPTY = frozenset(("is", "are", "was", "were", "be", "been", "will", "has", "have", "had"))
"""Verbs that leave to their subject what lasts: "the agreement is for two years"."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_OPENING = re.compile(r"(?:for|over|during|in)(?: the)?(?: (?:next|coming|following|first))?\s*", re.I)
_SHORT_LINE = 14
"""Words of a line that states nothing but a term: "5 years, from January 2023"."""


def terms_of(layout: Layout, number: int, stated: Stated, signed: str | None) -> list[int]:
    """Terms in months that a unit states of an agreement, not of what it is made for."""
    unit = layout.units[number]
    start, end = layout.char_span(unit)
    text = layout.text[start:end]
    paid = stated.kind == "funding" and find_sum(text) is not None
    return [
        term.months
        for term in find_terms(text, stated.published, signed)
        if paid
        or _of_agreement(layout, unit, start + term.end, stated.kind)
        or _of_parties(layout, unit, start, term, stated.bodies)
    ]


def project_terms(layout: Layout, numbers: Iterable[int], published: str | None) -> set[int]:
    """The terms in months that units state of a whole project."""
    return {months for number in numbers for months in _of_project(layout, layout.units[number], published)}


def _of_project(layout: Layout, unit: Unit, published: str | None) -> Iterator[int]:
    start, end = layout.char_span(unit)
    for term in find_terms(layout.text[start:end], published):
        way = list(way_up(layout, unit, word_before(layout, unit, start + term.end)))
        words = {layout.lows[at] for at in way}
        named = {layout.lows[at] for at in subjects(layout, unit, way[-1])} | words
        if not named.isdisjoint(_AGREED):
            continue
        both_ends = len(_YEAR.findall(layout.text, start + term.start, start + term.end)) > 1
        if states_term(layout, unit) or both_ends or not words.isdisjoint(_UNDERTAKING) or _opens(layout, start, term):
            yield term.months


def _of_agreement(layout: Layout, unit: Unit, end: int, kind: str) -> bool:
    """Whether the words that govern the one before character `end`, up to its verb, speak of an agreement.

    "The agreement runs until 2017" does, "money meant for research until 2017" does not. Without a verb (a line of a
    list, a heading) nothing else can be meant.
    """
    spoken = spoken_in(unit, paid=kind == "funding")
    at = word_before(layout, unit, end)
    for _ in range(CLIMB):
        *way, at = way_up(layout, unit, at)
        if any(word in spoken or layout.lows[word] in _TERMED for word in (*way, at)):
            return True
        if not is_verb(layout, at):
            return is_parsed(layout, at) or states_term(layout, unit)
        if not _speaks_for_noun(layout, at) or not unit.start <= layout.heads[at] < unit.end:
            break
        at = layout.heads[at]
    about = subjects(layout, unit, at)
    return layout.lows[at] in _EMPTY and any(n in spoken or layout.lows[n] in _TERMED for n in about)


def _speaks_for_noun(layout: Layout, at: int) -> bool:
    """Whether what a verb says is said of a noun above it, or of the verb beside it.

    "A memorandum that brings them together for two years", "an agreement to work together for two years".
    """
    infinitive = layout.deps[at] in ("acl", "xcomp") and layout.tags[at] == "VB"
    return layout.deps[at] in ("conj", "relcl") or infinitive


def _of_parties(layout: Layout, unit: Unit, start: int, term: Term, bodies: frozenset[int]) -> bool:
    """Whether a unit opens with a term for which its subject will do something: "For five years the two will share"."""
    if not _opens(layout, start, term):
        return False
    at = word_before(layout, unit, start + term.end)
    if not is_parsed(layout, at):
        return not FUTURE.isdisjoint(layout.lows[unit.start : unit.end])
    *_, verb = way_up(layout, unit, at)
    return is_verb(layout, verb) and is_future(layout, unit, verb) and not owned_by_others(layout, unit, verb, bodies)


def _opens(layout: Layout, start: int, term: Term) -> bool:
    """Whether a sentence begins with the term: "For the next three years the two will share"."""
    return bool(_OPENING.fullmatch(layout.text[start : start + term.start]))


def opens_with_term(layout: Layout, unit: Unit) -> bool:
    """Whether a unit begins with a term, so that it goes on about what was just told."""
    start, end = layout.char_span(unit)
    return any(_opens(layout, start, term) for term in find_terms(layout.text[start:end], None))


def states_term(layout: Layout, unit: Unit) -> bool:
    """Whether a unit is a line that states a term and no more: "five-year project", "Period: 2023-2026"."""
    start, end = layout.char_span(unit)
    verbs = any(is_verb(layout, at) for at in range(unit.start, unit.end)) or layout.text[end - 1] in ".!?"
    if unit.end - unit.start > _SHORT_LINE or verbs:
        return False
    return next(find_terms(layout.text[start:end], None), None) is not None
