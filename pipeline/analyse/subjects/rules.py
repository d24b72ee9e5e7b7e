"""Themes and kind from vocabulary alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.records import ThemeScore

TITLE_WEIGHT = 3.0
"""A word of the title says more than one of the body."""
MOST_THEMES = 4


def weigh(title: Mapping[str, Counter[str]], body: Mapping[str, Counter[str]], words: int) -> dict[str, float]:
    """Return a weight (0 upwards) for each label: distinct words count in full, repetitions by their logarithm."""
    scale = math.sqrt(max(words, 50) / 200)
    weights = {}
    for label in {*title, *body}:
        inside = sum(1 + math.log(n) / 2 for n in body.get(label, Counter()).values())
        weights[label] = (TITLE_WEIGHT * len(title.get(label, ())) + inside) / scale
    return weights


def rank_themes(
    weights: Mapping[str, float], found: Mapping[str, Counter[str]], order: Sequence[str]
) -> tuple[ThemeScore, ...]:
    """Return the one to four strongest themes, those at least half as strong as the first, or none without a word."""
    ranked = sorted((w, -order.index(label), label) for label, w in weights.items() if w > 0)[::-1][:MOST_THEMES]
    if not ranked:
        return ()
    strongest = ranked[0][0]
    return tuple(
        ThemeScore(
            label, round(1 - math.exp(-weight / 3), 3), tuple(w for w, _ in found.get(label, Counter()).most_common(8))
        )
        for weight, _, label in ranked
        if weight >= strongest * 0.55
    )


def best_kind(weights: Mapping[str, float], order: Sequence[str]) -> tuple[str, float]:
    """Return the strongest kind and its share of all weight; the last kind declared where no word is found."""
    total = sum(weights.values())
    if not total:
        return order[-1], 0.0
    kind = max(order, key=lambda k: weights.get(k, 0.0))
    return kind, round(weights[kind] / total, 3)
