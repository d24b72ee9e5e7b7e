"""The full-text index: the only module that knows tantivy.

The index is derived from the database and follows it by `Document.revision`. Documents go in by rising revision and a
commit never parts documents of one revision, so the highest revision in the index *is* the watermark: it is
stored with the commit itself and cannot disagree with it, wherever a process dies.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import tantivy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from search import folder
from search.follow import IndexState, RefreshResult, diagnose, follow
from search.results import Match, Segments, segments
from search.source import Entry, snapshot

SCHEMA_VERSION = 1
"""Raise with each change of `_schema`, `_document` or an analyser: older indexes are then rebuilt."""
HEAP_BYTES = 128_000_000
"""Memory of the writer; it writes a segment to disk when this is full."""
FACET_FIELDS = ("organisation", "theme", "kind", "agreement", "source", "country", "language", "year")
SNIPPET_CHARACTERS = 240
PREFIX_EXPANSIONS = 200


class IndexDamagedError(RuntimeError):
    """The files of the index are missing or cannot be read."""


@cache
def _analyser(stem: bool) -> Any:
    """Words in lower case without accents; with English stems where asked. Immutable."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for one in (tantivy.Filter.remove_long(100), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(one)
    return (builder.filter(tantivy.Filter.stemmer("english")) if stem else builder).build()


STEMMED = ("title", "text")


@cache
def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "revision", "story", "mark", "year", "organisation", "partner"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in ("day", "place"):
        builder.add_integer_field(name, indexed=name == "day", fast=True)
    for name in STEMMED:
        builder.add_text_field(name, tokenizer_name="stemmed")
    for name in ("names", "partners"):
        builder.add_text_field(name, tokenizer_name="folded")
    # Beginnings of words cannot be looked up among stems ("university" is kept as "univers").
    builder.add_text_field("words", tokenizer_name="folded", index_option="basic")
    for name in ("theme", "kind", "agreement", "source", "country", "language"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(entry: Entry) -> Any:
    """An entry as tantivy takes it. Unsigned fields need add_unsigned: a plain integer kills the writer."""
    document = tantivy.Document()
    for name, numbers in entry.numbers().items():
        for number in numbers:
            document.add_unsigned(name, number)
    for name, signed in entry.days().items():
        document.add_integer(name, signed)
    for name, texts in entry.texts().items():
        for text in texts:
            document.add_text(name, text)
    return document


Part = Any
"""A part of a search as tantivy holds it; opaque to callers."""


class Parts:
    """Builds the parts of a search. User text only ever becomes terms, never tantivy's query language."""

    @staticmethod
    def terms(field: str, text: str) -> list[str]:
        """The terms that the text becomes in the field; none where it has no letter or digit."""
        found: list[str] = _analyser(field in STEMMED).analyze(text)
        return found

    def phrase(self, field: str, text: str) -> Part | None:
        """Words that follow each other in the field; None where the text has no word."""
        terms = self.terms(field, text)
        if not terms:
            return None
        if len(terms) == 1:
            return tantivy.Query.term_query(_schema(), field, terms[0], index_option="freq")
        return tantivy.Query.phrase_query(_schema(), field, list(terms))

    def prefix(self, field: str, text: str) -> Part | None:
        """Words that begin with the text; its own last word where it has several."""
        terms = self.terms(field, text)
        if not terms:
            return None
        *before, last = terms
        # Terms are letters and digits of any script, so none of them means anything in a regular expression.
        part = tantivy.Query.regex_query(_schema(), field, f"{last}.*")
        whole = [tantivy.Query.term_query(_schema(), field, term, index_option="basic") for term in before]
        return self.all_of([*whole, part]) if whole else part

    @staticmethod
    def one_of(field: str, values: Sequence[str | int]) -> Part:
        """Documents with any of the exact values."""
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(_schema(), field, list(values)), 0.0)

    @staticmethod
    def days(since: date | None, until: date | None) -> Part:
        """Published between the days, both included; undated documents never are."""
        low, high = since.toordinal() if since else 0, until.toordinal() if until else date.max.toordinal()
        number = tantivy.FieldType.Integer
        return tantivy.Query.const_score_query(tantivy.Query.range_query(_schema(), "day", number, low, high), 0.0)

    @staticmethod
    def boost(part: Part, by: float) -> Part:
        """The part with its score multiplied."""
        return tantivy.Query.boost_query(part, by)

    @staticmethod
    def all_of(parts: Sequence[Part]) -> Part:
        """What all parts match; every document where there are none."""
        if not parts:
            return tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
        if len(parts) == 1:
            return parts[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])

    @staticmethod
    def any_of(parts: Sequence[Part]) -> Part:
        """What any part matches; nothing where there are none."""
        if len(parts) == 1:
            return parts[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])

    @staticmethod
    def none_of(part: Part) -> Part:
        """Every document that the part does not match."""
        everything = tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, everything), (tantivy.Occur.MustNot, part)])


