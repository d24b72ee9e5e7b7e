"""Sums of money in a sentence."""

from __future__ import annotations

import re

_CODES = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR", "$": "USD", "us$": "USD", "usd": "USD",
    "dollar": "USD", "dollars": "USD", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "chf": "CHF",
    "francs": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "c$": "CAD", "cad": "CAD", "a$": "AUD",
    "aud": "AUD", "nz$": "NZD", "s$": "SGD", "₹": "INR", "inr": "INR", "¥": "JPY", "yen": "JPY", "jpy": "JPY",
    "cny": "CNY", "pln": "PLN", "hk$": "HKD",
}  # fmt: skip
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9, "b": 1e9, "billion": 1e9,
    "crore": 1e7, "lakh": 1e5,
}  # fmt: skip
_CODE = "|".join(re.escape(code) for code in sorted(_CODES, key=lambda code: -len(code)))
_NUMBER = r"(?P<number>\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
_SCALE = r"(?:[ -]?(?P<scale>" + "|".join(sorted(_SCALES, key=lambda s: -len(s))) + r")\.?(?![a-z]))?"
_SUM = (
    re.compile(rf"(?<![\w])(?P<code>{_CODE})\s?{_NUMBER}{_SCALE}", re.I),
    re.compile(rf"(?<![\w.,]){_NUMBER}{_SCALE}\s?(?P<code>{_CODE})(?![a-z])", re.I),
)


def find_sum(sentence: str) -> tuple[float, str] | None:
    """The first sum of money in a sentence as (amount, ISO 4217 code), or None."""
    matches = [match for pattern in _SUM for match in pattern.finditer(sentence)]
    if not matches:
        return None
    match = min(matches, key=lambda m: m.start())
    digits = match["number"].replace(" ", "")
    grouped = re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits)
    value = float(digits.replace(",", "") if grouped else digits.replace(",", "."))
    scale = _SCALES[match["scale"].lower()] if match["scale"] else 1.0
    return round(value * scale, 2), _CODES[match["code"].lower()]
