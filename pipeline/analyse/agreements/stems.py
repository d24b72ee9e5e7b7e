"""Crude stems, so that weights learnt for one form of a word hold for the others."""

from __future__ import annotations

from functools import lru_cache

_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s")


@lru_cache(maxsize=20_000)
def stem(low: str) -> str:
    """A crude stem: enough to join "signs", "signed" and "signing" without a lemmatiser."""
    if low.isdigit():
        return "0"
    for suffix in _SUFFIXES:
        if low.endswith(suffix) and len(low) - len(suffix) > 2:
            return low[: -len(suffix)]
    return low[:-1] if low.endswith("e") and len(low) > 3 else low
