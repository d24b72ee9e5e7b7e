"""MinHash signatures: 256 bytes by which texts that may be near-duplicates are found without reading them.

A signature holds, for each of 128 random orders of all shingles, 16 bits of the shingle that comes first. Two texts
agree in a place with a probability of their Jaccard similarity (Broder 1997). The first 64 places make 16 bands of
four: texts that agree in a whole band are candidates. At Jaccard 0.8 that misses 2 pairs in 10,000, at 0.65 4 in 100.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.near.shingles import Shingles, shingles, spread

PLACES = 128
BANDS = 16
ROWS = 4
"""Places of a band; ``BANDS * ROWS <= PLACES``."""
LEAST_SHINGLES = 30
"""Shorter texts are copies only where they are equal: a notice of two lines differs in little from the next one."""
SIGNATURE_BYTES = 2 * PLACES
UNSIGNED = b""
"""What a text has for a signature that is too short for one."""

_CHUNK = 4096
"""Shingles handled at once: the memory of a book is that of a page."""


def _constants(count: int, seed: int) -> NDArray[np.uint64]:
    # splitmix64's own sequence: the same on every machine and with every numpy, since signatures are stored
    return spread(np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))


_FACTORS = (_constants(PLACES, 1) | np.uint64(1))[:, None]
_TERMS = _constants(PLACES, 2)[:, None]
_BAND_SEEDS = _constants(BANDS, 3)


@dataclass(frozen=True, slots=True)
class Signed:
    """A text as its shingles and its signature."""

    shingles: Shingles
    signature: bytes
    """`SIGNATURE_BYTES`, or `UNSIGNED`."""


def sign(text: str) -> Signed:
    """Shingles and signature of a text; depends on nothing else, on any machine."""
    found = shingles(text)
    return Signed(found, signature(found))


def signature(found: Shingles) -> bytes:
    """The signature of a set of shingles."""
    if len(found) < LEAST_SHINGLES:
        return UNSIGNED
    least = np.full(PLACES, np.iinfo(np.uint64).max, np.uint64)
    for at in range(0, len(found), _CHUNK):
        np.minimum(least, (found[at : at + _CHUNK] * _FACTORS + _TERMS).min(axis=1), out=least)
    # The high bits of a minimum are nearly all zero; the low ones are as good as random.
    return spread(least).astype("<u2").tobytes()


def keys(signatures: list[bytes]) -> NDArray[np.int64]:
    """The band keys of signatures, one row each: texts that share a key are candidates."""
    if not signatures:
        return np.empty((0, BANDS), np.int64)
    rows = unpack(signatures)[:, : BANDS * ROWS].astype(np.uint64).reshape(len(signatures), BANDS, ROWS)
    shifts = np.arange(ROWS, dtype=np.uint64) * np.uint64(16)
    return spread((rows << shifts).sum(axis=2, dtype=np.uint64) ^ _BAND_SEEDS).view(np.int64)


def unpack(signatures: list[bytes]) -> NDArray[np.uint16]:
    """Signatures as a matrix of `PLACES` columns."""
    return np.frombuffer(b"".join(signatures), "<u2").reshape(len(signatures), PLACES)
