"""From the tree of a query to parts of the index. Pure: builds, does not search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from search.index import Parts, Reader
from search.merged import is_id
from search.query import And, Between, Exact, Node, Not, Or, Phrase, Query, Word

TITLE_BOOST = 3.0
"""A word in the title says more of a document than the same word in its text."""
TEXT_FILTERS = {"organisations": ("organisation", "names"), "with_": ("partner", "partners")}
"""Filters that take ids or names: the fields of the index for each."""
EXACT_FILTERS = {
    "themes": "theme",
    "kinds": "kind",
    "agreements": "agreement",
    "sources": "source",
    "countries": "country",
    "languages": "language",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query as the index takes it."""

    part: Any
    scored: bool
    """Whether it holds words that documents match better or worse."""
    highlight: Any | None
    """The words to mark in passages; none where no text is searched."""


def compile_query(parts: Parts, reader: Reader, node: Node, query: Query, ids: dict[str, list[int]]) -> Compiled:
    """Join the parsed text and the filters; `ids` are the organisations that the filters with ids stand for."""
    wanted = [_node(parts, node), *_filters(parts, query, ids)]
    words = [word for word in _words(node, parts) if word.field in (None, "title")]
    marked = [part for word in words for part in _highlight(parts, reader, word)]
    # An empty tree (every document) adds nothing to filters, and scores nothing.
    part = parts.all_of([part for part in wanted if part is not None])
    return Compiled(part, any(True for _ in _words(node, parts)), parts.any_of(marked) if marked else None)


def _node(parts: Parts, node: Node) -> Any:
    """The part for a node; a node without any word or digit (an emoji, a lone sign) matches nothing."""
    if isinstance(node, And):
        return parts.all_of(
            [_node(parts, one) for one in node.parts if not _blank(parts, one)] or _nothing(node, parts)
        )
    if isinstance(node, Or):
        return parts.any_of([_node(parts, one) for one in node.parts])
    if isinstance(node, Not):
        return parts.none_of(_node(parts, node.part))
    if isinstance(node, Exact):
        return parts.one_of(node.field, [node.value])
    if isinstance(node, Between):
        return parts.days(node.since, node.until)
    return _text(parts, node)


def _blank(parts: Parts, node: Node) -> bool:
    """A word of signs alone, as the ``&`` in ``A & B``: not in the index, and not meant."""
    return isinstance(node, Word | Phrase) and not parts.terms(node.field or "text", node.text)


def _nothing(node: And, parts: Parts) -> Sequence[Any]:
    return [parts.any_of([])] if node.parts else []


def _text(parts: Parts, node: Word | Phrase) -> Any:
    if isinstance(node, Word) and node.prefix:
        return _prefix(parts, node)
    if node.field is not None:
        found = parts.phrase(node.field, node.text)
        return parts.any_of([]) if found is None else found
    title, text = parts.phrase("title", node.text), parts.phrase("text", node.text)
    if title is None or text is None:
        return parts.any_of([])
    return parts.any_of([parts.boost(title, TITLE_BOOST), text])


def _prefix(parts: Parts, node: Word) -> Any:
    # The title has no field of whole words of its own: there, a beginning is looked up among the stems.
    found = parts.prefix(node.field or "words", node.text)
    return parts.any_of([]) if found is None else found


def _filters(parts: Parts, query: Query, ids: dict[str, list[int]]) -> Iterator[Any]:
    for name, field in EXACT_FILTERS.items():
        if values := getattr(query, name):
            yield parts.one_of(field, values)
    for name, (id_field, text_field) in TEXT_FILTERS.items():
        if values := getattr(query, name):
            names = [value for value in values if not is_id(value)]
            options = [part for part in (parts.phrase(text_field, value) for value in names) if part is not None]
            if ids[name]:
                options.append(parts.one_of(id_field, ids[name]))
            # Names narrow the results, they do not order them.
            yield parts.boost(parts.any_of(options), 0.0)
    if query.since or query.until:
        yield parts.days(query.since, query.until)


def _words(node: Node, parts: Parts) -> Iterator[Word | Phrase]:
    """Words and phrases that documents are found by, not those that are excluded."""
    if isinstance(node, Word | Phrase):
        if not _blank(parts, node):
            yield node
    elif isinstance(node, And | Or):
        for one in node.parts:
            yield from _words(one, parts)


def _highlight(parts: Parts, reader: Reader, word: Word | Phrase) -> Iterator[Any]:
    texts = reader.expand(word.text) if isinstance(word, Word) and word.prefix else [word.text]
    for text in texts:
        for term in text.split():
            part = parts.phrase("text", term)
            if part is not None:
                yield part
