"""Two organisations turn out to be one: aliases and mentions move, the old row stays and points to the other."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.document import Mention
from models.partnership import Organisation, OrganisationAlias
from models.register import OrganisationRegister


def rank(how: str, weak: bool) -> tuple[bool, int]:
    """What an alias is worth: strong before weak, a person's before the register's before the texts'."""
    order = ("person", "register", "name", "defined", "variant")
    return weak, order.index(how) if how in order else len(order)


def merge_rows(session: Session, merged: Mapping[int, int]) -> set[int]:
    """Move everything but reports (`pipeline.merge.redirect` does those); return the documents that are touched."""
    touched: set[int] = set()
    for old, new in sorted(merged.items()):
        touched |= set(session.scalars(select(Mention.document_id).where(Mention.organisation_id == old).distinct()))
        session.execute(update(Mention).where(Mention.organisation_id == old).values(organisation_id=new))
        _move_aliases(session, old, new)
        _move_entries(session, old, new)
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
        if rank(row.how, row.weak) < rank(same.how, same.weak):
            session.execute(update(alias).where(alias.id == same.id).values(how=row.how, weak=row.weak))


def _move_entries(session: Session, old: int, new: int) -> None:
    row = OrganisationRegister
    columns = select(row.entry_id, row.relation)
    kept = {tuple(one) for one in session.execute(columns.where(row.organisation_id == new))}
    moved = {tuple(one) for one in session.execute(columns.where(row.organisation_id == old))} - kept
    session.execute(delete(row).where(row.organisation_id == old))
    if moved:
        session.execute(
            insert(row), [{"organisation_id": new, "entry_id": id_, "relation": how} for id_, how in sorted(moved)]
        )
