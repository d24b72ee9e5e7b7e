"""Linking the organisations that are in the database already: after an import, without reading any document anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.crawl import Source
from models.document import Document, Mention
from models.partnership import Organisation, OrganisationAlias
from models.register import OrganisationRegister
from pipeline.load.revision import Ticket, lock_writer
from pipeline.merge.store import Affected, recompute, redirect
from pipeline.records import Entity
from pipeline.records import Mention as Place
from pipeline.register.lookup import is_imported
from pipeline.register.withdrawn import withdraw_links
from pipeline.resolve.forms import Named
from pipeline.resolve.linking import Context
from pipeline.resolve.organisations import Resolution, rename, settle
from pipeline.resolve.registered import Lookup, describe, look_up
from pipeline.resolve.reviews import decisions

CHUNK = 500
"""Organisations linked at a time."""
MOST_READ = 10
"""Documents that are consulted about an organisation whose name alone does not decide."""


def link_organisations(session: Session, advance: Callable[[int], None] | None = None) -> dict[str, int]:
    """Link every organisation that the register knows, merge those that are one entry; the caller commits.

        Names of several bodies keep waiting: which one a document means is decided when it is processed (`pactwatch
        reprocess`). Organisations whose entry was withdrawn lose what they had from it. Takes the writer lock. Returns
    X"""
    lock_writer(session)
    ticket = Ticket(session)
    result = Resolution()
    lost = withdraw_links(session)
    result.touched |= describe(session, lost)
    rename(session, lost, result)
    looked_at, last = 0, 0
    while is_imported(session) and (chunk := _chunk(session, last)):
        last = chunk[-1]
        entities = {id_: entity for id_, entity in _entities(session, chunk).items() if entity.name}
        register = look_up(session, entities.values())
        if register is not None:
            everyone = [one for id_, entity in entities.items() for one in _named(session, register, id_, entity)]
            part = Resolution()
            settle(session, everyone, decisions(session), part)
            result.merged |= part.merged
            result.touched |= part.touched
            register.ask(session)
        looked_at += len(chunk)
        if advance:
            advance(len(chunk))
    result.touched |= _refresh(session)
    affected = Affected()
    redirect(session, result.merged, affected)
    if affected.keys or affected.documents:
        result.touched |= recompute(session, affected, ticket)
    touched = sorted(result.touched)
    for i in range(0, len(touched), CHUNK):
        session.execute(update(Document).where(Document.id.in_(touched[i : i + CHUNK])).values(revision=ticket.value))
    session.expire_all()
    linked = select(func.count()).where(Organisation.register_id.is_not(None), Organisation.merged_into_id.is_(None))
    number = session.scalar(linked) or 0
    return {"organisations": looked_at, "linked": number, "merged": len(result.merged), "withdrawn": len(lost)}


def _chunk(session: Session, after: int) -> list[int]:
    standing = (Organisation.type == "organisation", Organisation.merged_into_id.is_(None), Organisation.id > after)
    return list(session.scalars(select(Organisation.id).where(*standing).order_by(Organisation.id).limit(CHUNK)))


def _entities(session: Session, organisations: Sequence[int]) -> dict[int, Entity]:
    """Each organisation by its strong names, as if a document had named it; the first stands for it."""
    alias = OrganisationAlias
    names: dict[int, list[str]] = {}
    for id_, name in session.execute(
        select(alias.organisation_id, alias.alias)
        .where(alias.organisation_id.in_(organisations), alias.weak.is_(False))
        .order_by(alias.alias)
    ):
        names.setdefault(id_, []).append(name)
    return {id_: Entity(first, "organisation", (), tuple(rest)) for id_, (first, *rest) in names.items()}


def _named(session: Session, register: Lookup, organisation: int, entity: Entity) -> list[Named]:
    """A node for each entry that the organisation's names are; several make a conflict that a person is asked about."""
    found: dict[str, Named] = {}
    documents: list[tuple[Entity, Context]] | None = None
    for name in (entity.name, *entity.defined):
        one = register.by_name(name, entity, Context())
        if one is None and register.may_be_sole(name):
            documents = _documents(session, organisation, entity) if documents is None else documents
            told = (register.by_name(name, mentioned, context) for mentioned, context in documents)
            one = next((named for named in told if named is not None and named.entry), None)
        if one is not None:
            found.setdefault(one.entry or f"part of {one.part_of}", one)
    return list(found.values())


def _documents(session: Session, organisation: int, entity: Entity) -> list[tuple[Entity, Context]]:
    """The first documents, by URL, that mention an organisation, each with its mentions."""
    rows: Sequence[Any] = session.execute(
        select(Document.id, Document.url, Document.text, Source.country)
        .join(Source, Source.id == Document.source_id)
        .where(Document.id.in_(select(Mention.document_id).where(Mention.organisation_id == organisation)))
        .order_by(Document.url)
        .limit(MOST_READ)
    ).all()
    found = []
    for row in rows:
        places = session.execute(
            select(Mention.text, Mention.start, Mention.end).where(
                Mention.document_id == row.id, Mention.organisation_id == organisation
            )
        )
        mentions = tuple(Place(text, start, end) for text, start, end in places)
        told = Entity(entity.name, entity.type, mentions, entity.defined)
        found.append((told, Context(row.text, row.url, row.country)))
    return found


def _refresh(session: Session) -> set[int]:
    """What organisations have from entries that changed since."""
    ids = list(session.scalars(select(OrganisationRegister.organisation_id).distinct().order_by("organisation_id")))
    touched: set[int] = set()
    for i in range(0, len(ids), CHUNK):
        touched |= describe(session, ids[i : i + CHUNK])
    return touched
