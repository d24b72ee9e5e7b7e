"""How the index follows the database: what is read, written and compared. Knows nothing of tantivy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy.orm import Session

from search import source
from search.source import Entry

SAMPLE = 50
"""Newest documents whose state is compared with the database."""


class ReadsIndex(Protocol):
    """One state of the index."""

    @property
    def count(self) -> int: ...
    @property
    def watermark(self) -> int: ...
    def known(self, ids: Sequence[int]) -> int: ...
    def newest(self, limit: int) -> dict[int, tuple[int, int]]: ...
    def every_id(self) -> Iterator[list[int]]: ...


class WritesIndex(Protocol):
    """The writer of the index."""

    def add(self, entry: Entry) -> None: ...
    def delete(self, ids: Sequence[int]) -> None: ...
    def commit(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh did to the index."""

    added: int
    updated: int
    deleted: int
    revision: int
    """The index holds the database up to this revision."""
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class IndexState:
    """How the index stands to the database."""

    state: Literal["current", "behind", "missing", "damaged", "outdated", "foreign"]
    """``behind`` needs a refresh; all that follow it need a rebuild, which `refresh` does."""
    detail: str = ""
    documents: int = 0
    database_documents: int = 0
    watermark: int = 0
    database_revision: int = 0

    @property
    def usable(self) -> bool:
        """Whether a refresh can start from what is there."""
        return self.state in ("current", "behind")


def diagnose(session: Session, reader: ReadsIndex) -> IndexState:
    """Compare the index with the database: counts, revisions, and the state of the newest documents."""
    facts, count, watermark = source.facts(session), reader.count, reader.watermark

    def state(word: Any, detail: str) -> IndexState:
        return IndexState(word, detail, count, facts.count, watermark, facts.revision)

    if watermark > facts.revision:
        return state("foreign", f"the index is at revision {watermark}, the database only at {facts.revision}")
    expected = source.count_until(session, watermark)
    if expected > count:
        return state(
            "foreign", f"the index lacks documents: it holds {count}, the database {expected} of its revisions"
        )
    newest = reader.newest(SAMPLE)
    known = source.states(session, list(newest))
    for number, (revision, mark) in newest.items():
        if number not in known:
            return state("behind", f"document {number} is no longer in the database")
        if known[number][0] < revision or (known[number][0] == revision and known[number][1] != mark):
            return state("foreign", f"document {number} is another one in the database")
    if watermark < facts.revision or count != facts.count:
        return state("behind", f"revision {watermark} of {facts.revision}, {count} of {facts.count} documents")
    return state("current", f"{count} documents, revision {watermark}")


COMMIT_EVERY = 50_000
"""Documents of one commit: each makes a segment, and small segments make a large and slow index."""


def follow(session: Session, reader: ReadsIndex, writer: WritesIndex, batch: int) -> RefreshResult | None:
    """Write what changed since the index's watermark, `batch` read at once; None where the two then disagree.

    A commit never parts documents of one revision, so that the highest revision in the index remains the watermark.
    """
    empty, changed, updated, pending = reader.count == 0, 0, 0, 0
    revision = reader.watermark
    for entries in source.changed(session, revision, batch):
        if pending >= COMMIT_EVERY and entries[0].revision != revision:
            writer.commit()
            pending = 0
        if not empty:
            ids = [entry.id for entry in entries]
            updated += reader.known(ids)
            writer.delete(ids)
        for entry in entries:
            writer.add(entry)
        revision, pending, changed = entries[-1].revision, pending + len(entries), changed + len(entries)
    after = writer.commit()
    deleted = 0
    if after.count != source.facts(session).count:
        deleted = _delete_vanished(session, after, writer)
        after = writer.commit()
    facts = source.facts(session)
    if (after.count, after.watermark) != (facts.count, facts.revision):
        return None
    return RefreshResult(changed - updated, updated, deleted, after.watermark)


def _delete_vanished(session: Session, reader: ReadsIndex, writer: WritesIndex) -> int:
    """Delete what the database no longer holds."""
    deleted = 0
    for ids in reader.every_id():
        gone = sorted(set(ids) - source.document_ids(session, ids))
        if gone:
            writer.delete(gone)
            deleted += len(gone)
    return deleted
