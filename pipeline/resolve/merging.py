"""Two organisations turn out to be one: aliases and mentions move, the old row stays and points to the other."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.document import Mention
from models.partnership import Organisation, OrganisationAlias


def merge_rows(session: Session, merged: Mapping[int, int]) -> set[int]:
    """Move everything but reports (`pipeline.merge.redirect` does those); return the documents that are touched."""
    touched: set[int] = set()
    for old, new in sorted(merged.items()):
        touched |= set(session.scalars(select(Mention.document_id).where(Mention.organisation_id == old).distinct()))
        session.execute(update(Mention).where(Mention.organisation_id == old).values(organisation_id=new))
        _move_aliases(session, old, new)
        session.execute(
            update(Organisation)
            .where((Organisation.id == old) | (Organisation.merged_into_id == old))
            .values(merged_into_id=new)
        )
    return touched


def _move_aliases(session: Session, old: int, new: int) -> None:
    alias = OrganisationAlias
    columns = (alias.alias, alias.id, alias.how, alias.weak)
    kept = {row.alias: row for row in session.execute(select(*columns).where(alias.organisation_id == new))}
    for row in session.execute(select(*columns).where(alias.organisation_id == old)).all():
        same = kept.get(row.alias)
        if same is None:
            session.execute(update(alias).where(alias.id == row.id).values(organisation_id=new))
            continue
        session.execute(delete(alias).where(alias.id == row.id))
        if same.weak and not row.weak:
            session.execute(update(alias).where(alias.id == same.id).values(how=row.how, weak=False))
