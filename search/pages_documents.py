"""Documents page by page, and where the capture of one lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import Capture, Document, Source
from search.query import QueryError
from search.related import organisations_of, themes_of
from search.results import Named

MAX_LIMIT = 1000
MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class DocumentItem:
    """A document of a list: all but its text."""

    id: int
    url: str
    title: str
    source: Named
    published: str | None
    language: str | None
    kind: str
    version: int
    revision: int
    themes: tuple[Named, ...]
    organisations: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class CaptureAt:
    """Where the archive holds the capture of a document's present text."""

    file: str
    offset: int
    length: int
    url: str
    media_type: str | None


def list_documents(session: Session, after: int = 0, limit: int = 50) -> list[DocumentItem]:
    """Documents by rising id, beyond the id `after`; raises `QueryError` for numbers that mean nothing."""
    if not 1 <= limit <= MAX_LIMIT:
        raise QueryError(f"limit {limit} is not between 1 and {MAX_LIMIT}")
    if not 0 <= after <= MOST_ID:
        raise QueryError(f"{after} is no place in this list: take it from the page before")
    return _items(session, _joined().where(Document.id > after).order_by(Document.id).limit(limit))


def documents_of(session: Session, ids: Sequence[int]) -> list[DocumentItem]:
    """The documents of these ids, in their order; ids that are not there are left out."""
    rows = {one.id: one for one in _items(session, _joined().where(Document.id.in_(ids)))}
    return [rows[number] for number in ids if number in rows]


def _joined() -> Any:
    return select(Document, Source.name).join(Source, Source.id == Document.source_id)


def _items(session: Session, statement: Any) -> list[DocumentItem]:
    rows = session.execute(statement).all()
    ids = [row[0].id for row in rows]
    themes, organisations = themes_of(session, ids), organisations_of(session, ids)
    return [
        DocumentItem(
            id=one.id,
            url=one.url,
            title=one.title,
            source=Named(one.source_id, source),
            published=one.published,
            language=one.language,
            kind=one.kind,
            version=one.version,
            revision=one.revision,
            themes=tuple(themes[one.id]),
            organisations=tuple(organisations[one.id]),
        )
        for one, source in rows
    ]


def capture_of(session: Session, number: int) -> CaptureAt | None:
    """Where the present text of a document came from; None where it, or its record, is not there."""
    statement = (
        select(Capture.archive_file, Capture.archive_offset, Capture.archive_length, Document.url, Document.media_type)
        .join(Document, Document.capture_id == Capture.id)
        .where(Document.id == number)
    )
    row: Any = session.execute(statement).one_or_none()
    if row is None or row[0] is None or row[1] is None or row[2] is None:
        return None
    return CaptureAt(*row)