class Reader:
    """One state of the index: all its answers agree with each other, whatever is written meanwhile."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher

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
                _schema(), "id", tantivy.FieldType.Unsigned, last, None, include_lower=False
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
        part = tantivy.Query.term_set_query(_schema(), "id", list(ids))
        return int(self._searcher.search(part, limit=1).count)

    def expand(self, beginning: str) -> list[str]:
        """The commonest words of the index that begin with the text."""
        terms = Parts.terms("words", beginning)
        if not terms:
            return []
        return [word for word, _ in self._searcher.terms_with_prefix("words", terms[-1], limit=PREFIX_EXPANSIONS)]

    def snippets(self, part: Part, texts: Sequence[str]) -> list[Segments]:
        """Of each text the passage with most of the searched words, as segments that matched or did not."""
        generator = tantivy.SnippetGenerator.create(self._searcher, part, _schema(), "text")
        generator.set_max_num_chars(SNIPPET_CHARACTERS)
        found = []
        for text in texts:
            document = tantivy.Document()
            document.add_text("text", text)
            snippet = generator.snippet_from_doc(document)
            found.append(segments(snippet.fragment(), [(one.start, one.end) for one in snippet.highlighted()]))
        return found


class Index:
    """The index of one folder; safe to share between threads. Follows what other processes write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[Any, ...] | None = None
        self._handle: Any = None
        self.parts = Parts()

    def reader(self) -> Reader:
        """The newest committed state. Raises `IndexDamagedError` where the files cannot be read."""
        with self._lock:
            seen = self._state()
            if seen != self._seen:
                self._handle = open_generation(self.path / seen[0])
                self._seen = seen
            return Reader(self._handle.searcher())

    def _state(self) -> tuple[Any, ...]:
        current = folder.read_current(self.path)
        if current is None or current.schema != SCHEMA_VERSION:
            raise IndexDamagedError(f"there is no index of this version in {self.path}: run `pactwatch reindex`")
        try:
            status = (self.path / current.generation / "meta.json").stat()
        except OSError:
            raise IndexDamagedError(
                f"the index in {self.path} has lost its meta.json: run `pactwatch reindex`"
            ) from None
        return current.generation, status.st_mtime_ns, status.st_size, status.st_ino


def open_generation(path: Path) -> Any:
    """Open tantivy's files and prove that they can be read; raises `IndexDamagedError`."""
    try:
        index = tantivy.Index.open(str(path))
        register(index)
        index.config_reader("manual")
        index.reload()
        index.searcher()
    except (ValueError, OSError) as error:
        reason = str(error).splitlines()[0][:200]
        raise IndexDamagedError(f"the index in {path} cannot be read ({reason}): run `pactwatch reindex`") from error
    return index


def register(index: Any) -> None:
    """Give tantivy our analysers; it does not keep them with the files."""
    index.register_tokenizer("stemmed", _analyser(True))
    index.register_tokenizer("folded", _analyser(False))


