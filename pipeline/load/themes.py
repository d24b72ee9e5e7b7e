"""The rows of the themes, which documents refer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.document import Theme


def store_themes(session: Session, labels: Mapping[str, str]) -> None:
    """Insert or relabel themes, id -> label; themes that are no longer declared stay, documents may refer to them."""
    known = dict(session.execute(select(Theme.id, Theme.label).where(Theme.id.in_(list(labels)))).all())
    new = [{"id": id_, "label": label} for id_, label in labels.items() if id_ not in known]
    changed = [{"id": id_, "label": label} for id_, label in labels.items() if known.get(id_, label) != label]
    if new:
        session.execute(insert(Theme), new)
    if changed:
        session.execute(update(Theme), changed)


def ensure_themes(session: Session, ids: Collection[str]) -> None:
    """Insert themes that an analysis names but nobody declared, labelled by their id."""
    known = set(session.scalars(select(Theme.id).where(Theme.id.in_(ids))))
    new = [{"id": id_, "label": id_} for id_ in sorted(set(ids) - known)]
    if new:
        session.execute(insert(Theme), new)
