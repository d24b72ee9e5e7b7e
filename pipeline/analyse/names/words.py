"""A text as words with their places: the ground on which names are compared, whatever spaCy's tokens are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Words:
    """Words and single signs of a text, with start and end characters."""

    forms: list[str]
    starts: list[int]
    ends: list[int]


def split(text: str) -> Words:
    """Split `text` into words (letters, digits, underscore) and single signs."""
    forms, starts, ends = [], [], []
    for match in _WORD.finditer(text):
        forms.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
    return Words(forms, starts, ends)


def key(name: str) -> tuple[str, ...]:
    """Return the words of a name: equal for two spellings that differ in white space only."""
    return tuple(_WORD.findall(name))


def occurrences(text: str, words: Words, keys: Iterable[tuple[str, ...]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Find every place of every name, as whole words in the same case, white space aside: ``(start, end, key)``.

    The longest name wins where two overlap. Linear in the text: names are looked up by their first word.
    """
    by_first: dict[str, dict[int, set[tuple[str, ...]]]] = {}
    for name in keys:
        if name:
            by_first.setdefault(name[0], {}).setdefault(len(name), set()).add(name)
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for i, form in enumerate(words.forms):
        for length, names in by_first.get(form, {}).items():
            if i + length <= len(words.forms) and (name := tuple(words.forms[i : i + length])) in names:
                start, end = words.starts[i], words.ends[i + length - 1]
                if "\n\n" not in text[start:end]:
                    found.append((start, end, name))
    return _longest(found)


def _longest(found: list[tuple[int, int, tuple[str, ...]]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Keep the longest of places that overlap: the earlier among equals. One byte a character of the text."""
    taken = bytearray(max((end for _, end, _ in found), default=0))
    kept = []
    for start, end, name in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
        if not taken.count(1, start, end):
            taken[start:end] = b"\1" * (end - start)
            kept.append((start, end, name))
    return sorted(kept)
