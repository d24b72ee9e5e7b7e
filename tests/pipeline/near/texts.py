"""Texts of made-up words, and edits of known strength."""

from __future__ import annotations

import random
from collections.abc import Sequence

_SYLLABLES = ("ba", "co", "di", "fe", "gu", "ha", "li", "mo", "ne", "po", "ra", "si", "tu", "va", "we", "za")


def words(count: int, seed: int) -> list[str]:
    """So many words, different for each seed; hardly three in a row come twice."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(count)]


def text(count: int = 120, seed: int = 1) -> str:
    """Sentences of ten words, one a line."""
    return laid_out(words(count, seed))


def laid_out(some: Sequence[str]) -> str:
    return "\n".join(" ".join(some[at : at + 10]).capitalize() + "." for at in range(0, len(some), 10))


def edited(some: Sequence[str], replaced: int, seed: int) -> list[str]:
    """The words with so many of them replaced, at places spread over the text."""
    chance = random.Random(seed)
    changed, new = list(some), words(replaced, seed + 1_000_000)
    for at, word in zip(chance.sample(range(len(some)), replaced), new, strict=True):
        changed[at] = word
    return changed
