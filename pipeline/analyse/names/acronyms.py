"""Short forms that a text defines: "Full Name (ACRONYM)", "ACRONYM (Full Name)".

The long form is found backwards from the bracket, letter by letter, after Schwartz and Hearst, "A simple algorithm for
identifying abbreviation definitions in biomedical text" (2003).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHORT_IN_BRACKETS = re.compile(
    r"\s?[(\[][\"“”'‘’]?((?:the\s)?[A-ZÀ-Þa-z0-9][\w&.+/’'-]{1,18}(?: [A-Z][\w&-]{1,14}){0,2})[\"“”'‘’]?(?=[)\],;])"
)
_LONG_IN_BRACKETS = re.compile(r"(?<![\w-])([A-Z][\w&+-]{1,14}) ?[(\[]((?:the )?[A-ZÀ-Þ][^()\[\]\n]{6,110})[)\]]")
_FOLLOWED = re.compile(
    r"(?<![\w-])([A-ZÀ-Þ][\w’'&-]{0,40}(?:[ \n](?:[A-ZÀ-Þ][\w’'&-]{0,40}|of|for|and|the|in|&)){1,9})"
    r", or ([A-Z][\w&-]{1,14})(?= for short)"
)
_LINKS = "of for and the in on at de la le les du des der die das und für & e et d l i"
_LINK = frozenset(_LINKS.split())
MOST_WORDS = 14
"""Most words of a long form."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A long form and the short form that the text gives it, as character spans."""

    long_start: int
    long_end: int
    short_start: int
    short_end: int


def definitions(text: str) -> list[Definition]:
    """Find the short forms that `text` defines for capitalised names."""
    found = []
    for match in _SHORT_IN_BRACKETS.finditer(text):
        short = match.group(1)
        if not any(map(str.isupper, short)):
            continue
        start = _long_start(text[max(0, match.start() - 160) : match.start()], short)
        if start is not None:
            begin = max(0, match.start() - 160) + start
            found.append(Definition(begin, match.start(), match.start(1), match.end(1)))
    for match in _LONG_IN_BRACKETS.finditer(text):
        start = _long_start(match.group(2), match.group(1))
        if start is not None and start <= 4:
            found.append(Definition(match.start(2) + start, match.end(2), match.start(1), match.end(1)))
    followed = _FOLLOWED.finditer(text)
    return found + [Definition(m.start(1), m.end(1), m.start(2), m.end(2)) for m in followed]


def initials(name: str) -> str:
    """Return the first letters of the capitalised words of a name, joined."""
    return "".join(word[0] for word in re.findall(r"[^\W_]+", name) if word[0].isupper())


def _long_start(before: str, short: str) -> int | None:
    """Return where in `before` the long form of `short` begins, or None; it must begin with a capital."""
    line = before[max(before.rfind("\n\n"), before.rfind(". "), before.rfind("; "), before.rfind(": "), -1) + 1 :]
    lead = len(before) - len(line)
    letters = [c.lower() for c in short if c.isalnum()]
    words = [(m.start(), m.group()) for m in re.finditer(r"[^\W_]+", line)][-MOST_WORDS:]
    if len(letters) < 2 or not words or line.rstrip().endswith(short):
        return None
    position = _align(words, letters)
    if position is None:
        return None
    start = words[position][0]
    return lead + start if line[start].isupper() else None


def _align(words: list[tuple[int, str]], letters: list[str]) -> int | None:
    """Match `letters` from the end against the words; return the index of the word that holds the first letter."""
    index, offset = len(words) - 1, len(words[-1][1]) - 1
    for n in range(len(letters) - 1, -1, -1):
        while index >= 0:
            while offset >= 0 and not (words[index][1][offset].lower() == letters[n] and (n > 0 or offset == 0)):
                offset -= 1
            if offset >= 0:
                break
            index -= 1
            offset = len(words[index][1]) - 1 if index >= 0 else -1
        if index < 0:
            return None
        if n == 0:
            return index if _plausible([w for _, w in words[index:]], len(letters)) else None
        offset -= 1
        if offset < 0:
            index -= 1
            offset = len(words[index][1]) - 1 if index >= 0 else -1
    return None


def _plausible(words: list[str], letters: int) -> bool:
    """A long form has more than one word, most of them capitalised, and not many more words than letters."""
    content = [word for word in words if word not in _LINK]
    capitals = sum(word[0].isupper() for word in content)
    return len(words) > 1 and len(content) <= letters + 2 and capitals * 2 > len(content)
