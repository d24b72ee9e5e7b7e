"""From the tree of a query to parts of the index. Pure: builds, does not search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from search.index import Parts, Reader
from search.merged import is_id
from search.nodes import And, Between, Exact, Near, Node, Not, Or, Phrase, Word
from search.query import Query
from search.spelling import alike

TITLE_BOOST = 3.0
"""A word in the title says more of a document than the same word in its text."""
RECENCY = ((365, 0.3), (3 * 365, 0.2), (8 * 365, 0.1))
"""Days back and the score that each span adds: a nudge beside the scores of words, which begin at about 1."""
MAX_FORMS = 12
"""Names of an organisation that NEAR looks for."""
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
    compiler = _Compiler(parts, reader)
    wanted = [compiler.node(node), *_filters(parts, query, ids)]
    found = list(compiler.words(node))
    marked = [part for word in found for part in compiler.highlight(word)]
    # An empty tree (every document) adds nothing to filters, and scores nothing.
    part = parts.all_of([part for part in wanted if part is not None])
    return Compiled(part, bool(found), parts.any_of(marked) if marked else None)


def with_recency(parts: Parts, part: Any, today: date) -> Any:
    """The part with a small bonus for documents of the last years, so that of two equal ones the newer stands first."""
    bonuses = [parts.recent(today - timedelta(days=days), bonus) for days, bonus in RECENCY]
    return parts.prefer(part, bonuses)


class _Compiler:
    """Turns the nodes of a tree into parts for one state of the index."""

    def __init__(self, parts: Parts, reader: Reader) -> None:
        self.parts, self.reader = parts, reader
        self.nothing = parts.any_of([])

    def node(self, node: Node) -> Any:
        """The part for a node; a node without any word or digit (an emoji, a lone sign) matches nothing."""
        parts = self.parts
        if isinstance(node, And):
            meant = [self.node(one) for one in node.parts if not self.blank(one)]
            return parts.all_of(meant or ([self.nothing] if node.parts else []))
        if isinstance(node, Or):
            return parts.any_of([self.node(one) for one in node.parts])
        if isinstance(node, Not):
            return parts.none_of(self.node(node.part))
        if isinstance(node, Exact):
            return parts.one_of(node.field, [node.value])
        if isinstance(node, Between):
            return parts.days(node.since, node.until)
        return self.near(node) if isinstance(node, Near) else self.text(node)

    def blank(self, node: Node) -> bool:
        """A word of signs alone, as the ``&`` in ``A & B``: not in the index, and not meant."""
        return isinstance(node, Word | Phrase) and not self.parts.terms(node.field or "text", node.text)

    def text(self, node: Word | Phrase) -> Any:
        """Words, phrases, beginnings and misspellings, in the field asked for or in title and text."""
        parts = self.parts
        if isinstance(node, Word) and (node.prefix or node.edits):
            return self.open_word(node)
        apart = node.apart if isinstance(node, Phrase) else 0
        if node.field in ("names", "partners"):
            return self.known(parts.phrase(node.field, node.text, apart))
        titles = [parts.phrase(field, node.text, apart) for field in self.reader.fields("title")]
        if node.field == "title":
            return self.either(titles)
        texts = [parts.phrase(field, node.text, apart) for field in self.reader.fields("text")]
        return self.either([*(one and parts.boost(one, TITLE_BOOST) for one in titles), *texts])

    def open_word(self, node: Word) -> Any:
        """Words with the beginning, or with a few other letters, of what is written; titles keep stems alone."""
        fields = self.reader.fields("title") if node.field == "title" else [node.field or "words"]
        if node.prefix:
            return self.either([self.parts.prefix(field, node.text) for field in fields])
        return self.either([self.parts.fuzzy(field, node.text, node.edits) for field in fields])

    def near(self, node: Near) -> Any:
        """A text near another or near any name of an organisation."""
        fields = [*self.reader.fields("title"), *self.reader.fields("text")]
        forms = list(dict.fromkeys((node.other, *node.forms)))[:MAX_FORMS]
        return self.either([self.parts.near(field, node.text, form, node.apart) for field in fields for form in forms])

    def known(self, part: Any | None) -> Any:
        return self.nothing if part is None else part

    def either(self, found: Sequence[Any | None]) -> Any:
        return self.parts.any_of([one for one in found if one is not None])

    def words(self, node: Node) -> Iterator[Word | Phrase | Near]:
        """Words and phrases that documents are found by, not those that are excluded."""
        if isinstance(node, Word | Phrase | Near):
            if not self.blank(node):
                yield node
        elif isinstance(node, And | Or):
            for one in node.parts:
                yield from self.words(one)

    def highlight(self, word: Word | Phrase | Near) -> Iterator[Any]:
        """The words of title and text to mark; none for fields of names."""
        if isinstance(word, Near):
            texts = [word.text, word.other, *word.forms]
        elif word.field not in (None, "title"):
            return
        elif isinstance(word, Word) and word.prefix:
            texts = self.reader.expand(word.text)
        elif isinstance(word, Word) and word.edits:
            texts = alike(self.reader, word.text, word.edits)
        else:
            texts = [word.text]
        for term in dict.fromkeys(term for text in texts for term in text.split()):
            for field in self.reader.fields("text"):
                part = self.parts.phrase(field, term)
                if part is not None:
                    yield part


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
