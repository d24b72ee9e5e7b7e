"""Partnerships with their parties and the sentences that report them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.tables import (
    Document,
    DocumentTheme,
    Organisation,
    Partnership,
    PartnershipParty,
    PartnershipReport,
    Source,
)
from search.merged import canonical_id, named_organisations
from search.query import QueryError
from search.values import pick, themes

NEVER = "9999"
"""Stands for a missing expiry, so that it sorts last."""
MAX_LIMIT = 1000

SORTS: dict[str, tuple[Any, bool]] = {
    "reported": (func.coalesce(cast(Partnership.last_reported, String), ""), True),
    "signed": (func.coalesce(Partnership.signed, ""), True),
    "expires": (func.coalesce(Partnership.expires, NEVER), False),
    "confidence": (Partnership.confidence, True),
    "sources": (Partnership.sources_count, True),
    "added": (Partnership.added_revision, True),
}
"""What can be sorted by: the key, never NULL, and whether the highest comes first."""


@dataclass(frozen=True, slots=True)
class PartnershipFilter:
    """What is asked of the partnerships; None asks nothing. Dates are days, included."""

    organisation: str | None = None
    """Id, name or alias of a party."""
    partner: str | None = None
    """Id, name or alias of another party."""
    kind: str | None = None
    status: str | None = None
    theme: str | None = None
    """Theme (id or label) of a document that reports it."""
    since: date | None = None
    """Signed (first reported, where that is not known) on or after; a month or year counts if it may be."""
    until: date | None = None
    expiring_after: date | None = None
    expiring_before: date | None = None
    """Expires by this day and has not been reported as ended."""
    min_confidence: float | None = None
    added_after: int | None = None
    """Came into the database after this revision."""
    sort: str = "reported"
    """One of `SORTS`."""
    limit: int = 50
    after: str | None = None
    """`PartnershipRow.cursor` of the last row of the page before."""


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party: the organisation that counts, under its present name."""

    id: int
    name: str
    role: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What one document says of it."""

    document_id: int
    title: str
    url: str
    source: str
    """Name of the source."""
    published: str | None
    story: int
    evidence: str
    evidence_start: int
    evidence_end: int
    page: int | None
    kind: str
    status: str
    signed: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class PartnershipRow:
    """A partnership, merged from its reports."""

    id: int
    kind: str
    status: str
    signed: str | None
    duration_months: int | None
    expires: str | None
    amount: float | None
    currency: str | None
    confidence: float
    reports_count: int
    sources_count: int
    first_reported: date | None
    last_reported: date | None
    added_revision: int
    """Revision with which it came; see `PartnershipFilter.added_after`."""
    parties: tuple[PartyRow, ...] = ()
    reports: tuple[ReportRow, ...] = ()
    cursor: str = ""
    """Where the next page begins (`PartnershipFilter.after`)."""


COLUMNS = (
    Partnership.id,
    Partnership.kind,
    Partnership.status,
    Partnership.signed,
    Partnership.duration_months,
    Partnership.expires,
    Partnership.amount,
    Partnership.currency,
    Partnership.confidence,
    Partnership.reports_count,
    Partnership.sources_count,
    Partnership.first_reported,
    Partnership.last_reported,
    Partnership.added_revision,
)


def list_partnerships(session: Session, wanted: PartnershipFilter | None = None) -> list[PartnershipRow]:
    """Partnerships that meet every condition, one page of them; raises `QueryError` for a filter that means nothing."""
    wanted = wanted or PartnershipFilter()
    if wanted.sort not in SORTS:
        raise QueryError(f"cannot sort partnerships by {wanted.sort!r}: use {', '.join(SORTS)}")
    if not 1 <= wanted.limit <= MAX_LIMIT:
        raise QueryError(f"limit {wanted.limit} is not between 1 and {MAX_LIMIT}")
    rows = session.execute(partnerships_statement(_with_theme(session, wanted), _asked(session, wanted))).all()
    found = [replace(PartnershipRow(*row[:-1]), cursor=f"{row[-1]}~{row[0]}") for row in rows]
    return with_details(session, found)


def count_partnerships(session: Session, wanted: PartnershipFilter) -> int:
    """Number of partnerships that meet every condition, on whatever page."""
    conditions = _conditions(_with_theme(session, wanted), _asked(session, wanted))
    return session.scalar(select(func.count(Partnership.id)).where(*conditions)) or 0


def _asked(session: Session, wanted: PartnershipFilter) -> list[list[int]]:
    """The ids of each party asked for."""
    values = (wanted.organisation, wanted.partner)
    return [named_organisations(session, [value]) for value in values if value is not None]


def _with_theme(session: Session, wanted: PartnershipFilter) -> PartnershipFilter:
    """The filter with the theme's id where its label was given."""
    if wanted.theme is None:
        return wanted
    try:
        return replace(wanted, theme=pick("theme", wanted.theme, themes(session))[0])
    except ValueError as error:
        raise QueryError(str(error)) from None


