"""When an agreement was made, where a document says so: in its sentence or in those around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.agreements import KINDS
from pipeline.analyse.agreements.clauses import (
    FUTURE,
    Stated,
    clause_of,
    is_future,
    is_of_others,
    is_parsed,
    is_verb,
    spoken_in,
    verb_of,
    way_up,
    word_before,
)
from pipeline.analyse.agreements.dates import Dated, find_dates
from pipeline.analyse.agreements.layout import Layout, Span, Unit
from pipeline.analyse.agreements.terms import opens_with_term, project_terms, states_term, terms_of

_SIGNING = frozenset(
    ("sign", "signed", "signs", "signing", "signature", "concluded", "agreed", "announced", "founded", "established",
     "launched", "joined", "contract", "agreement", "memorandum", "deal", "partnership", "alliance", "membership",
     "awarded", "letter", "text", "dates", "began", "started", "sealed", "admission", "inked", "entered", "created",
     "since", "formed", "set")
)  # fmt: skip
_MEETING = frozenset(("host", "hosts", "hosted", "hosting", "held", "organised", "organized", "organise", "hackathon"))
_ANNOUNCED = frozenset(
    ("sign", "signs", "announce", "announces", "announcing", "join", "joins", "launch", "launches", "conclude",
     "concludes", "agree", "agrees", "become", "becomes", "welcome", "welcomes", "unveil", "unveils", "thrilled",
     "pleased", "delighted", "proud", "happy", "excited")
)  # fmt: skip
"""Words of the present with which "today" is the day of the news; "today they run a centre" tells of no day."""
_OLDER = frozenset(("since", "began", "begun", "started", "dates", "dating", "founded", "first", "original"))
"""Words of a date that is that of the agreement which has been extended."""
_SINGLE = ("funding", "licence", "acquisition")
"""Kinds that do not begin with the project which three and more parties run together."""
_BEGINNING = frozenset(
    ("launched", "started", "began", "begun", "founded", "created", "established", "set", "runs", "running", "start",
     "way", "ran", "since", "formed")
)  # fmt: skip
_UNDERTAKING = frozenset(
    ("project", "programme", "program", "consortium", "initiative", "alliance", "partnership", "action", "study",
     "together")
)  # fmt: skip
_LABELS = frozenset(("term", "period", "duration"))
_DEFINITE = frozenset(
    ("agreement", "contract", "memorandum", "mou", "deal", "licence", "license", "accord", "pact", "letter",
     "partnership", "alliance", "admission", "merger")
)  # fmt: skip
_BEFORE = 5
"""Words before a date in which "got under way" may stand."""
_PAIR = 2
"""More parties run an undertaking together, which begins and ends for all of them."""
_BESIDE = 4
"""Units before the members of a project, and nearly as many after, in which its beginning and term may stand."""
_HEADLINE = 3
"""Units so early in a document are title or lead; what they announce is dated in the text that follows."""
_LEAD = 12
"""Units after a headline that may tell its news once more."""
_NEXT, _REACH = 3, 6
"""Units after the evidence that may go on about it; beyond `_NEXT` they must name it ("the contract")."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agreement is stated: units `first` to `last`, and the mention nearest to what is said of it."""

    first: int
    last: int
    near: Span
    meant: int = -1
    """The earlier unit that names the party which the evidence only means ("the firm"), or -1."""


def when_and_how_long(layout: Layout, place: Place, stated: Stated) -> tuple[str | None, int | None]:
    """The signing date (partial ISO) and the term in months, each None where the document does not say."""
    signed = None if stated.status == "planned" else _signed(layout, place, stated)
    for number in (place.first, *_around(layout, place, stated.bodies)):
        if terms := terms_of(layout, number, stated, signed):
            return signed, terms[0]
    if len(stated.bodies) <= _PAIR:
        return signed, None
    beside = project_terms(layout, _beside(layout, place), stated.published)
    return signed, beside.pop() if len(beside) == 1 else None


def _beside(layout: Layout, place: Place) -> range:
    """Units so near that what they say of a project is of the one whose members the evidence lists."""
    return range(max(0, place.first - _BESIDE), min(place.last + _BESIDE, len(layout.units)))


