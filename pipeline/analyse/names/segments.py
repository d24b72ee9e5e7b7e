"""The parts of a document in which a name can stand: runs of capitalised words with what may link them."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from pipeline.analyse.names.patterns import LINKS

MOST_LINKS = 3
"""Most linking words in a row inside a run."""
MOST_TOKENS = 200
"""A run is cut here, so that a text all in capitals costs no more than another."""


def segments(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` token ranges, in order, that begin and end with a word that may belong to a name."""
    start = last = -1
    for token in doc:
        if may_name(token):
            if start >= 0 and (token.i - start >= MOST_TOKENS):
                yield start, last + 1
                start = -1
            if start < 0:
                start = token.i
            last = token.i
        elif start >= 0 and (token.i - last > MOST_LINKS or token.lower_ not in LINKS):
            yield start, last + 1
            start = -1
    if start >= 0:
        yield start, last + 1


def may_name(token: Token) -> bool:
    """A word that may be part of a name: with a capital, with a point inside (``annalise.ai``), or spaCy's ORG."""
    text = token.text
    if text.islower():
        return "." in text[1:-1] or token.ent_type_ == "ORG"
    return any(map(str.isupper, text)) or (text[0].isdigit() and token.ent_iob_ == "I")
