"""The tables that are exported, row by row: keyset paging over the primary key, so that memory stays constant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.tables import (
    Capture,
    Document,
    Mention,
    Organisation,
    Partnership,
    Source,
)
from search.merged import canonical_id
from search.organisations import OrganisationRow, describe
from search.partnerships import COLUMNS, PartnershipRow, ReportRow, with_details
from search.related import organisations_of, themes_of
from search.runs import OUTCOME_COLUMNS

BATCH = 1000
Row = dict[str, Any]

Columns = Mapping[str, type]
"""Names of a table's columns, in order, with the type of their values; any may be None. `list` holds texts."""

DOCUMENT_COLUMNS: Columns = {
    "id": int, "url": str, "title": str, "source": str, "published": str, "published_from": str, "language": str,
    "kind": str, "kind_score": float, "themes": list, "organisations": list, "authors": list, "media_type": str,
    "story": int, "version": int, "complete": bool, "first_seen_at": datetime, "last_seen_at": datetime,
    "gone_since": datetime, "text": str,
}  # fmt: skip
PARTNERSHIP_COLUMNS: Columns = {
    "id": int, "kind": str, "status": str, "parties": list, "party_ids": list, "roles": list, "signed": str,
    "duration_months": int, "expires": str, "amount": float, "currency": str, "confidence": float,
    "reports_count": int, "sources_count": int, "first_reported": date, "last_reported": date, "evidence": str,
    "evidence_page": int, "evidence_start": int, "evidence_end": int, "document_id": int, "source": str, "url": str,
    "all_evidence": list, "all_urls": list,
}  # fmt: skip
"""`evidence` to `url` are the best report's; the evidence is ``text[evidence_start:evidence_end]`` there."""
ORGANISATION_COLUMNS: Columns = {
    "id": int, "type": str, "name": str, "country": str, "register_id": str, "aliases": list, "mentions": int,
    "documents": int, "partnerships": int, "partners": list,
}  # fmt: skip
MENTION_COLUMNS: Columns = {
    "id": int, "document_id": int, "url": str, "text": str, "name": str, "type": str, "start": int, "end": int,
    "confidence": float, "organisation_id": int, "organisation": str,
}  # fmt: skip
OUTCOME_TYPES: Columns = {
    "id": int, "run_id": str, "source_id": str, "url": str, "role": str, "outcome": str, "reason": str, "detail": str,
    "status": int, "media_type": str, "size": int, "at": datetime, "state": str, "state_reason": str,
    "document_id": int,
}  # fmt: skip


def _pages(session: Session, statement: Select[*tuple[Any, ...]], key: Any) -> Iterator[Sequence[Any]]:
    """Rows by rising key, a batch at a time; each batch is a statement of its own, so no cursor is held open."""
    last = 0
    while True:
        rows = session.execute(statement.where(key > last).order_by(key).limit(BATCH)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def document_rows(session: Session, ids: Iterator[list[int]] | None = None) -> Iterator[Row]:
    """Every document, or those of a search (`search.service.found_ids`), as `DOCUMENT_COLUMNS`."""
    statement = select(
        Document.id,
        Document.url,
        Document.title,
        Source.name.label("source"),
        Document.published,
        Document.published_from,
        Document.language,
        Document.kind,
        Document.kind_score,
        Document.authors,
        Document.media_type,
        Document.story_id.label("story"),
        Document.version,
        Document.complete,
        Document.first_seen_at,
        Document.last_seen_at,
        Document.gone_since,
        Document.text,
    ).join(Source, Source.id == Document.source_id)
    if ids is None:
        pages = _pages(session, statement, Document.id)
    else:
        pages = (session.execute(statement.where(Document.id.in_(some)).order_by(Document.id)).all() for some in ids)
    for rows in pages:
        some = [row.id for row in rows]
        themes, organisations = themes_of(session, some), organisations_of(session, some)
        for row in rows:
            found = {
                "themes": [one.id for one in themes[row.id]],
                "organisations": [one.name for one in organisations[row.id]],
            }
            yield {**row._mapping, **found, "authors": list(row.authors)}


def partnership_rows(session: Session) -> Iterator[Row]:
    """Every partnership with parties, evidence and the URLs that say so, as `PARTNERSHIP_COLUMNS`."""
    for rows in _pages(session, select(*COLUMNS), Partnership.id):
        for one in with_details(session, [PartnershipRow(*row) for row in rows]):
            yield partnership_row(one)


def partnership_row(one: PartnershipRow) -> Row:
    """A partnership as one flat row; `roles` names the parties that have one: ``Lund University (partner)``."""
    kept = {name: getattr(one, name, None) for name in PARTNERSHIP_COLUMNS}
    found = {
        "parties": [party.name for party in one.parties],
        "party_ids": [str(party.id) for party in one.parties],
        "roles": [f"{party.name} ({party.role})" for party in one.parties if party.role],
        "all_evidence": [report.evidence for report in one.reports],
        "all_urls": [report.url for report in one.reports],
    }
    return kept | found | (_evidence(best_report(one.reports)) if one.reports else {})


def best_report(reports: Sequence[ReportRow]) -> ReportRow:
    """The surest report, of equal ones the earliest published; the order of the view ``v_partnerships``."""
    return min(reports, key=lambda one: (-one.confidence, _first_day(one.published), one.url, one.evidence_start))


def _first_day(published: str | None) -> str:
    return f"{published}-01-01"[:10] if published else "9999"


def _evidence(report: ReportRow) -> Row:
    return {
        "evidence": report.evidence,
        "evidence_page": report.page,
        "evidence_start": report.evidence_start,
        "evidence_end": report.evidence_end,
        "document_id": report.document_id,
        "source": report.source,
        "url": report.url,
    }


def organisation_rows(session: Session) -> Iterator[Row]:
    """Every organisation that counts, as `ORGANISATION_COLUMNS`."""
    statement = select(Organisation.id).where(Organisation.merged_into_id.is_(None))
    for rows in _pages(session, statement, Organisation.id):
        for one in describe(session, [row.id for row in rows]):
            yield organisation_row(one)


def organisation_row(one: OrganisationRow) -> Row:
    """An organisation as one flat row."""
    kept = {name: getattr(one, name) for name in ORGANISATION_COLUMNS}
    return kept | {"aliases": list(one.aliases), "partners": [partner.name for partner in one.partners]}


def mention_rows(session: Session) -> Iterator[Row]:
    """Every mention with the organisation it was resolved to, as `MENTION_COLUMNS`."""
    kept = aliased(Organisation)
    statement = (
        select(
            Mention.id,
            Mention.document_id,
            Document.url,
            Mention.text,
            Mention.name,
            Mention.type,
            Mention.start,
            Mention.end,
            Mention.confidence,
            kept.id.label("organisation_id"),
            kept.name.label("organisation"),
        )
        .join(Document, Document.id == Mention.document_id)
        .outerjoin(Organisation, Organisation.id == Mention.organisation_id)
        .outerjoin(kept, kept.id == canonical_id())
    )
    for rows in _pages(session, statement, Mention.id):
        for row in rows:
            yield dict(row._mapping)


def outcome_rows(session: Session, run_id: str | None = None) -> Iterator[Row]:
    """What became of each URL of all runs, or of one, as `OUTCOME_TYPES`."""
    statement = select(*OUTCOME_COLUMNS)
    if run_id is not None:
        statement = statement.where(Capture.run_id == run_id)
    for rows in _pages(session, statement, Capture.id):
        for row in rows:
            yield dict(row._mapping)
