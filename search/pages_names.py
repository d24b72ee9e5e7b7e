"""Names for the ids of a search's filters, and what a form can offer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.tables import Document, Organisation, Revision, Source
from search.merged import canonical_id


def organisation_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The present name of each organisation, also of one that was merged into another."""
    kept = aliased(Organisation)
    statement = select(Organisation.id, kept.name).join(kept, kept.id == canonical_id())
    return {row[0]: row[1] for row in session.execute(statement.where(Organisation.id.in_(list(ids))))}


def source_names(session: Session) -> dict[str, str]:
    """Names of all sources by id."""
    return {row[0]: row[1] for row in session.execute(select(Source.id, Source.name).order_by(Source.name))}


def organisation_countries(session: Session) -> list[str]:
    """Countries of which there are organisations, as two letters."""
    statement = select(Organisation.country).where(Organisation.country.is_not(None)).distinct()
    return sorted(code for code in session.scalars(statement) if code)


def totals(session: Session) -> tuple[int, int]:
    """Number of documents, and the last revision given out."""
    documents = session.scalar(select(func.count(Document.id))) or 0
    return documents, session.scalar(select(func.max(Revision.value))) or 0