class Writer:
    """Writes one generation; what is added or deleted shows after `commit`, all of it or nothing."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)

    def add(self, entry: Entry) -> None:
        """Add a document."""
        self._writer.add_document(_document(entry))

    def delete(self, ids: Sequence[int]) -> None:
        """Delete documents by id. By query: tantivy's delete by term takes an int as signed and finds nothing."""
        self._writer.delete_documents_by_query(tantivy.Query.term_set_query(_schema(), "id", list(ids)))

    def commit(self) -> Reader:
        """Make everything so far durable and visible; the new state."""
        self._writer.commit()
        self._index.reload()
        return Reader(self._index.searcher())

    def close(self) -> None:
        """Wait for merges and release the writer; what was not committed is dropped."""
        self._writer.rollback()
        self._writer.wait_merging_threads()


def refresh(engine: Engine, path: Path, *, batch: int = 1000, wait: float = folder.WAIT_SECONDS) -> RefreshResult:
    """Bring the index up to the database; builds it where it is missing, damaged or of another database.

    `batch` documents are read at once. Memory does not grow with the number of documents. A
    second process waits up to `wait` seconds for the first, then `IndexBusyError` is raised.
    """
    with folder.lock(path, wait), Session(snapshot(engine)) as session:
        if _state(session, path).usable:
            handle = open_generation(path / _generation(path))
            result = _follow(session, handle, batch)
            if result is not None:
                return result
        return _rebuild(session, path, batch)


def rebuild(engine: Engine, path: Path, *, batch: int = 1000, wait: float = folder.WAIT_SECONDS) -> RefreshResult:
    """Build the index anew from the database alone, beside the old one, and swap it in with one rename."""
    with folder.lock(path, wait), Session(snapshot(engine)) as session:
        return _rebuild(session, path, batch)


def check(engine: Engine, path: Path, *, thorough: bool = False) -> IndexState:
    """How the index stands to the database. Changes nothing; `thorough` reads every file and compares checksums."""
    with Session(snapshot(engine)) as session:
        state = _state(session, path)
    if thorough and state.usable and (name := folder.damaged_file(path / _generation(path))):
        return IndexState("damaged", f"{name} does not fit its checksum", state.documents, state.database_documents)
    return state


def open_index(engine: Engine, path: Path, *, wait: float = folder.WAIT_SECONDS) -> Index:
    """Open the index for searching; one that is missing, damaged, outdated or foreign is rebuilt or caught up first."""
    if check(engine, path).state != "current":
        refresh(engine, path, wait=wait)
    return Index(path)


def _generation(path: Path) -> str:
    current = folder.read_current(path)
    if current is None:
        raise IndexDamagedError(f"there is no index in {path}: run `pactwatch reindex`")
    return current.generation


def _state(session: Session, path: Path) -> IndexState:
    current = folder.read_current(path)
    if current is None:
        return IndexState("missing", f"there is no index in {path}")
    if current.schema != SCHEMA_VERSION:
        return IndexState("outdated", f"the index has schema {current.schema}, this program {SCHEMA_VERSION}")
    try:
        reader = Reader(open_generation(path / current.generation).searcher())
        return diagnose(session, reader)
    except (IndexDamagedError, ValueError, OSError) as error:  # tantivy reports unreadable files as ValueError
        return IndexState("damaged", str(error))


def _rebuild(session: Session, path: Path, batch: int) -> RefreshResult:
    generation = folder.new_generation(path)
    index = tantivy.Index(_schema(), path=str(path / generation), reuse=False)
    register(index)
    result = _follow(session, index, batch)
    if result is None:
        raise IndexDamagedError(f"the index in {path} does not agree with the database right after it was built")
    folder.put_in_force(path, folder.Current(generation, SCHEMA_VERSION))
    return replace(result, rebuilt=True)


def _follow(session: Session, index: Any, batch: int) -> RefreshResult | None:
    index.config_reader("manual")
    index.reload()
    writer = Writer(index)
    try:
        return follow(session, Reader(index.searcher()), writer, batch)
    finally:
        writer.close()
