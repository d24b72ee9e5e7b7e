"""The folder of the full-text index: opened, written, brought up to the database, rebuilt.

The index is derived from the database and follows it by `Document.revision`. Documents go in by rising revision and a
commit never parts documents of one revision, so the highest revision in the index *is* the watermark: it is
stored with the commit itself and cannot disagree with it, wherever a process dies.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tantivy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from search import folder
from search.follow import IndexState, RefreshResult, diagnose, follow
from search.index.parts import Parts
from search.index.reader import Reader
from search.index.schema import SCHEMA_VERSION, IndexDamagedError, document, register, schema
from search.source import Entry, snapshot

HEAP_BYTES = 128_000_000
"""Memory of the writer; it writes a segment to disk when this is full."""


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


class Writer:
    """Writes one generation; what is added or deleted shows after `commit`, all of it or nothing."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)

    def add(self, entry: Entry) -> None:
        """Add a document."""
        self._writer.add_document(document(entry))

    def delete(self, ids: Sequence[int]) -> None:
        """Delete documents by id. By query: tantivy's delete by term takes an int as signed and finds nothing."""
        self._writer.delete_documents_by_query(tantivy.Query.term_set_query(schema(), "id", list(ids)))

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
    index = tantivy.Index(schema(), path=str(path / generation), reuse=False)
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
