"""Organisations that were merged: which row counts, and which rows are the same organisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.tables import Organisation, OrganisationAlias


def canonical_id() -> Any:
    """The id of the organisation that counts: the row's own, or the one it was merged into."""
    return func.coalesce(Organisation.merged_into_id, Organisation.id)


def is_id(value: str) -> bool:
    """Whether a filter's value is an id; anything else is a name."""
    return value.isascii() and value.isdigit() and len(value) < 18


def same_organisations(session: Session, ids: Iterable[int]) -> list[int]:
    """The organisations with those they were merged into, and all that were merged into those."""
    asked = set(ids)
    if not asked:
        return []
    kept = set(session.scalars(select(canonical_id()).where(Organisation.id.in_(asked))))
    merged = session.scalars(select(Organisation.id).where(Organisation.merged_into_id.in_(kept)))
    return sorted({*asked, *kept, *merged})


def named_organisations(session: Session, values: Sequence[str]) -> list[int]:
    """Every row of the organisations that the values (ids, or whole names and aliases in any case) stand for."""
    ids = {int(value) for value in values if is_id(value)}
    names = [value.strip().lower() for value in values if not is_id(value)]
    if names:
        alias = select(OrganisationAlias.organisation_id).where(func.lower(OrganisationAlias.alias).in_(names))
        statement = select(Organisation.id).where(
            or_(func.lower(Organisation.name).in_(names), Organisation.key.in_(names), Organisation.id.in_(alias))
        )
        ids.update(session.scalars(statement))
    return same_organisations(session, ids)
