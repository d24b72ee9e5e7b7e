"""Words to word pieces, after Schuster and Nakajima (2012) as BERT's uncased vocabularies use them.

Each word is cut by itself and remembered, so a text costs one look-up a word, and offsets are those of the words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

PAD, UNKNOWN, START, END, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
LONGEST_WORD = 40
"""Longer words are one unknown piece: the search for pieces is quadratic in the length of a word."""
MOST_PIECES = 8
"""A word is told by its first pieces."""
MOST_REMEMBERED = 100_000


class WordPieces:
    """Cuts words into the numbers of their pieces."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._number = {piece: n for n, piece in enumerate(vocabulary)}
        self.start, self.end, self.mask = (self._number[piece] for piece in (START, END, MASK))
        self._unknown = (self._number[UNKNOWN],)
        self._known: dict[str, tuple[int, ...]] = {}

    def __call__(self, word: str) -> tuple[int, ...]:
        """Return the numbers of the pieces of `word`, at least one."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[word] = self._cut(plain(word))
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        pieces: list[int] = []
        start = 0
        if not word or len(word) > LONGEST_WORD:
            return self._unknown
        while start < len(word):
            end = len(word)
            while end > start:
                number = self._number.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
                end -= 1
            else:
                return self._unknown
            pieces.append(number if number is not None else self._unknown[0])
            start = end
        return tuple(pieces[:MOST_PIECES])


def plain(word: str) -> str:
    """Return `word` in lower case without accents, as an uncased vocabulary spells it."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
