"""One state of the index, and every question that it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import tantivy

from search.index.parts import Part, Parts
from search.index.schema import STEMMERS, field_of, schema
from search.results import Match, Segments, segments

FACET_FIELDS = ("organisation", "partner", "theme", "kind", "agreement", "source", "country", "language", "year")
SNIPPET_CHARACTERS = 240
PREFIX_EXPANSIONS = 200


class Reader:
    """One state of the index: all its answers agree with each other, whatever is written meanwhile."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages with stems of their own in which there are documents."""
        found = self.facets(Parts.all_of(()), ["language"], 1000)["language"]
        return tuple(sorted(code for code, _ in found if code in STEMMERS))

    def fields(self, name: str) -> list[str]:
        """The fields that hold `title` or `text`, one for each way of stemming that is in use."""
        return [name, *(field_of(name, code) for code in self.languages)]

    @property
    def count(self) -> int:
        """Number of documents."""
        return int(self._searcher.num_docs)

    @property
    def watermark(self) -> int:
        """Highest revision in the index; 0 where it is empty."""
        found = self._searcher.search(tantivy.Query.all_query(), limit=1, count=False, order_by_field="revision").hits
        return int(found[0][0]) if found else 0

    def search(self, part: Part, limit: int, *, by_date: bool = False) -> tuple[int, list[Match]]:
        """Number of documents found, and the first `limit` of them: best first, or newest first."""
        order = {"order_by_field": "place"} if by_date else {}
        result = self._searcher.search(part, limit=max(1, limit), **order)
        addresses = [address for _, address in result.hits]
        ids = self._searcher.fast_field_values("id", addresses)
        stories = self._searcher.fast_field_values("story", addresses)
        scores = [0.0 if by_date else float(score) for score, _ in result.hits]
        return int(result.count), [Match(*row) for row in zip(ids, stories, scores, strict=True)][:limit]

    def added_after(self, part: Part, revision: int, limit: int) -> tuple[int, list[int]]:
        """Of what is found: how many documents came after the revision, and the ids of the last of them."""
        number = tantivy.FieldType.Unsigned
        later = tantivy.Query.range_query(schema(), "added", number, revision, None, include_lower=False)
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, part), (tantivy.Occur.Must, later)])
        result = self._searcher.search(both, limit=max(1, limit), order_by_field="added")
        ids = self._searcher.fast_field_values("id", [address for _, address in result.hits])
        return int(result.count), [int(number) for number in ids][:limit]

    def count_stories(self, part: Part) -> int:
        """Number of different stories found; an estimate (HyperLogLog) where there are many."""
        return int(self._searcher.cardinality(part, "story"))

    def facets(self, part: Part, fields: Sequence[str], size: int) -> dict[str, list[tuple[str, int]]]:
        """The `size` commonest values of each field in what was found, with the number of documents."""
        wanted = {name: {"terms": {"field": name, "size": size, "segment_size": 10_000}} for name in fields}
        found = self._searcher.aggregate(part, wanted)
        buckets = {name: found[name]["buckets"] for name in fields}
        return {name: [(str(one["key"]), int(one["doc_count"])) for one in buckets[name]] for name in fields}

    def ids(self, part: Part, batch: int = 1000) -> Iterator[list[int]]:
        """Ids of every document found, rising, `batch` at a time."""
        last = 0
        while True:
            beyond = tantivy.Query.range_query(
                schema(), "id", tantivy.FieldType.Unsigned, last, None, include_lower=False
            )
            both = tantivy.Query.boolean_query([(tantivy.Occur.Must, part), (tantivy.Occur.Must, beyond)])
            result = self._searcher.search(both, limit=batch, count=False, order_by_field="id", order=tantivy.Order.Asc)
            found = [int(value) for value, _ in result.hits]
            if not found:
                return
            yield found
            last = found[-1]

    def every_id(self) -> Iterator[list[int]]:
        """Ids of all documents, rising."""
        return self.ids(Parts.all_of(()))

    def newest(self, limit: int) -> dict[int, tuple[int, int]]:
        """Revision and mark of the documents with the highest revisions, by id."""
        hits = self._searcher.search(tantivy.Query.all_query(), limit=limit, order_by_field="revision").hits
        addresses = [address for _, address in hits]
        ids, marks = (self._searcher.fast_field_values(name, addresses) for name in ("id", "mark"))
        return {int(ids[n]): (int(hits[n][0]), int(marks[n])) for n in range(len(hits))}

    def known(self, ids: Sequence[int]) -> int:
        """How many of the ids are in the index."""
        part = tantivy.Query.term_set_query(schema(), "id", list(ids))
        return int(self._searcher.search(part, limit=1).count)

    def expand(self, beginning: str) -> list[str]:
        """The commonest words of the index that begin with the text."""
        terms = Parts.terms("words", beginning)
        if not terms:
            return []
        return [word for word, _ in self._searcher.terms_with_prefix("words", terms[-1], limit=PREFIX_EXPANSIONS)]

    def near_words(self, beginning: str, limit: int) -> list[tuple[str, int]]:
        """The `limit` commonest words that begin so, each with the number of documents."""
        found = self._searcher.terms_with_prefix("words", beginning, limit=limit)
        return [(str(word), int(count)) for word, count in found]

    def frequency(self, field: str, term: str) -> int:
        """Number of documents that hold the term in the field."""
        return int(self._searcher.doc_freq(field, term))

    def snippets(self, part: Part, texts: Sequence[str], languages: Sequence[str | None]) -> list[Segments]:
        """Of each text the passage with most of the searched words, as segments that matched or did not."""
        generators: dict[str, Any] = {}
        found = []
        for text, language in zip(texts, languages, strict=True):
            name = field_of("text", language)
            if name not in generators:
                generators[name] = tantivy.SnippetGenerator.create(self._searcher, part, schema(), name)
                generators[name].set_max_num_chars(SNIPPET_CHARACTERS)
            document = tantivy.Document()
            document.add_text(name, text)
            snippet = generators[name].snippet_from_doc(document)
            found.append(segments(snippet.fragment(), [(one.start, one.end) for one in snippet.highlighted()]))
        return found
