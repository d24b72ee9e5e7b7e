"""What an uncased word piece does not tell: case, layout, and what the whole document and the register say of a word.

Each word has a row of mark numbers, one of each group below; the network adds one trained vector for each to the
embedding of the word's pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.analyse.names.acronyms import definitions
from pipeline.analyse.names.words import Words

CASES = ("lower", "Capital", "CAPITALS", "miXed", "digit", "sign")
BREAKS = ("glued", "blank", "line", "paragraph")
"""What stands before the word."""
LEVELS = 5
"""How common a word is in the register's names: 0 (not) to 4."""
SEEN = ("no capital", "once", "twice", "often", "in lower case")
"""How often a word with a capital stands in the document, or that it also stands in lower case there."""
PARTS = ("", "long", "short")
"""Part of the long or the short form of a definition."""
GROUPS = (len(CASES), len(BREAKS), LEVELS, len(SEEN), len(PARTS))
MARKS = sum(GROUPS)
_FIRST = np.cumsum((0, *GROUPS[:-1]))
"""First number of each group."""

Rows = npt.NDArray[np.int64]


def marks(text: str, words: Words, register: Mapping[str, int]) -> Rows:
    """Return the mark numbers, words x groups, of the `words` of `text`; linear in the text."""
    forms = words.forms
    rows = np.zeros((len(forms), len(GROUPS)), np.int64)
    if not forms:
        return rows
    known = {form: case(form) for form in set(forms)}
    lower = [form.lower() for form in forms]
    rows[:, 0] = [known[form] for form in forms]
    rows[:, 1] = _breaks(text, words)
    rows[:, 2] = [register.get(form, 0) for form in lower]
    rows[:, 3] = _seen(forms, known)
    rows[:, 4] = _parts(text, words)
    rows += _FIRST
    return rows


def case(form: str) -> int:
    """Return the number of the case of a word."""
    first = form[0]
    if not first.isalnum():
        return 5
    if form.islower() or not form[0].isalpha():
        return 0 if form[0].isalpha() else 4 if not any(map(str.isupper, form)) else 3
    if form.isupper() and len(form) > 1:
        return 2
    return 1 if form[1:].islower() or len(form) == 1 else 3


def _breaks(text: str, words: Words) -> list[int]:
    found = [3]
    for end, start in zip(words.ends, words.starts[1:], strict=False):
        if end == start:
            found.append(0)
        else:
            lines = text.count("\n", end, start)
            found.append(1 + min(lines, 2))
    return found


def _seen(forms: Sequence[str], known: Mapping[str, int]) -> list[int]:
    counts = Counter(forms)
    common = {form for form in counts if known[form] == 0}
    state = {}
    for form, n in counts.items():
        if known[form] in (0, 4, 5):
            state[form] = 0
        elif form.lower() in common:
            state[form] = 4
        else:
            state[form] = min(n, 3)
    return [state[form] for form in forms]


def _parts(text: str, words: Words) -> list[int]:
    parts = [0] * len(words.forms)
    ranges = sorted(
        span for d in definitions(text) for span in ((d.long_start, d.long_end, 1), (d.short_start, d.short_end, 2))
    )
    starts = np.array(words.starts)
    for start, end, part in ranges:
        first, last = np.searchsorted(starts, (start, end))
        parts[first:last] = [part] * int(last - first)
    return parts
