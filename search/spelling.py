"""Words of the index that are spelt like another: for misspelt queries, and for marking what a fuzzy word found."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import OSA

from search.index import Parts, Reader
from search.nodes import And, Node, Or, Word

CANDIDATES = 20_000
"""Words of the index with the same first letter that are compared; the commonest first."""
SHORTEST = 4
"""Letters of a word for which another spelling is proposed."""


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
    """The query with words that no document holds replaced by their nearest; None where there is nothing to propose."""
    better = text
    for word in sorted(_plain(node), key=lambda one: -one.at):
        if len(word.text) < SHORTEST or not _unknown(reader, word.text):
            continue
        near = alike(reader, word.text, 1 if len(word.text) < 8 else 2)
        if near and better[word.at : word.at + len(word.text)] == word.text:
            better = better[: word.at] + near[0] + better[word.at + len(word.text) :]
    return better if better != text else None


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
