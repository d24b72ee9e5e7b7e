"""A text as the set of its shingles: every three words in a row, as 64-bit numbers."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from pipeline.settled import settled

Shingles = NDArray[np.uint64]
"""Sorted, each once."""

WORDS = 3
"""Words of a shingle. Longer ones make a copy with scattered edits look like another text, shorter ones make texts of
one field look alike."""

_LETTERS = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Scripts without spaces between words (Thai, Lao, Japanese, Chinese) count by the letter.
_WORD = re.compile(rf"[^\W_{_LETTERS}]+|[{_LETTERS}]")
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
"""Odd, so that no bit of a word is lost; one for each place, so that the order of words counts."""


def shingles(text: str) -> Shingles:
    """The shingles of what a text says: without case, punctuation, layout, and what `settled` leaves out."""
    words = _WORD.findall(unicodedata.normalize("NFKC", settled(text)).casefold().translate(_UNSEEN))
    if len(words) < WORDS:
        return np.empty(0, np.uint64)
    known = {word: _number(word) for word in set(words)}
    numbers = np.fromiter((known[word] for word in words), np.uint64, len(words))
    count = len(words) - WORDS + 1
    mixed = np.zeros(count, np.uint64)
    for place, factor in enumerate(_FACTORS):
        mixed += numbers[place : place + count] * factor  # wraps around at 64 bits, as it should
    return np.unique(spread(mixed))


def spread(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of the result depends on every bit of the number (the finaliser of splitmix64, Steele et al. 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _number(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf8", "surrogatepass"), digest_size=8).digest(), "big")
