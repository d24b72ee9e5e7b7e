"""Where a document says when an agreement was made and how long it lasts: in its sentence or one after it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from config.agreements import KINDS
from pipeline.analyse.agreements.dates import Dated, find_dates, find_term, find_terms
from pipeline.analyse.agreements.layout import Layout, Span, Unit

_SIGNING = frozenset(
    ("sign", "signed", "signs", "signing", "signature", "concluded", "agreed", "announced", "founded", "established",
     "launched", "joined", "contract", "agreement", "memorandum", "deal", "partnership", "alliance", "membership",
     "awarded", "letter", "text", "dates", "began", "started")
)  # fmt: skip
_MEETING = frozenset(("host", "hosts", "hosted", "hosting", "held", "organised", "organized", "organise", "hackathon"))
_WHOLE = ("consortium",)
"""Kinds whose term is that of the project a document is about, wherever it stands."""
_TERMED = frozenset(
    ("run", "runs", "running", "ran", "last", "lasts", "lasting", "lasted", "valid", "term", "period", "duration",
     "project", "loan", "lease", "spend", "spends", "covers", "cover", "spans", "expires", "ends", "continue",
     "continues", "initiative", "deal", "signed", "sign", "signs", "starting", "committed", "commitment",
     "effort", "pledged")
)  # fmt: skip
"""Words that a term belongs to besides the words of agreements."""
_EMPTY = frozenset(("is", "are", "was", "were", "be", "been", "will", "has", "have", "had"))
"""Verbs that leave to their subject what lasts: "the agreement is for two years"."""
_SUBJECTS = ("nsubj", "nsubjpass")
_CLIMB = 12
"""Most steps up the parse."""
_HEADLINE = 3
"""Units so early in a document are title or lead; what they announce is dated in the text that follows."""


def when_and_how_long(
    layout: Layout, place: tuple[int, Span], bodies: set[int], label: tuple[str, str], published: str | None
) -> tuple[str | None, int | None]:
    """The signing date (partial ISO) and the term in months, each None where the document does not say.

    `place` is the unit of the evidence and the mention nearest to it, `label` the agreement's kind and status.
    """
    unit, (kind, status) = place[0], label
    signed = None if status == "planned" else _signed(layout, place, bodies, published)
    for number in (unit, *_going_on(layout, unit, bodies)):
        terms = _terms(layout, layout.units[number], published, signed)
        if terms:
            return signed, terms[0]
    return signed, only_term(layout, published) if kind in _WHOLE else None


def only_term(layout: Layout, published: str | None) -> int | None:
    """The term in months, where the document states a single one; searched once a document."""
    if published not in layout.terms:
        texts = (layout.text[slice(*layout.char_span(unit))] for unit in layout.units if unit.hits)
        found = {find_term(text, published) for text in texts} - {None}
        layout.terms[published] = found.pop() if len(found) == 1 else None
    return layout.terms[published]


def _dates(layout: Layout, number: int, published: str | None) -> list[Dated]:
    """Dates of a unit that may be that of a signing, offsets in the unit's own text.

    Not those after the publication, and not those of an ending ("shelved in 2015").
    """
    unit = layout.units[number]
    start, end = layout.char_span(unit)
    found = find_dates(layout.text[start:end], published)
    found = [date for date in found if not published or date.iso <= published[: len(date.iso)]]
    if not any(hit.group == "ended" for hit in unit.hits):
        return found
    return [date for date in found if not _of_ending(layout, unit, start + date.end)]


def _of_ending(layout: Layout, unit: Unit, end: int) -> bool:
    """Whether a word of an ending governs the one before character `end`, up to its verb."""
    ended = {at for hit in unit.hits if hit.group == "ended" for at in range(hit.start, hit.end)}
    at = bisect_left(layout.offsets, end, unit.start, unit.end) - 1
    for _ in range(_CLIMB):
        if at in ended:
            return True
        if layout.tags[at][:1] in ("V", "M") or layout.heads[at] == at:
            break
        at = layout.heads[at]
    return False


def _terms(layout: Layout, unit: Unit, published: str | None, signed: str | None) -> list[int]:
    """Terms in months that a unit states of an agreement, not of what it is made for."""
    start, end = layout.char_span(unit)
    found = find_terms(layout.text[start:end], published, signed)
    return [term.months for term in found if _of_agreement(layout, unit, start + term.end)]


def _of_agreement(layout: Layout, unit: Unit, end: int) -> bool:
    """Whether the words that govern the one before character `end`, up to its verb, speak of an agreement.

    "The agreement runs until 2017" does, "money meant for research until 2017" does not. Without a verb (a line of a
    list, a heading) nothing else can be meant.
    """
    spoken = {
        at for hit in unit.hits if hit.group in KINDS or hit.group == "extended" for at in range(hit.start, hit.end)
    }
    at = bisect_left(layout.offsets, end, unit.start, unit.end) - 1
    for _ in range(_CLIMB):
        if at in spoken or layout.lows[at] in _TERMED:
            return True
        if layout.tags[at][:1] in ("V", "M") and not _speaks_for_noun(layout, at):
            subjects = (n for n in range(unit.start, unit.end) if layout.heads[n] == at and layout.deps[n] in _SUBJECTS)
            return layout.lows[at] in _EMPTY and any(n in spoken or layout.lows[n] in _TERMED for n in subjects)
        if layout.heads[at] == at:
            break
        at = layout.heads[at]
    return True


def _speaks_for_noun(layout: Layout, at: int) -> bool:
    """Whether what a verb says is said of a noun above it, or of the verb beside it.

    "A memorandum that brings them together for two years", "an agreement to work together for two years".
    """
    infinitive = layout.deps[at] in ("acl", "xcomp") and layout.tags[at] == "VB"
    return layout.deps[at] in ("conj", "relcl") or infinitive


def _signed(layout: Layout, place: tuple[int, Span], bodies: set[int], published: str | None) -> str | None:
    unit, near = place
    own = layout.units[unit]
    lows = layout.lows[own.start : own.end]
    meeting = any(hit.group == "event" for hit in own.hits) or not _MEETING.isdisjoint(lows)
    if meeting and _SIGNING.isdisjoint(lows):
        return None  # the date of a meeting that the partners hold
    if dates := _dates(layout, unit, published):
        at = layout.offsets[near.start] - layout.char_span(own)[0]
        return min(dates, key=lambda date: abs(date.start - at)).iso
    for number in _going_on(layout, unit, bodies):
        following = layout.units[number]
        if _SIGNING.isdisjoint(layout.lows[following.start : following.end]):
            continue
        if dates := _dates(layout, number, published):
            return dates[0].iso
    return None


def _going_on(layout: Layout, unit: int, bodies: set[int]) -> Iterator[int]:
    """Units that may go on about the agreement: the next ones without other bodies, or any that names two parties."""
    if unit < 0:
        return
    units = layout.units
    for number in range(unit + 1, min(unit + 3, len(units))):
        others = {span.entity for span in units[number].spans} - bodies
        if others:
            break
        if _speaks_of_agreement(units[number]):
            yield number
    if unit < _HEADLINE:
        for number in range(unit + 1, min(unit + 12, len(units))):
            named = {span.entity for span in units[number].spans} & bodies
            if len(named) > 1 and _speaks_of_agreement(units[number]):
                yield number


def _speaks_of_agreement(unit: Unit) -> bool:
    return any(hit.group in KINDS or hit.group in ("plural", "extended") for hit in unit.hits)
