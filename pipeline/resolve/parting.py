"""Two names of one organisation that a person says are two: what hangs on the one moves to an organisation of its own.

The opposite of `pipeline.resolve.merging`. Afterwards resolving keeps them apart (`Decisions.apart`).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.orm import Session

from models.base import now
from models.document import Mention
from models.partnership import Organisation, OrganisationAlias
from models.register import OrganisationRegister, RegisterName
from pipeline.merge.store import Affected, reassign
from pipeline.resolve.forms import Node
from pipeline.resolve.names import organisation_key, preferred_name
from pipeline.resolve.organisations import Resolution, rename
from pipeline.resolve.registered import describe
from pipeline.resolve.reviews import CHUNK, decisions


def part_decided(session: Session, affected: Affected) -> set[int]:
    """Part every organisation that has two names which a person keeps apart; return the documents that change.

    `affected` is told which reports of partnerships moved. The caller holds the writer lock.
    """
    pairs = [tuple(sorted(pair)) for pair in sorted(decisions(session).apart, key=sorted) if len(pair) == 2]
    touched: set[int] = set()
    for one, other in pairs:
        owners = _owners(session, (one, other))
        if one in owners and owners.get(one) == owners.get(other):
            touched |= _part(session, owners[one], one, other, affected)
    return touched


def _owners(session: Session, nodes: Iterable[Node]) -> dict[Node, int]:
    wanted = list(nodes)
    rows = session.execute(
        select(Organisation.type, OrganisationAlias.key, Organisation.id)
        .join(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
        .where(
            tuple_(Organisation.type, OrganisationAlias.key).in_(wanted),
            OrganisationAlias.weak.is_(False),
            Organisation.merged_into_id.is_(None),
        )
    )
    return {(kind, key): id_ for kind, key, id_ in rows}


def _part(session: Session, organisation: int, one: Node, other: Node, affected: Affected) -> set[int]:
    """Give the name that is not the organisation's own key, else the later one, a row of its own."""
    own = session.scalar(select(Organisation.key).where(Organisation.id == organisation))
    kind, key = one if own == other[1] else other
    alias = OrganisationAlias
    names = session.scalars(select(alias.alias).where(alias.organisation_id == organisation, alias.key == key)).all()
    new = _row(session, kind, key, preferred_name(names))
    session.execute(
        update(alias).where(alias.organisation_id == organisation, alias.key == key).values(organisation_id=new)
    )
    touched = _move_mentions(session, organisation, new, key)
    reassign(session, organisation, new, lambda name: organisation_key(name) == key, affected)
    _move_entries(session, organisation, new, key)
    result = Resolution()
    rename(session, {organisation, new}, result)
    return touched | result.touched | describe(session, (organisation, new))


def _row(session: Session, kind: str, key: str, name: str) -> int:
    """A new row, or the one that once was merged away under that key."""
    same = (Organisation.type == kind, Organisation.key == key)
    id_ = session.scalar(select(Organisation.id).where(*same))
    if id_ is None:
        values = {"type": kind, "key": key, "name": name, "created_at": now()}
        (id_,) = session.scalars(insert(Organisation).returning(Organisation.id), [values])
    session.execute(update(Organisation).where(Organisation.id == id_).values(merged_into_id=None, name=name))
    return id_


def _move_mentions(session: Session, old: int, new: int, key: str) -> set[int]:
    mention = Mention
    columns = (mention.id, mention.document_id, mention.name, mention.text)
    moved = [
        row
        for row in session.execute(select(*columns).where(mention.organisation_id == old))
        if key in (organisation_key(row.name), organisation_key(row.text))
    ]
    ids = [row.id for row in moved]
    for i in range(0, len(ids), CHUNK):
        session.execute(update(mention).where(mention.id.in_(ids[i : i + CHUNK])).values(organisation_id=new))
    return {row.document_id for row in moved}


def _move_entries(session: Session, old: int, new: int, key: str) -> None:
    """The entries that go by the name go with it."""
    row = OrganisationRegister
    named = select(RegisterName.entry_id).where(RegisterName.key == key)
    session.execute(update(row).where(row.organisation_id == old, row.entry_id.in_(named)).values(organisation_id=new))
