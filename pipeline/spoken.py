"""What reading and analysis both need to tell languages apart: a quick look for English, and one statistical model."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_ENGLISH = """
    the and of with that from this are which their has its been they these our you can
"""
_OTHER = """
    le la les des du une dans pour est sur avec qui aux der das und ist von mit für den dem auf eine nicht werden wird
    zum zur el los las del para una por il della di che sono nel het een van voor niet zijn uma não att och som för av
    på det er jest oraz je za ja się
"""
_ENGLISH_WORDS, _OTHER_WORDS = frozenset(_ENGLISH.split()), frozenset(_OTHER.split())
"""Frequent words of other languages that are rare in English. What is English as well (in, an, on) tells nothing."""
_LATIN = re.compile(r"[a-zà-öø-ÿ]+")
LEAST_WORDS = 12
"""Fewer words are too few to be sure by."""
ENGLISH_SHARE, OTHER_SHARE = 0.07, 0.03
"""Share of English words from which, and of other words up to which, a text is English without a closer look."""


def surely_english(text: str) -> bool:
    """Whether frequent words show beyond doubt that a text is English, all of it."""
    words = _LATIN.findall(text.lower())
    if len(words) < LEAST_WORDS:
        return False
    english = sum(word in _ENGLISH_WORDS for word in words)
    other = sum(word in _OTHER_WORDS for word in words)
    latin = sum(map(len, words))
    return (
        english >= ENGLISH_SHARE * len(words)
        and other <= OTHER_SHARE * len(words)
        and latin >= 0.95 * sum(map(str.isalpha, text))
    )


def identifier(languages: Sequence[str] = ()) -> LanguageIdentifier:
    """Return the statistical model for the `languages` that it knows of, or for all; it gives probabilities.

    Loading its tables takes half a second, so a process does it once, and only where a text leaves doubt.
    """
    whole = _model()
    if not languages:
        return whole
    some = copy.copy(whole)
    known = set(whole.labels)
    some.set_languages([code for code in languages if code in known])
    return some


@cache
def _model() -> LanguageIdentifier:
    from py3langid import langid  # noqa: PLC0415 - most runs never need it

    path = Path(langid.MODEL_DIR) / langid.MODEL_FILE
    return langid.LanguageIdentifier.from_modelpath(str(path), norm_probs=True)