def _signed(layout: Layout, place: Place, stated: Stated) -> str | None:
    own = layout.units[place.first]
    lows = layout.lows[own.start : own.end]
    meeting = any(hit.group == "event" for hit in own.hits) or not _MEETING.isdisjoint(lows)
    if meeting and _SIGNING.isdisjoint(lows):
        return None  # the date of a meeting that the partners hold
    start, mention = layout.char_span(own)[0], layout.offsets[place.near.start]
    dates = _dates(layout, place.first, stated)
    dates = [date for date in dates if _on_line_of(layout.text, start + date.start, mention)]
    if dates:
        return min(dates, key=lambda date: abs(start + date.start - mention)).iso
    for number in _around(layout, place, stated.bodies):
        unit = layout.units[number]
        if _SIGNING.isdisjoint(layout.lows[unit.start : unit.end]):
            continue
        start = layout.char_span(unit)[0]
        for date in _dates(layout, number, stated):
            if _tells_of_signing(layout, unit, start + date.end):
                return date.iso
    return _begun(layout, place, stated)


def _begun(layout: Layout, place: Place, stated: Stated) -> str | None:
    """The beginning of the project that three or more parties run, where one stands before its members."""
    if len(stated.bodies) <= _PAIR or stated.kind in _SINGLE or stated.status == "ended":
        return None
    before = (number for number in _beside(layout, place) if number <= place.first)
    found = {date.iso for number in before for date in _starts(layout, number, stated.published)}
    return found.pop() if len(found) == 1 else None


def _dates(layout: Layout, number: int, stated: Stated) -> list[Dated]:
    """Dates of a unit that may be that of a signing, offsets in the unit's own text.

    Not those after the publication, of an ending ("shelved in 2015"), of what is still to come, or of somebody else.
    """
    unit = layout.units[number]
    start = layout.char_span(unit)[0]
    found = past_dates(layout, number, stated.published)
    return [date for date in found if _may_be_signing(layout, unit, (start + date.start, start + date.end), stated)]


def past_dates(layout: Layout, number: int, published: str | None) -> list[Dated]:
    """Dates of a unit that are not after the publication, looked for once a document."""
    if number not in layout.dates:
        start, end = layout.char_span(layout.units[number])
        found = find_dates(layout.text[start:end], published)
        layout.dates[number] = [d for d in found if not published or d.iso <= published[: len(d.iso)]]
    return layout.dates[number]


def _on_line_of(text: str, date: int, mention: int) -> bool:
    """Whether a date that opens its line, as in a chronicle, opens the line of the mention; all others are of any."""
    opens = text[text.rfind("\n", 0, date) + 1 : date].strip(" -•–*|\t") == ""
    between = text[min(date, mention) : max(date, mention)]
    return not (opens and "\n" in text[max(0, date - 200) : date + 200]) or "\n" not in between


def _may_be_signing(layout: Layout, unit: Unit, span: tuple[int, int], stated: Stated) -> bool:
    """Whether the date on the characters `span` is that of a past deed of the parties, and no ending."""
    at = word_before(layout, unit, span[1])
    ended = {n for hit in unit.hits if hit.group == "ended" for n in range(hit.start, hit.end)}
    if not ended.isdisjoint(way_up(layout, unit, at)):
        return False
    verb = verb_of(layout, unit, at)
    if stated.status == "extended" or any(hit.group == "extended" for hit in unit.hits):
        before = max(unit.start, word_before(layout, unit, span[0] + 1) - 1)
        if layout.lows[before] in _OLDER or (verb is not None and layout.lows[verb] in _OLDER):
            return False
    if layout.lows[at] == "today" and not _is_news(layout, unit, verb):
        return False
    if not is_parsed(layout, at):
        return FUTURE.isdisjoint(layout.lows[n] for n in way_up(layout, unit, at))
    return verb is None or not (is_future(layout, unit, verb) or is_of_others(layout, unit, verb, stated.bodies))


