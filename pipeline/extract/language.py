"""The language of a document: what the text is in, helped by what the page declares."""

from __future__ import annotations

import re

from pipeline.spoken import identifier, surely_english

_SAMPLE = 1500
_ENOUGH = 120
"""Characters from which on the text itself is believed before the page's declaration."""
_CODE = re.compile(r"^([a-z]{2,3})(?:[-_].*)?$")


def declared_language(value: str | None) -> str | None:
    """``en-GB`` or ``en_gb`` to ``en``; None for anything that is no language tag."""
    match = _CODE.match((value or "").strip().lower())
    return match[1] if match else None


def find_language(text: str, declared: str | None) -> str | None:
    """ISO 639-1 code of the text, or None where there is too little of it and nothing was declared."""
    stated = declared_language(declared)
    if len(text) < _ENOUGH:
        return stated or (_identify(text) if len(text) > 40 else None)
    found = _identify(text[:_SAMPLE])
    # Close relatives are told apart better by the publisher than by letter statistics.
    if stated and found and frozenset((stated, found)) in _RELATIVES:
        return stated
    return found or stated


_RELATIVES = frozenset(
    frozenset(pair.split("-"))
    for pair in [
        "no-nb",
        "no-nn",
        "nb-nn",
        "no-da",
        "nb-da",
        "nn-da",
        "hr-sr",
        "hr-bs",
        "sr-bs",
        "id-ms",
        "cs-sk",
        "gl-pt",
        "gl-es",
        "ca-es",
        "af-nl",
    ]
)


def _identify(text: str) -> str | None:
    if surely_english(text):
        return "en"
    code, _probability = identifier().classify(text)
    return str(code) if code and len(code) == 2 else None  # rare languages have longer codes, and are rarely meant
