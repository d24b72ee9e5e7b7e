"""The agreement words compiled into one table, and the places where they stand in a list of tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from config.agreements import KINDS, Agreements
from pipeline.analyse.agreements.inflect import noun_forms, verb_forms

_PIECE = re.compile(r"n't|n’t|\w+|[^\w\s]")
_BEFORE_MONTH = frozenset(
    ("in", "of", "since", "until", "till", "from", "by", "to", "on", "during", "before", "after", "last", "next",
     "early", "late", "mid")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens `start` to `end` hold a word of `group`: a kind, or a group such as ``negation``."""

    start: int
    end: int
    group: str
    form: str
    """``verb``, ``noun``, ``phrase``, or empty for groups that are no kind."""


class Lexicon:
    """Finds every agreement word in one pass over the tokens; building it costs some milliseconds."""

    def __init__(self, words: Agreements) -> None:
        self._singular = frozenset(words.anaphors.singular)
        self._table: dict[str, dict[tuple[str, ...], list[tuple[str, str]]]] = {}
        for kind in KINDS:
            entry = words.kinds[kind]  # type: ignore[index]  # KINDS holds exactly the literals
            self._add(kind, "verb", {f for verb in entry.verbs for f in verb_forms(verb)})
            self._add(kind, "noun", {f for noun in entry.nouns for f in noun_forms(noun)})
            self._add(kind, "phrase", {p.lower() for p in entry.phrases})
        for group, listed in (
            *((name, getattr(words.status, name)) for name in ("planned", "extended", "ended")),
            ("negation", words.negation),
            ("hope", words.hope),
            ("plural", words.anaphors.plural),
            ("singular", words.anaphors.singular),
            ("event", words.suppressors.event),
            ("quote", words.suppressors.quote),
            ("about", words.suppressors.about),
            ("link", words.links),
            ("list", words.lists),
        ):
            self._add(group, "", {w.lower() for w in listed})

    def find(self, lows: Sequence[str]) -> list[Hit]:
        """Every hit in lower-cased tokens, in order of its start; hits of one group do not nest."""
        hits: list[Hit] = []
        reach: dict[str, int] = {}
        for at, low in enumerate(lows):
            row = self._table.get(low)
            if row is None or (low == "may" and _is_month(lows, at)):
                continue
            for phrase, groups in row.items():  # longest first
                end = at + len(phrase)
                if len(phrase) > 1 and tuple(lows[at:end]) != phrase:
                    continue
                for group, form in groups:
                    if reach.get(group, 0) < end:
                        reach[group] = end
                        hits.append(Hit(at, end, group, form))
        return hits + self._standing(lows)

    def _standing(self, lows: Sequence[str]) -> list[Hit]:
        """ "The Lyon company" stands for a body as "the company" does: up to two words may come between."""
        found = []
        for at, low in enumerate(lows):
            if low in {"the", "this"}:
                for end in (at + 3, at + 4):
                    if " ".join(("the", *lows[end - 1 : end])) in self._singular:
                        found.append(Hit(at, end, "singular", ""))
                        break
        return found

    def _add(self, group: str, form: str, forms: set[str]) -> None:
        for text in sorted(forms):
            for pieces in {tuple(_PIECE.findall(text)), tuple(text.split())}:
                self._table.setdefault(pieces[0], {}).setdefault(pieces, []).append((group, form))
                self._table[pieces[0]] = dict(sorted(self._table[pieces[0]].items(), key=lambda row: -len(row[0])))


def _is_month(lows: Sequence[str], at: int) -> bool:
    """Whether "may" is the month: "in May", "May 2024", "5 May"."""
    before, after = lows[at - 1] if at else "", lows[at + 1] if at + 1 < len(lows) else ""
    return before in _BEFORE_MONTH or before[:1].isdigit() or after[:1].isdigit()


def pieces(text: str) -> list[str]:
    """Lower-cased words and signs of a short text that was not parsed."""
    return [piece.lower() for piece in _PIECE.findall(text)]
