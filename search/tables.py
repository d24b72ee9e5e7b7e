"""The tables that are exported, row by row: keyset paging over the primary key, so that memory stays constant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from search.partnerships import COLUMNS, PartnershipRow, with_details
from search.related import organisations_of, themes_of
from search.runs import OUTCOME_COLUMNS

BATCH = 1000
Row = dict[str, Any]

DOCUMENT_COLUMNS = (
    "id", "url", "title", "source", "published", "published_from", "language", "kind", "kind_score", "themes",
    "organisations", "authors", "media_type", "story", "version", "complete", "first_seen_at", "last_seen_at",
    "gone_since", "text",
)  # fmt: skip
PARTNERSHIP_COLUMNS = (
    "id", "kind", "status", "parties", "party_ids", "roles", "signed", "duration_months", "expires", "amount",
    "currency", "confidence", "reports_count", "sources_count", "first_reported", "last_reported", "evidence", "urls",
)  # fmt: skip
ORGANISATION_COLUMNS = (
    "id", "type", "name", "country", "register_id", "aliases", "mentions", "documents", "partnerships", "partners",
)  # fmt: skip
MENTION_COLUMNS = (
    "id", "document_id", "url", "text", "name", "type", "start", "end", "confidence", "organisation_id", "organisation",
)  # fmt: skip
OUTCOME_NAMES = tuple(column.key for column in OUTCOME_COLUMNS)


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
    """A partnership as one flat row."""
    kept = {name: getattr(one, name) for name in PARTNERSHIP_COLUMNS if hasattr(one, name)}
    return kept | {
        "parties": [party.name for party in one.parties],
        "party_ids": [str(party.id) for party in one.parties],
        "roles": [party.role or "" for party in one.parties],
        "evidence": [report.evidence for report in one.reports],
        "urls": [report.url for report in one.reports],
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
    """What became of each URL of all runs, or of one, as `OUTCOME_NAMES`."""
    statement = select(*OUTCOME_COLUMNS)
    if run_id is not None:
        statement = statement.where(Capture.run_id == run_id)
    for rows in _pages(session, statement, Capture.id):
        for row in rows:
            yield dict(row._mapping)
