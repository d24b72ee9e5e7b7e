"""The rows of `story_text` as the parts of this package hand them to each other, and queries with long lists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.document import Document
from models.story import StoryText
from pipeline.near.shingles import Shingles, shingles
from pipeline.near.signature import UNSIGNED

CHUNK = 500
"""Values of one IN list."""

Days = tuple[date | None, date | None]
"""First and last day on which the documents of a text may have been published."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that documents say."""

    id: int
    digest: str
    story_id: int
    signature: bytes
    """`UNSIGNED` where it is too short to have near-duplicates."""
    days: Days


@dataclass(slots=True)
class Reader:
    """Shingles of texts by digest: those at hand, else of the text of a document."""

    session: Session
    known: dict[str, Shingles] = field(default_factory=dict)

    def of(self, digest: str) -> Shingles:
        """The shingles; empty for a text that no document says."""
        found = self.known.get(digest)
        if found is None:
            text = self.session.scalar(select(Document.text).where(Document.text_digest == digest).limit(1))
            found = self.known[digest] = shingles(text or "")
        return found


def texts_by(session: Session, column: Any, values: Collection[Any]) -> list[Text]:
    """The texts whose `column` is one of the values."""
    table = StoryText
    query = select(table.id, table.digest, table.story_id, table.signature, table.published_first, table.published_last)
    rows = in_chunks(session, query, column, values)
    return [Text(row[0], row[1], row[2], row[3] or UNSIGNED, (row[4], row[5])) for row in rows]


def in_chunks(session: Session, query: Any, column: Any, values: Collection[Any]) -> list[Any]:
    """Rows of a query whose `column` is one of the values, `CHUNK` of these at a time."""
    listed = list(values)
    rows: list[Any] = []
    for at in range(0, len(listed), CHUNK):
        rows += session.execute(query.where(column.in_(listed[at : at + CHUNK]))).all()
    return rows
