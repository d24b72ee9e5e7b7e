"""What the vocabulary alone says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

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
