"""Links that the register no longer bears out: what was linked by a name that its entry has lost is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from models.partnership import Organisation, OrganisationAlias, Review
from models.register import OrganisationRegister, RegisterName
from pipeline.resolve.linking import wholes
from pipeline.resolve.names import organisation_key
from pipeline.resolve.registered import LINK

CHUNK = 500
"""Organisations looked at a time."""


def withdraw_links(session: Session) -> set[int]:
    """Delete links that no name supports any more and no person accepted; return the organisations that lost one.

    A link holds as long as its entry goes by one of the organisation's own names in full, or, for a department, by the
    name of what it is a part of. The names that came with a lost entry go, too.
    """
    chosen = _chosen(session)
    lost: set[int] = set()
    row = OrganisationRegister
    ids = list(session.scalars(select(row.organisation_id).distinct().order_by(row.organisation_id)))
    for i in range(0, len(ids), CHUNK):
        lost |= _withdraw(session, ids[i : i + CHUNK], chosen)
    return lost


def _chosen(session: Session) -> dict[str, str | None]:
    """Key of a name -> the entry that a person said it is; None: none at all."""
    rows = session.execute(
        select(Review.key, Review.state, Review.detail).where(Review.subject == LINK, Review.state != "open")
    )
    return {key.partition(": ")[2]: detail.get("entry") if state == "accepted" else None for key, state, detail in rows}


def _withdraw(session: Session, organisations: Sequence[int], chosen: Mapping[str, str | None]) -> set[int]:
    row = OrganisationRegister
    links = session.execute(
        select(row.organisation_id, row.entry_id, row.relation).where(row.organisation_id.in_(organisations))
    ).all()
    own = _names(session, organisations)
    entries = _full_keys(session, {entry for _, entry, _ in links})
    gone = []
    for organisation, entry, relation in links:
        names = own.get(organisation, set())
        keys = {organisation_key(name) for name in names}
        if relation != "is":
            keys = {organisation_key(whole) for name in names for whole in wholes(name)}
        full = entries.get(entry, set())
        if not any(chosen[key] == entry if key in chosen else key in full for key in keys):
            gone.append((organisation, entry, relation))
    if not gone:
        return set()
    session.execute(delete(row).where(tuple_(row.organisation_id, row.entry_id, row.relation).in_(gone)))
    left = {id_ for id_, entry, relation in links if relation == "is"} - {id_ for id_, _, _ in gone}
    alias, lost = OrganisationAlias, {id_ for id_, _, relation in gone if relation == "is"}
    session.execute(delete(alias).where(alias.organisation_id.in_(lost - left), alias.how == "register"))
    return {organisation for organisation, _, _ in gone}


def _names(session: Session, organisations: Sequence[int]) -> dict[int, set[str]]:
    """The names of each organisation that texts and persons gave."""
    own: dict[int, set[str]] = {}
    alias = OrganisationAlias
    for id_, name in session.execute(
        select(alias.organisation_id, alias.alias).where(
            alias.organisation_id.in_(organisations), alias.how != "register"
        )
    ):
        own.setdefault(id_, set()).add(name)
    # The row's key is a name that stood in a text, even where the register's spelling of it is the alias that is kept
    for id_, key in session.execute(
        select(Organisation.id, Organisation.key).where(Organisation.id.in_(organisations))
    ):
        own.setdefault(id_, set()).add(key)
    return own


def _full_keys(session: Session, entries: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    ordered = sorted(entries)
    name = RegisterName
    for i in range(0, len(ordered), CHUNK):
        for entry, key in session.execute(
            select(name.entry_id, name.key).where(
                name.entry_id.in_(ordered[i : i + CHUNK]), name.weak.is_(False) | name.how.in_(("name", "label"))
            )
        ):
            found.setdefault(entry, set()).add(key)
    return found
