"""What the finder needs of a parsed document: units (sentences, list lines), mentions in tokens, words found."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.attrs import DEP, HEAD, IDX, ORTH, SENT_START, TAG
from spacy.tokens import Doc

from pipeline.analyse.agreements.dates import Dated
from pipeline.analyse.agreements.lexicon import Hit, Lexicon
from pipeline.records import Entity

_BULLET = re.compile(r"\s*(?:[-*•·–—▪◦‣❖✓✔»>→|]|\d{1,2}[.)])\s")
_SHORT_LINE = 60
"""A line of fewer characters that ends without a comma is taken as a line of its own, not as wrapped prose."""
_STOPS = frozenset(".!?")
MOST_TOKENS = 120
"""Units are cut here: beyond, a "sentence" is a table or a list and distances mean nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """A mention of entity number `entity` on tokens `start` to `end`."""

    entity: int
    start: int
    end: int


@dataclass(slots=True)
class Unit:
    """A sentence or line: tokens `start` to `end`."""

    start: int
    end: int
    paragraph: int
    bullet: bool
    spans: list[Span] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """The document as plain lists; index = token number."""

    text: str
    words: list[str]
    lows: list[str]
    offsets: list[int]
    heads: list[int]
    deps: list[str]
    tags: list[str]
    """Penn Treebank."""
    units: list[Unit]
    counts: list[int]
    """Mentions of each entity."""
    first: list[int]
    """Number of the unit in which each entity is first named, or -1."""
    named: dict[int, list[int]] = field(default_factory=dict)
    """The units that name each entity, in order."""
    dates: dict[int, list[Dated]] = field(default_factory=dict)
    """Past dates of a unit, once they have been looked for."""

    def spans_of(self, entity: int) -> list[Span]:
        """The mentions of an entity in the unit that names it first."""
        return [span for span in self.units[self.first[entity]].spans if span.entity == entity]

    def char_span(self, unit: Unit) -> tuple[int, int]:
        """Characters of a unit without its outer white space."""
        start = self.offsets[unit.start]
        end = self.offsets[unit.end - 1] + len(self.words[unit.end - 1])
        piece = self.text[start:end]
        return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def lay_out(doc: Doc, entities: Sequence[Entity], lexicon: Lexicon) -> Layout:
    """Cut `doc` into units and place mentions and agreement words in them; linear in the length of the document."""
    rows = doc.to_array([HEAD, DEP, TAG, SENT_START, ORTH, IDX]).tolist() if len(doc) else []
    forms = {number: doc.vocab.strings[number] for number in {row[4] for row in rows}}
    lower = {number: form.lower().replace("’", "'") for number, form in forms.items()}
    words, lows = [forms[row[4]] for row in rows], [lower[row[4]] for row in rows]
    offsets = [row[5] for row in rows]
    heads = [at + _signed(row[0]) for at, row in enumerate(rows)]
    spans = _token_spans(offsets, words, entities)
    inside = bytearray(len(words) + 1)
    for span in spans:
        for at in range(span.start + 1, span.end):
            inside[at] = 1
    units = _units(doc.text, words, offsets, _starts(rows, lows), inside)

    def labels(column: int) -> list[str]:
        names = {number: doc.vocab.strings[number] for number in {row[column] for row in rows}}
        return [names[row[column]] for row in rows]

    layout = Layout(
        doc.text, words, lows, offsets, heads, labels(1), labels(2), units,
        [0] * len(entities), [-1] * len(entities),
    )  # fmt: skip
    for span in spans:
        inside[span.start] = 1
    _place(layout, spans, [hit for hit in lexicon.find(lows) if not any(inside[hit.start : hit.end])])
    return layout


def _starts(rows: list[list[int]], lows: list[str]) -> list[bool]:
    """Where sentences begin: as parsed, and after a full stop, "!" or "?" in a piece that was not parsed."""
    return [
        row[3] == 1 or (row[3] == 0 and at > 0 and lows[at - 1] in _STOPS and not lows[at].isspace())
        for at, row in enumerate(rows)
    ]


def _signed(number: int) -> int:
    """spaCy's arrays are unsigned; the distance to a head may be negative."""
    return number - (1 << 64) if number >= 1 << 63 else number


def _token_spans(offsets: list[int], words: list[str], entities: Sequence[Entity]) -> list[Span]:
    """Character mentions as token spans, ordered, without overlaps (the longer wins)."""
    found = []
    for number, entity in enumerate(entities):
        for mention in entity.mentions:
            start = bisect_left(offsets, mention.start)
            if start > 0 and offsets[start - 1] + len(words[start - 1]) > mention.start:
                start -= 1
            end = max(bisect_left(offsets, mention.end), start + 1)
            if mention.end > mention.start and end <= len(words):
                found.append(Span(number, start, end))
    taken = bytearray(len(words))
    kept = []
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start, s.entity)):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _units(text: str, words: list[str], offsets: list[int], starts: list[bool], inside: bytearray) -> list[Unit]:
    units: list[Unit] = []
    begin, paragraph, bullet, line_start = 0, 0, bool(_BULLET.match(text)), 0
    for at, word in enumerate(words):
        cut = (starts[at] and not inside[at]) or at - begin >= MOST_TOKENS
        if "\n" in word:
            after = offsets[at] + len(word)
            next_bullet = bool(_BULLET.match(text, after))
            short = offsets[at] - line_start < _SHORT_LINE and not text[line_start : offsets[at]].rstrip().endswith(",")
            blank = word.count("\n") > 1
            line_start = after
            if (blank or next_bullet or short) and not inside[at]:
                if at > begin:
                    units.append(Unit(begin, at, paragraph, bullet))
                begin, bullet = at + 1, next_bullet
                paragraph += blank
            continue
        if cut and at > begin:
            units.append(Unit(begin, at, paragraph, bullet))
            begin = at
    if begin < len(words):
        units.append(Unit(begin, len(words), paragraph, bullet))
    return units


def _place(layout: Layout, spans: list[Span], hits: list[Hit]) -> None:
    if not layout.units:
        return  # nothing but line breaks
    starts = [unit.start for unit in layout.units]
    for hit in hits:
        unit = layout.units[bisect_left(starts, hit.start + 1) - 1]
        unit.hits.append(hit)
    for span in spans:
        number = bisect_left(starts, span.start + 1) - 1
        layout.units[number].spans.append(span)
        layout.counts[span.entity] += 1
        places = layout.named.setdefault(span.entity, [])
        if not places or places[-1] != number:
            places.append(number)
        if layout.first[span.entity] < 0:
            layout.first[span.entity] = number
