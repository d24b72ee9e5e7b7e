"""Organisations page by page, and what an organisation's page shows beside its partners."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from models.tables import (
    Document,
    DocumentTheme,
    Mention,
    Organisation,
    OrganisationAlias,
    Partnership,
    PartnershipParty,
    RegisterEntry,
    Source,
    Theme,
)
from search.merged import canonical_id, same_organisations
from search.organisations import OrganisationRow, describe
from search.query import QueryError

MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """Which organisations; None asks nothing."""

    text: str | None = None
    """Part of a name or alias, in any case."""
    country: str | None = None
    type: str | None = None
    """``organisation`` or ``project``."""
    limit: int = 50
    after: str | None = None
    """`OrganisationList.next` of the page before."""


@dataclass(frozen=True, slots=True)
class OrganisationList:
    """One page, the most mentioned first."""

    items: tuple[OrganisationRow, ...]
    next: str | None
    """Where the next page begins; none on the last."""


@dataclass(frozen=True, slots=True)
class YearCount:
    """Partnerships that began in a year, by kind."""

    year: str
    partnerships: int
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """A theme, and documents with it that name the organisation."""

    id: str
    label: str
    documents: int


@dataclass(frozen=True, slots=True)
class NamingDocument:
    """A document that names the organisation."""

    id: int
    title: str
    source: str
    published: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Registered:
    """The entry of the register."""

    id: str
    name: str
    country: str | None
    kind: str | None
    city: str | None


def list_organisations(session: Session, wanted: OrganisationFilter) -> OrganisationList:
    """Organisations that count and meet the filter, one page; raises `QueryError` for a filter that means nothing."""
    if not 1 <= wanted.limit <= MAX_LIMIT:
        raise QueryError(f"limit {wanted.limit} is not between 1 and {MAX_LIMIT}")
    rows = session.execute(_listed(wanted)).all()
    more, rows = len(rows) > wanted.limit, rows[: wanted.limit]
    items = tuple(describe(session, [row.id for row in rows]))
    return OrganisationList(items, f"{rows[-1].named}~{rows[-1].id}" if more else None)


def _listed(wanted: OrganisationFilter) -> Select[*tuple[Any, ...]]:
    kept = canonical_id().label("kept")
    mentions = (
        select(kept, func.count(Mention.id).label("named"))
        .join(Mention, Mention.organisation_id == Organisation.id)
        .group_by(kept)
        .subquery()
    )
    named = func.coalesce(mentions.c.named, 0)
    statement = (
        select(Organisation.id, named.label("named"))
        .outerjoin(mentions, mentions.c.kept == Organisation.id)
        .where(Organisation.merged_into_id.is_(None))
    )
    if text := (wanted.text or "").replace("\0", " ").strip():
        alias = select(OrganisationAlias.organisation_id).where(
            OrganisationAlias.alias.icontains(text, autoescape=True)
        )
        same = or_(Organisation.name.icontains(text, autoescape=True), Organisation.id.in_(alias))
        merged = select(canonical_id()).where(same)
        statement = statement.where(Organisation.id.in_(merged))
    if wanted.country is not None:
        statement = statement.where(Organisation.country == wanted.country.upper())
    if wanted.type is not None:
        statement = statement.where(Organisation.type == wanted.type)
    if wanted.after is not None:
        count, number = _place(wanted.after)
        statement = statement.where(or_(named < count, and_(named == count, Organisation.id > number)))
    return statement.order_by(named.desc(), Organisation.id).limit(wanted.limit + 1)


def _place(after: str) -> tuple[int, int]:
    """A cursor read; raises `QueryError` where it is none."""
    count, _, number = after.partition("~")
    for part in (count, number):
        if not (part.isascii() and part.isdigit() and len(part) <= 18):
            raise QueryError(f"{after!r} is no place in this list: take it from the page before")
    return int(count), int(number)


def count_organisations(session: Session) -> int:
    """Organisations that count."""
    return session.scalar(select(func.count(Organisation.id)).where(Organisation.merged_into_id.is_(None))) or 0


def partnerships_by_year(session: Session, number: int) -> list[YearCount]:
    """An organisation's partnerships by the year in which they were signed (first reported, where that is unknown)."""
    began = func.substr(func.coalesce(Partnership.signed, cast(Partnership.first_reported, String)), 1, 4)
    statement = (
        select(began, Partnership.kind, func.count(Partnership.id.distinct()))
        .join(PartnershipParty, PartnershipParty.partnership_id == Partnership.id)
        .where(PartnershipParty.organisation_id.in_(same_organisations(session, [number])), began.is_not(None))
        .group_by(began, Partnership.kind)
        .order_by(began, Partnership.kind)
    )
    years: dict[str, Counter[str]] = {}
    for year, kind, count in session.execute(statement):
        years.setdefault(year, Counter())[kind] += count
    return [YearCount(year, kinds.total(), dict(kinds)) for year, kinds in years.items()]


def themes_of_organisation(session: Session, number: int) -> list[ThemeCount]:
    """Themes of the documents that name it, the most frequent first."""
    count = func.count(DocumentTheme.document_id.distinct())
    statement = (
        select(Theme.id, Theme.label, count)
        .join(DocumentTheme, DocumentTheme.theme_id == Theme.id)
        .where(DocumentTheme.document_id.in_(_naming(session, number)))
        .group_by(Theme.id, Theme.label)
        .order_by(count.desc(), Theme.id)
    )
    return [ThemeCount(*row) for row in session.execute(statement)]


def documents_of_organisation(session: Session, number: int, limit: int = 10) -> list[NamingDocument]:
    """The latest documents that name it."""
    statement = (
        select(Document.id, Document.title, Source.name, Document.published, Document.kind)
        .join(Source, Source.id == Document.source_id)
        .where(Document.id.in_(_naming(session, number)))
        .order_by(Document.published_date.desc().nulls_last(), Document.id.desc())
        .limit(limit)
    )
    return [NamingDocument(*row) for row in session.execute(statement)]


def registered(session: Session, register_id: str | None) -> Registered | None:
    """The register's entry of this id, where the register has been imported."""
    entry = session.get(RegisterEntry, register_id) if register_id else None
    return Registered(entry.id, entry.name, entry.country, entry.kind, entry.city) if entry else None


def _naming(session: Session, number: int) -> Select[Any]:
    same = same_organisations(session, [number])
    return select(Mention.document_id).where(Mention.organisation_id.in_(same))