def _tells_of_signing(layout: Layout, unit: Unit, end: int) -> bool:
    """Whether the clause of a date speaks of signing or beginning, or has no verb at all."""
    clause = clause_of(layout, unit, word_before(layout, unit, end))
    spoken = spoken_in(unit, paid=False)
    return any(at in spoken or layout.lows[at] in _SIGNING for at in clause) or not any(
        is_verb(layout, at) for at in clause
    )


def _is_news(layout: Layout, unit: Unit, verb: int | None) -> bool:
    if verb is None:
        return not is_parsed(layout, unit.end - 1)
    return layout.tags[verb] not in ("VBP", "VBZ") or not _ANNOUNCED.isdisjoint(layout.lows[unit.start : unit.end])


def _starts(layout: Layout, number: int, published: str | None) -> Iterator[Dated]:
    unit = layout.units[number]
    lows = set(layout.lows[unit.start : unit.end])
    if lows.isdisjoint(_BEGINNING) or (lows.isdisjoint(_UNDERTAKING) and lows.isdisjoint(("runs", "running"))):
        return
    start = layout.char_span(unit)[0]
    for date in past_dates(layout, number, published):
        at = word_before(layout, unit, start + date.end)
        near = {*clause_of(layout, unit, at), *range(max(unit.start, at - _BEFORE), at)}
        if not _BEGINNING.isdisjoint(layout.lows[n] for n in near):
            yield date


def _around(layout: Layout, place: Place, bodies: frozenset[int]) -> Iterator[int]:
    """Units that may speak of the agreement, too: those that go on about it, and those that lead to it."""
    if place.first < 0:
        return
    yield from _going_on(layout, place, bodies)
    if 0 <= place.meant < place.first:
        yield place.meant
    before = place.first - 1
    if before >= 0 and before != place.meant:
        unit = layout.units[before]
        if {span.entity for span in unit.spans} <= bodies and (_speaks_of_agreement(unit) or states_term(layout, unit)):
            yield before
    if place.last < _HEADLINE:
        yield from _below_headline(layout, place.last, bodies)


def _going_on(layout: Layout, place: Place, bodies: frozenset[int]) -> Iterator[int]:
    """The next units without other bodies, or that begin with the agreement ("The contract"), whoever else is named."""
    units = layout.units
    for number in range(place.last + 1, min(place.last + _REACH, len(units))):
        unit = units[number]
        named = _names_agreement(layout, unit)
        meant = named or any(hit.group == "plural" for hit in unit.hits)
        opens = number == place.last + 1 and (meant or opens_with_term(layout, unit))
        leads = named and layout.lows[unit.start] in ("the", "this", "it")
        if {span.entity for span in unit.spans} - bodies and not (leads or opens):
            break
        if named or opens or (number < place.last + _NEXT and _speaks_of_agreement(unit)):
            yield number


def _below_headline(layout: Layout, headline: int, bodies: frozenset[int]) -> Iterator[int]:
    """Units after a headline that name two of its parties and speak of an agreement or a beginning."""
    for number in range(headline + 1, min(headline + _LEAD, len(layout.units))):
        unit = layout.units[number]
        known = {span.entity for span in unit.spans} & bodies
        lows = layout.lows[unit.start : unit.end]
        if len(known) > 1 and (_speaks_of_agreement(unit) or not _SIGNING.isdisjoint(lows)):
            yield number


def _names_agreement(layout: Layout, unit: Unit) -> bool:
    """Whether a unit speaks of the agreement by a definite noun ("the contract"), as "it", or by a label ("Term:")."""
    lows = layout.lows[unit.start : unit.end]
    if lows[0] in ("it", "this") and not _SIGNING.isdisjoint(lows[1:5]):
        return True
    for at, word in enumerate(lows[:-1]):
        if word in ("the", "this") and not _DEFINITE.isdisjoint(lows[at + 1 : at + 2]):
            return True
        if word == "this" and not _UNDERTAKING.isdisjoint(lows[at + 1 : at + 6]):
            return True
        if lows[at + 1] == ":" and word in _LABELS:
            return True
    return False


def _speaks_of_agreement(unit: Unit) -> bool:
    return any(hit.group in KINDS or hit.group in ("plural", "extended") for hit in unit.hits)
