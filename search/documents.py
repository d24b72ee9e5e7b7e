"""One document with all that is known of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.tables import (
    Capture,
    Document,
    DocumentTheme,
    DocumentVersion,
    Mention,
    Organisation,
    PartnershipReport,
    Source,
    Theme,
)
from search.merged import canonical_id
from search.related import organisations_of, themes_of
from search.results import Named
from search.story import MemberRow, StoryRow, story_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A text that stood at the URL."""

    number: int
    title: str
    text: str
    published: str | None
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A name in the text: ``text[start:end]``, and the organisation it was resolved to, if any."""

    start: int
    end: int
    text: str
    name: str
    type: str
    confidence: float
    organisation: Named | None


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme, its score and the words that gave it."""

    id: str
    label: str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A sentence that reports an agreement."""

    partnership_id: int | None
    kind: str
    status: str
    signed: str | None
    duration_months: int | None
    confidence: float
    parties: tuple[Named, ...]
    """Organisations that count, as they were named in the text; the id is empty for one that was not resolved."""
    evidence: str
    start: int
    end: int
    page: int | None


@dataclass(frozen=True, slots=True)
class CopyRow:
    """Another document that tells the same story."""

    id: int
    title: str
    url: str
    source: str
    published: str | None
    same_text: bool
    """Word for word; else a near-duplicate."""
    similarity: float | None
    """As in `search.story.MemberRow`."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A document with what was found in it, in short."""

    id: int
    url: str
    title: str
    kind: str
    published: str | None
    language: str | None
    complete: bool
    """False where the language is only partly analysed."""
    themes: tuple[Named, ...]
    organisations: tuple[Named, ...]
    reports: tuple[EvidenceRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in full."""

    id: int
    url: str
    title: str
    text: str
    source: Named
    language: str | None
    published: str | None
    published_from: str | None
    authors: tuple[str, ...]
    reading: dict[str, Any]
    """What else the page says of itself: date of its last change, section, tags, …"""
    media_type: str | None
    anchors: tuple[tuple[int, int, int], ...]
    """Start, end and number of each page or slide."""
    kind: str
    kind_score: float
    complete: bool
    version: int
    first_seen_at: datetime
    last_seen_at: datetime
    gone_since: datetime | None
    archive_file: str | None
    """Where the capture of the present text lies in the archive."""
    archive_offset: int | None
    revision: int
    versions: tuple[VersionRow, ...]
    mentions: tuple[MentionRow, ...]
    themes: tuple[ThemeRow, ...]
    reports: tuple[EvidenceRow, ...]
    copies: tuple[CopyRow, ...]
    story: StoryRow
    """With the document itself among its members."""


def get_document(session: Session, number: int) -> DocumentRow | None:
    """The document of this id; None where there is none."""
    row = session.execute(
        select(Document, Source.name, Capture.archive_file, Capture.archive_offset)
        .join(Source, Source.id == Document.source_id)
        .outerjoin(Capture, Capture.id == Document.capture_id)
        .where(Document.id == number)
    ).one_or_none()
    if row is None:
        return None
    document: Document = row[0]
    story = story_of(session, document)
    return DocumentRow(
        id=document.id,
        url=document.url,
        title=document.title,
        text=document.text,
        source=Named(document.source_id, row[1]),
        language=document.language,
        published=document.published,
        published_from=document.published_from,
        authors=tuple(document.authors),
        reading=dict(document.reading),
        media_type=document.media_type,
        anchors=tuple((start, end, page) for start, end, page in document.anchors),
        kind=document.kind,
        kind_score=document.kind_score,
        complete=document.complete,
        version=document.version,
        first_seen_at=document.first_seen_at,
        last_seen_at=document.last_seen_at,
        gone_since=document.gone_since,
        archive_file=row[2],
        archive_offset=row[3],
        revision=document.revision,
        versions=tuple(VersionRow(*one) for one in session.execute(_versions(number))),
        mentions=tuple(_mention(one) for one in session.execute(_mentions(number))),
        themes=tuple(ThemeRow(one[0], one[1], one[2], tuple(one[3])) for one in session.execute(_themes(number))),
        reports=tuple(_reports_of(session, [number])[number]),
        copies=tuple(_copy(one) for one in story.members if one.id != document.id),
        story=story,
    )


def _versions(number: int) -> Select[*tuple[Any, ...]]:
    version = DocumentVersion
    return (
        select(version.number, version.title, version.text, version.published, version.created_at)
        .where(version.document_id == number)
        .order_by(version.number)
    )


def _mentions(number: int) -> Select[*tuple[Any, ...]]:
    kept = aliased(Organisation)
    return (
        select(Mention, kept.id, kept.name)
        .outerjoin(Organisation, Organisation.id == Mention.organisation_id)
        .outerjoin(kept, kept.id == canonical_id())
        .where(Mention.document_id == number)
        .order_by(Mention.start, Mention.id)
    )


def _mention(row: Any) -> MentionRow:
    one: Mention = row[0]
    organisation = None if row[1] is None else Named(str(row[1]), row[2])
    return MentionRow(one.start, one.end, one.text, one.name, one.type, one.confidence, organisation)


def _themes(number: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Theme.id, Theme.label, DocumentTheme.score, DocumentTheme.words)
        .join(Theme, Theme.id == DocumentTheme.theme_id)
        .where(DocumentTheme.document_id == number)
        .order_by(DocumentTheme.score.desc(), Theme.id)
    )


def _evidence(report: PartnershipReport) -> EvidenceRow:
    return EvidenceRow(
        partnership_id=report.partnership_id,
        kind=report.kind,
        status=report.status,
        signed=report.signed,
        duration_months=report.duration_months,
        confidence=report.confidence,
        parties=tuple(Named(str(party.get("organisation_id") or ""), str(party["name"])) for party in report.parties),
        evidence=report.evidence,
        start=report.evidence_start,
        end=report.evidence_end,
        page=report.page,
    )


def _copy(one: MemberRow) -> CopyRow:
    return CopyRow(one.id, one.title, one.url, one.source.name, one.published, one.same_text, one.similarity)


def documents_of_runs(session: Session, run_ids: Sequence[str]) -> Iterator[FoundRow]:
    """Documents that the runs fetched or confirmed, each once, by id."""
    captured = select(Capture.document_id).where(Capture.run_id.in_(run_ids), Capture.document_id.is_not(None))
    columns = (Document.id, Document.url, Document.title, Document.kind, Document.published, Document.language)
    statement = select(*columns, Document.complete).where(Document.id.in_(captured)).order_by(Document.id).limit(BATCH)
    last = 0
    while rows := session.execute(statement.where(Document.id > last)).all():
        ids = [row.id for row in rows]
        themes, organisations = themes_of(session, ids), organisations_of(session, ids)
        reports = _reports_of(session, ids)
        for row in rows:
            yield FoundRow(*row, tuple(themes[row.id]), tuple(organisations[row.id]), tuple(reports[row.id]))
        last = ids[-1]


def _reports_of(session: Session, ids: Sequence[int]) -> dict[int, list[EvidenceRow]]:
    report = PartnershipReport
    found: dict[int, list[EvidenceRow]] = defaultdict(list)
    statement = select(report).where(report.document_id.in_(ids)).order_by(report.evidence_start, report.id)
    for one in session.scalars(statement):
        found[one.document_id].append(_evidence(one))
    return found
