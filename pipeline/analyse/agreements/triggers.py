"""Which paragraphs may hold an agreement, by their words alone, so that all others need no parse."""

from __future__ import annotations

import re

from config.agreements import KINDS, Agreements
from pipeline.analyse.agreements.inflect import noun_forms, verb_forms

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


_EMPTY = frozenset(
    ("be", "is", "are", "was", "were", "been", "being", "has", "have", "had", "the", "for", "from", "with", "and")
)


class Triggers:
    """The telling word of every agreement word: the longest of a phrase, every form of a verb or noun."""

    def __init__(self, words: Agreements) -> None:
        forms: set[str] = {word.lower() for word in words.lists}
        for kind in KINDS:
            entry = words.kinds[kind]  # type: ignore[index]  # KINDS holds exactly the literals
            forms |= {form for verb in entry.verbs for form in verb_forms(verb)}
            forms |= {form for noun in entry.nouns for form in noun_forms(noun)}
            forms |= {phrase.lower() for phrase in entry.phrases}
        self._words = frozenset(map(_telling, forms))

    def __call__(self, text: str) -> bool:
        """Tell whether `text`, a paragraph or any other piece, holds one of the words; linear in its length."""
        return not self._words.isdisjoint(_WORD.findall(text.lower()))


def _telling(form: str) -> str:
    found: list[str] = _WORD.findall(form)
    return max([word for word in found if word not in _EMPTY] or found or [form], key=len)
