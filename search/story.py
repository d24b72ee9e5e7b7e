"""A story: the documents that say nearly the same, which of them came first and which one the others copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.tables import Document, Source, StoryText
from search.results import Named

MOST = 500
"""Members that are listed and compared; the earliest of them."""
AS_CLOSE = 0.03
"""Difference of two mean similarities that says nothing: they are estimated from 128 places."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A document of the story."""

    id: int
    title: str
    url: str
    source: Named
    published: str | None
    first_seen_at: datetime
    gone_since: datetime | None
    same_text: bool
    """Whether it says word for word what the document asked for says."""
    similarity: float | None
    """Share of the words, three in a row, that both have, estimated from signatures; None for texts without one."""
    earliest: bool
    """The first that was published; where the days are equal or unknown, the first that was seen."""
    original: bool
    """The one whose text is nearest to all the others: what was copied. The earliest of several such."""


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story with its members, the earliest first."""

    id: int
    documents: int
    """All members, those beyond the first `MOST` too."""
    sources: int
    members: tuple[MemberRow, ...]


def story_of(session: Session, document: Document) -> StoryRow:
    """The story that the document belongs to; of itself alone at least."""
    rows = session.execute(_members(document.story_id)).all()
    count = func.count(Document.id), func.count(func.distinct(Document.source_id))
    documents, sources = session.execute(select(*count).where(Document.story_id == document.story_id)).one()
    signatures, known = _signatures(rows)
    original = _original(rows, signatures, known)
    asked = next((n for n, row in enumerate(rows) if row.id == document.id), None)
    members = []
    for number, row in enumerate(rows):
        same = row.text_digest == document.text_digest
        similarity = 1.0 if same else None
        if not same and asked is not None and known[number] and known[asked]:
            similarity = round(float((signatures[number] == signatures[asked]).mean()), 2)
        members.append(
            MemberRow(
                id=row.id, title=row.title, url=row.url, source=Named(row.source_id, row.name),
                published=row.published, first_seen_at=row.first_seen_at, gone_since=row.gone_since, same_text=same,
                similarity=similarity, earliest=number == 0, original=number == original,
            )
        )  # fmt: skip
    return StoryRow(document.story_id, documents, sources, tuple(members))


def _members(story: int) -> Select[*tuple[Any, ...]]:
    document = Document
    return (
        select(
            document.id, document.title, document.url, document.source_id, Source.name, document.published,
            document.first_seen_at, document.gone_since, document.text_digest, StoryText.signature,
        )
        .join(Source, Source.id == document.source_id)
        .outerjoin(StoryText, StoryText.digest == document.text_digest)
        .where(document.story_id == story)
        .order_by(document.published_date.is_(None), document.published_date, document.first_seen_at, document.id)
        .limit(MOST)
    )  # fmt: skip


def _signatures(rows: Sequence[Any]) -> tuple[NDArray[np.uint16], list[bool]]:
    """One signature a row, as `pipeline.near.signature` packs them; and which rows have one."""
    size = max((len(row.signature or b"") for row in rows), default=0)
    known = [size > 0 and len(row.signature or b"") == size for row in rows]
    packed = b"".join(row.signature if has else bytes(size) for row, has in zip(rows, known, strict=True))
    return np.frombuffer(packed, "<u2").reshape(len(rows), size // 2), known


def _original(rows: Sequence[Any], signatures: NDArray[np.uint16], known: Sequence[bool]) -> int:
    """The first of the members whose text is nearest to all the others."""
    if not all(known):
        return 0  # too short to be compared: then they are equal
    means = [float((signatures == one).mean()) for one in signatures]
    best = max(means, default=0)
    return next(number for number, mean in enumerate(means) if mean >= best - AS_CLOSE)
