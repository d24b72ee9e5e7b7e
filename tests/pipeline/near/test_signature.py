"""Signatures: stable, unbiased, and their bands find what they should."""

from __future__ import annotations

import hashlib
import random

import numpy as np

from pipeline.near.shingles import Shingles
from pipeline.near.signature import BANDS, LEAST_SHINGLES, ROWS, SIGNATURE_BYTES, keys, sign, signature, unpack
from tests.pipeline.near.texts import text


def sets(jaccard: float, size: int, seed: int) -> tuple[Shingles, Shingles]:
    """Two random sets of this similarity."""
    chance = random.Random(seed)
    drawn = np.array([chance.getrandbits(64) for _ in range(size)], np.uint64)
    alone = round(size * (1 - jaccard) / 2)
    return np.sort(drawn[alone:]), np.sort(drawn[: size - alone])


def test_a_signature_is_the_same_on_every_machine_since_it_is_stored() -> None:
    found = sign(text()).signature
    assert len(found) == SIGNATURE_BYTES
    assert hashlib.sha256(found).hexdigest()[:16] == "2d573d9e20b568d5"
    assert keys([found])[0, 0] == -7294926128281743432


def test_short_texts_have_no_signature() -> None:
    assert sign(text(LEAST_SHINGLES + 1)).signature == b""
    assert sign(text(LEAST_SHINGLES + 2)).signature != b""


def test_long_texts_are_signed_in_parts_with_the_same_outcome() -> None:
    whole, _ = sets(1, 10_000, 1)
    parts = unpack([signature(whole[:6000]), signature(whole[6000:])])
    agree = (parts == unpack([signature(whole)])).any(axis=0)
    assert agree.all()


def test_the_share_of_equal_places_estimates_the_similarity() -> None:
    for jaccard in (0.3, 0.6, 0.8, 0.95):
        pairs = [sets(jaccard, 400, seed) for seed in range(60)]
        estimates = []
        for one, other in pairs:
            own, theirs = unpack([signature(one), signature(other)])
            estimates.append((own == theirs).mean())
        expected = np.mean([len(np.intersect1d(a, b)) / len(np.union1d(a, b)) for a, b in pairs])
        assert abs(np.mean(estimates) - expected) < 0.02


def test_bands_find_nearly_every_pair_of_similarity_eight_tenths_and_few_of_two_tenths() -> None:
    def found(jaccard: float) -> float:
        pairs = [sets(jaccard, 300, seed) for seed in range(200)]
        one, other = (keys([signature(pair[side]) for pair in pairs]) for side in (0, 1))
        return float((one == other).any(axis=1).mean())

    assert found(0.8) >= 0.99
    assert found(0.2) <= 0.1


def test_equal_places_in_another_band_are_another_key() -> None:
    repeated = np.tile(np.arange(ROWS, dtype="<u2"), SIGNATURE_BYTES // 2 // ROWS).tobytes()
    assert len(set(keys([repeated])[0].tolist())) == BANDS
