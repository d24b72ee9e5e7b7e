"""From tagged spans to entities: repair, type by document, spread to every occurrence, group the forms of one body."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from spacy.tokens import Doc

from pipeline.analyse.names.acronyms import definitions
from pipeline.analyse.names.grouping import group
from pipeline.analyse.names.repair import repair
from pipeline.analyse.names.rules import rule_spans
from pipeline.analyse.names.words import key, occurrences, split
from pipeline.records import Entity, Mention

SPANS = "names"
"""Key of `Doc.spans` under which the tagger leaves its spans, labelled ``organisation`` or ``project``."""

Key = tuple[str, ...]


def find_entities(doc: Doc, text: str) -> tuple[Entity, ...]:
    """Return the organisations and projects of `text`, of which `doc` was built, in order of first mention.

    A Doc that no tagger has seen (a text that is not English) gets the names that rules find.
    """
    tagged = (
        ((s.start_char, s.end_char, s.label_) for s in doc.spans[SPANS]) if SPANS in doc.spans else rule_spans(text)
    )
    types = _types(text, tagged)
    short_of = _defined(text, types)
    found = occurrences(text, split(text), types)
    mentions: dict[Key, list[Mention]] = defaultdict(list)
    for start, end, name in found:
        mentions[name].append(Mention(text[start:end], start, end))
    for short, long in _bracketed(text, found, types):
        short_of.setdefault(short, long)
    return group(mentions, types, short_of)


def _bracketed(text: str, found: list[tuple[int, int, Key]], types: dict[Key, str]) -> Iterator[tuple[Key, Key]]:
    """Yield ``(short, long)`` where a name of one word, mostly capitals, stands in brackets after a longer one."""
    for (_, end, long), (start, close, short) in pairwise(found):
        if len(short) == 1 and len(long) > 1 and start - end <= 3 and text[end:start].strip() == "(":
            capitals = sum(map(str.isupper, short[0]))
            if text[close : close + 1] == ")" and capitals * 2 > len(short[0]) and types[long] == types[short]:
                yield short, long


def _types(text: str, spans: Iterable[tuple[int, int, str]]) -> dict[Key, str]:
    """Give each name one type: the one that most of its places were tagged with."""
    votes: dict[Key, Counter[str]] = defaultdict(Counter)
    for start, end, label in spans:
        if fixed := repair(text, start, end):
            votes[key(text[fixed[0] : fixed[1]])][label] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in votes.items()}


def _defined(text: str, types: dict[Key, str]) -> dict[Key, Key]:
    """Add the forms that the text defines for a name found; return ``{short: long}``."""
    short_of: dict[Key, Key] = {}
    for definition in definitions(text):
        long = key(text[definition.long_start : definition.long_end])
        short = key(text[definition.short_start : definition.short_end])
        type_ = types.get(long) or types.get(short)
        if type_ is None or long == short:
            continue
        types.setdefault(long, type_)
        types[short] = types[long]
        short_of.setdefault(short, long)
    return short_of