def get_partnership(session: Session, number: int) -> PartnershipRow | None:
    """One partnership; None where there is none of this id."""
    row: Any = session.execute(select(*COLUMNS).where(Partnership.id == number)).one_or_none()
    return None if row is None else with_details(session, [PartnershipRow(*row)])[0]


def partnerships_statement(wanted: PartnershipFilter, parties: Sequence[Sequence[int]]) -> Select[*tuple[Any, ...]]:
    """The page's rows with the sort key as last column; `parties` are the ids of each party asked for."""
    key, down = SORTS[wanted.sort]
    statement = select(*COLUMNS, key.label("sort_key")).where(*_conditions(wanted, parties))
    if wanted.after is not None:
        statement = statement.where(_beyond(key, down, wanted))
    order = (key.desc(), Partnership.id.desc()) if down else (key.asc(), Partnership.id.desc())
    return statement.order_by(*order).limit(wanted.limit)


def _conditions(wanted: PartnershipFilter, parties: Sequence[Sequence[int]]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for ids in parties:
        members = select(PartnershipParty.partnership_id).where(PartnershipParty.organisation_id.in_(ids))
        found.append(Partnership.id.in_(members))
    given: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "kind": lambda value: Partnership.kind == value,
        "status": lambda value: Partnership.status == value,
        "min_confidence": lambda value: Partnership.confidence >= value,
        "added_after": lambda value: Partnership.added_revision > value,
    }
    found += [make(value) for name, make in given.items() if (value := getattr(wanted, name)) is not None]
    if wanted.theme is not None:
        themed = select(PartnershipReport.partnership_id).join(
            DocumentTheme, DocumentTheme.document_id == PartnershipReport.document_id
        )
        found.append(Partnership.id.in_(themed.where(DocumentTheme.theme_id == wanted.theme)))
    begun = func.coalesce(Partnership.signed, cast(Partnership.first_reported, String))
    if wanted.since is not None:
        found.append(begun >= _to_precision(wanted.since, begun))
    if wanted.until is not None:
        found.append(begun <= _to_precision(wanted.until, begun))
    if wanted.expiring_after is not None:
        found.append(Partnership.expires >= _to_precision(wanted.expiring_after, Partnership.expires))
    if wanted.expiring_before is not None:
        found.append(Partnership.expires <= _to_precision(wanted.expiring_before, Partnership.expires))
        found.append(Partnership.status != "ended")
    return found


def _to_precision(day: date, partial: Any) -> Any:
    """The day cut to the length of a partial ISO date: "2021-04" is within 2021-04-15 either way."""
    return func.substr(day.isoformat(), 1, func.length(partial))


def _beyond(key: Any, down: bool, wanted: PartnershipFilter) -> ColumnElement[bool]:
    """Rows behind the cursor's."""
    value, _, number = str(wanted.after).rpartition("~")
    try:
        last = int(number)
        typed: Any = {"confidence": float, "sources": int, "added": int}.get(wanted.sort, str)(value)
    except ValueError:
        raise QueryError(f"{wanted.after!r} is no place in this list: take it from the row before") from None
    most = 1 << (63 if wanted.sort == "added" else 31)
    if not 0 <= last < 1 << 63 or (isinstance(typed, int) and not 0 <= typed < most) or "\0" in value:
        raise QueryError(f"{wanted.after!r} is no place in this list: take it from the row before")
    return or_(key < typed if down else key > typed, and_(key == typed, Partnership.id < last))


def with_details(session: Session, rows: Sequence[PartnershipRow]) -> list[PartnershipRow]:
    """The rows with parties and reports, in two statements for all of them."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    parties: dict[int, dict[int, PartyRow]] = defaultdict(dict)
    for row in session.execute(_parties(ids)):
        parties[row.partnership_id].setdefault(row.id, PartyRow(row.id, row.name, row.role, row.country))
    reports: dict[int, list[ReportRow]] = defaultdict(list)
    for row in session.execute(_reports(ids)):
        reports[row[0]].append(ReportRow(*row[1:]))
    return [replace(row, parties=tuple(parties[row.id].values()), reports=tuple(reports[row.id])) for row in rows]


def _parties(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    kept = aliased(Organisation)
    return (
        select(PartnershipParty.partnership_id, kept.id, kept.name, PartnershipParty.role, kept.country)
        .join(Organisation, Organisation.id == PartnershipParty.organisation_id)
        .join(kept, kept.id == canonical_id())
        .where(PartnershipParty.partnership_id.in_(ids))
        .order_by(PartnershipParty.partnership_id, PartnershipParty.position)
    )


def _reports(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    report = PartnershipReport
    return (
        select(
            report.partnership_id,
            report.document_id,
            Document.title,
            Document.url,
            Source.name,
            Document.published,
            Document.story_id,
            report.evidence,
            report.evidence_start,
            report.evidence_end,
            report.page,
            report.kind,
            report.status,
            report.signed,
            report.confidence,
        )
        .join(Document, Document.id == report.document_id)
        .join(Source, Source.id == Document.source_id)
        .where(report.partnership_id.in_(ids))
        .order_by(report.partnership_id, Document.published_date, report.id)
    )
