"""Organisations: finding them by any of their names, what is known of them, and who their partners are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.tables import (
    Mention,
    Organisation,
    OrganisationAlias,
    Partnership,
    PartnershipParty,
)
from search.merged import canonical_id
from search.query import QueryError

MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """Another organisation with which there are partnerships."""

    id: int
    name: str
    country: str | None
    partnerships: int
    kinds: tuple[str, ...]
    latest: str | None
    """Partial ISO date of the latest that was signed."""


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation that counts; what was merged into it is counted with it."""

    id: int
    type: str
    name: str
    country: str | None
    register_id: str | None
    aliases: tuple[str, ...]
    mentions: int
    documents: int
    partnerships: int
    partners: tuple[PartnerRow, ...] = ()
    """Most partnerships first."""


def find_organisations(session: Session, text: str = "", limit: int = 20) -> list[OrganisationRow]:
    """Organisations with the text in a name or alias: equal names first, then the most mentioned. Empty finds all."""
    if not 1 <= limit <= MAX_LIMIT:
        raise QueryError(f"limit {limit} is not between 1 and {MAX_LIMIT}")
    ids = list(session.scalars(found_statement(text.replace("\0", " ").strip(), limit)))
    return describe(session, ids)


def get_organisation(session: Session, number: int) -> OrganisationRow | None:
    """The organisation of this id, or the one it was merged into; None where there is none."""
    kept = session.scalar(select(canonical_id()).where(Organisation.id == number))
    return None if kept is None else describe(session, [kept])[0]


def found_statement(text: str, limit: int) -> Select[int]:
    """Ids of the organisations that count, best first."""
    kept = canonical_id().label("kept")
    mentions = (
        select(kept, func.count(Mention.id).label("mentions"))
        .join(Mention, Mention.organisation_id == Organisation.id)
        .group_by(kept)
        .subquery()
    )
    lowered, key = text.lower(), text.casefold()
    alias = select(OrganisationAlias.organisation_id)
    equal = or_(
        func.lower(Organisation.name) == lowered,
        Organisation.key == key,
        Organisation.id.in_(alias.where(func.lower(OrganisationAlias.alias) == lowered)),
    )
    named = select(kept, func.max(case((equal, 1), else_=0)).label("equal")).group_by(kept)
    if text:
        named = named.where(
            or_(
                Organisation.name.icontains(text, autoescape=True),
                Organisation.key.contains(key, autoescape=True),
                Organisation.id.in_(alias.where(OrganisationAlias.alias.icontains(text, autoescape=True))),
            )
        )
    found = named.subquery()
    return (
        select(found.c.kept)
        .outerjoin(mentions, mentions.c.kept == found.c.kept)
        .order_by(found.c.equal.desc(), func.coalesce(mentions.c.mentions, 0).desc(), found.c.kept)
        .limit(limit)
    )


def describe(session: Session, ids: Sequence[int]) -> list[OrganisationRow]:
    """Rows of organisations that count, in the given order."""
    rows = {row.id: row for row in session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    counts, aliases, partners = _counts(session, ids), _aliases(session, ids), _partners(session, ids)
    found = []
    for number in ids:
        row = rows[number]
        mentions, documents, partnerships = counts[number]
        found.append(
            OrganisationRow(
                id=row.id,
                type=row.type,
                name=row.name,
                country=row.country,
                register_id=row.register_id,
                aliases=tuple(alias for alias in aliases[number] if alias != row.name),
                mentions=mentions,
                documents=documents,
                partnerships=partnerships,
                partners=tuple(partners[number]),
            )
        )
    return found


def _counts(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Mentions, documents and partnerships of each."""
    kept = canonical_id().label("kept")
    mentions = (
        select(kept, func.count(Mention.id), func.count(Mention.document_id.distinct()))
        .join(Mention, Mention.organisation_id == Organisation.id)
        .where(kept.in_(ids))
        .group_by(kept)
    )
    partnerships = (
        select(kept, func.count(PartnershipParty.partnership_id.distinct()))
        .join(PartnershipParty, PartnershipParty.organisation_id == Organisation.id)
        .where(kept.in_(ids))
        .group_by(kept)
    )
    agreed = {row[0]: row[1] for row in session.execute(partnerships)}
    found: dict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    found.update({number: (0, 0, count) for number, count in agreed.items()})
    for number, count, documents in session.execute(mentions):
        found[number] = (count, documents, agreed.get(number, 0))
    return found


def _aliases(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """Other names, with those of merged organisations."""
    kept = canonical_id().label("kept")
    own = select(kept, Organisation.name).where(Organisation.merged_into_id.in_(ids)).order_by(Organisation.id)
    other = (
        select(kept, OrganisationAlias.alias)
        .join(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
        .where(kept.in_(ids))
        .order_by(OrganisationAlias.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for statement in (other, own):
        for number, alias in session.execute(statement):
            if alias not in found[number]:
                found[number].append(alias)
    return found


def _partners(session: Session, ids: Sequence[int]) -> dict[int, list[PartnerRow]]:
    """Who shares a partnership with each of the organisations."""
    asked: dict[int, dict[int, list[Any]]] = defaultdict(dict)
    named: dict[int, Any] = {}
    for row in session.execute(partners_statement(ids)):
        if row.partner == row.asked:
            continue
        named[row.partner] = row
        asked[row.asked].setdefault(row.partner, []).append(row)
    return defaultdict(list, {number: _ranked(partners, named) for number, partners in asked.items()})


def partners_statement(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """One row for each organisation asked for, partnership and other party."""
    asking, kept = aliased(Organisation), aliased(Organisation)
    mine, other = aliased(PartnershipParty), aliased(PartnershipParty)
    asked = func.coalesce(asking.merged_into_id, asking.id).label("asked")
    return (
        select(
            asked,
            kept.id.label("partner"),
            kept.name,
            kept.country,
            Partnership.kind,
            Partnership.signed,
            Partnership.id,
        )
        .select_from(asking)
        .join(mine, mine.organisation_id == asking.id)
        .join(Partnership, Partnership.id == mine.partnership_id)
        .join(other, other.partnership_id == Partnership.id)
        .join(Organisation, Organisation.id == other.organisation_id)
        .join(kept, kept.id == canonical_id())
        .where(asked.in_(ids))
        .distinct()
    )


def _ranked(partners: dict[int, list[Any]], named: dict[int, Any]) -> list[PartnerRow]:
    rows = [
        PartnerRow(
            id=number,
            name=named[number].name,
            country=named[number].country,
            partnerships=len({row.id for row in shared}),
            kinds=tuple(sorted({row.kind for row in shared})),
            latest=max((row.signed for row in shared if row.signed), default=None),
        )
        for number, shared in partners.items()
    ]
    return sorted(rows, key=lambda row: (-row.partnerships, row.name))
