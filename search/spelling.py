"""Words of the index that are spelt like another: for misspelt queries, and for marking what a fuzzy word found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from search.index import Parts, Reader
from search.nodes import And, Node, Or, Word
from search.query import TEXT_FIELDS

CANDIDATES = 20_000
"""Words of the index with the same first letter that are compared; the commonest first."""
SHORTEST = 4
"""Letters of a word for which another spelling is proposed."""
NAMES = re.compile(r'(?<!\w)(org|with):(?:"([^"]*)"|([^\s()":]+))')
"""A name asked for in a query: its field, and itself with or without quotation marks."""
TRIED = 200
"""Near words that are looked for among the names."""


def alike(reader: Reader, text: str, edits: int) -> list[str]:
    """Words of the index in which at most `edits` letters differ; nearest first, then the commonest."""
    found = []
    for term in Parts.terms("words", text):
        for word, count in reader.near_words(term[:1], CANDIDATES):
            distance = OSA.distance(term, word, score_cutoff=edits)
            if distance <= edits:
                found.append((distance, -count, word))
    return [word for _, _, word in sorted(found)]


def did_you_mean(reader: Reader, node: Node, text: str) -> str | None:
    """The query with words that no document holds replaced by their nearest; None where there is nothing to propose.

    Words of names (``org:``, ``with:``) are replaced by those of names of organisations, or parties, that there are.
    """
    better = text
    for word in sorted(_plain(node), key=lambda one: -one.at):
        if len(word.text) < SHORTEST or not _unknown(reader, word.text):
            continue
        near = alike(reader, word.text, 1 if len(word.text) < 8 else 2)
        if near and better[word.at : word.at + len(word.text)] == word.text:
            better = better[: word.at] + near[0] + better[word.at + len(word.text) :]
    better = NAMES.sub(lambda found: _name_meant(reader, found), better)
    return better if better != text else None


def _name_meant(reader: Reader, found: re.Match[str]) -> str:
    """What was asked for, with each word that no such name has replaced by the nearest that one has."""
    field = TEXT_FIELDS[found[1]]
    written = found[2] if found[2] is not None else found[3]
    words = [_word_meant(reader, field, word) for word in written.split()]
    if words == written.split():
        return found[0]
    name = " ".join(words)
    return f'{found[1]}:"{name}"' if found[2] is not None or " " in name else f"{found[1]}:{name}"


def _word_meant(reader: Reader, field: str, word: str) -> str:
    terms = Parts.terms(field, word)
    if len(terms) != 1 or len(word) < SHORTEST or reader.frequency(field, terms[0]):
        return word
    near = alike(reader, word, 1 if len(word) < 8 else 2)[:TRIED]
    return next((one for one in near if reader.frequency(field, one)), word)


def _unknown(reader: Reader, text: str) -> bool:
    terms = Parts.terms("words", text)
    return (
        len(terms) == 1
        and not reader.frequency("words", terms[0])
        and not any(
            reader.frequency(field, stem) for field in reader.fields("text") for stem in Parts.terms(field, text)
        )
    )


def _plain(node: Node) -> Iterator[Word]:
    """Words that documents are found by, written out, in title and text."""
    if isinstance(node, Word) and not node.prefix and not node.edits and node.field in (None, "title"):
        yield node
    elif isinstance(node, And | Or):
        for one in node.parts:
            yield from _plain(one)
