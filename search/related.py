"""Themes and organisations of several documents at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from models.tables import DocumentTheme, Mention, Organisation, Theme
from search.merged import canonical_id
from search.results import Named

# Built once: making a statement takes as long as asking SQLite for the few rows of a page.
_THEMES = (
    select(DocumentTheme.document_id, Theme.id, Theme.label)
    .join(Theme, Theme.id == DocumentTheme.theme_id)
    .where(DocumentTheme.document_id.in_(bindparam("ids", expanding=True)))
    .order_by(DocumentTheme.score.desc(), Theme.id)
)
_kept = aliased(Organisation)
_ORGANISATIONS = (
    select(Mention.document_id, _kept.id, _kept.name)
    .join(Organisation, Organisation.id == Mention.organisation_id)
    .join(_kept, _kept.id == canonical_id())
    .where(Mention.document_id.in_(bindparam("ids", expanding=True)))
    .group_by(Mention.document_id, _kept.id, _kept.name)
    .order_by(func.count(Mention.id).desc(), _kept.name)
)


def themes_of(session: Session, ids: Sequence[int]) -> dict[int, list[Named]]:
    """Themes by document, best first."""
    found: dict[int, list[Named]] = defaultdict(list)
    for number, theme, label in session.execute(_THEMES, {"ids": list(ids)}):
        found[number].append(Named(theme, label))
    return found


def organisations_of(session: Session, ids: Sequence[int]) -> dict[int, list[Named]]:
    """Organisations that count by document, most mentioned first."""
    found: dict[int, list[Named]] = defaultdict(list)
    for document, number, name in session.execute(_ORGANISATIONS, {"ids": list(ids)}):
        found[document].append(Named(str(number), name))
    return found
