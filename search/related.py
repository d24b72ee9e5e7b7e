"""Themes and organisations of several documents at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.tables import DocumentTheme, Mention, Organisation, Theme
from search.merged import canonical_id
from search.results import Named


def themes_of(session: Session, ids: Sequence[int]) -> dict[int, list[Named]]:
    """Themes by document, best first."""
    statement = (
        select(DocumentTheme.document_id, Theme.id, Theme.label)
        .join(Theme, Theme.id == DocumentTheme.theme_id)
        .where(DocumentTheme.document_id.in_(ids))
        .order_by(DocumentTheme.score.desc(), Theme.id)
    )
    found: dict[int, list[Named]] = defaultdict(list)
    for number, theme, label in session.execute(statement):
        found[number].append(Named(theme, label))
    return found


def organisations_of(session: Session, ids: Sequence[int]) -> dict[int, list[Named]]:
    """Organisations that count by document, most mentioned first."""
    kept = aliased(Organisation)
    statement = (
        select(Mention.document_id, kept.id, kept.name)
        .join(Organisation, Organisation.id == Mention.organisation_id)
        .join(kept, kept.id == canonical_id())
        .where(Mention.document_id.in_(ids))
        .group_by(Mention.document_id, kept.id, kept.name)
        .order_by(func.count(Mention.id).desc(), kept.name)
    )
    found: dict[int, list[Named]] = defaultdict(list)
    for document, number, name in session.execute(statement):
        found[document].append(Named(str(number), name))
    return found
