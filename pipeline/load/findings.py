"""What the analysis found, as rows: mentions, themes, reports; then organisations and partnerships settle."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.crawl import Source
from models.document import Document, DocumentTheme, Mention
from models.partnership import PartnershipReport
from pipeline.load.items import LoadItem, storable
from pipeline.load.revision import Ticket
from pipeline.load.themes import ensure_themes
from pipeline.merge.store import Affected, parties_key, recompute, redirect, withdraw
from pipeline.records import Anchor, Entity, Report
from pipeline.resolve.linking import Context
from pipeline.resolve.organisations import Resolution, resolve
from pipeline.resolve.parting import part_decided


def write_findings(session: Session, found: Mapping[int, LoadItem], affected: Affected, ticket: Ticket) -> None:
    """Replace what was found in the documents (by id), and give every other document that it changes a revision."""
    _clear(session, found.keys(), affected)
    parted = part_decided(session, affected)
    entities = {document: _entities(item) for document, item in found.items()}
    result = resolve(session, entities, _contexts(session, found))
    redirect(session, result.merged, affected)
    _write_mentions(session, found, result)
    _write_themes(session, found)
    _write_reports(session, found, result, affected)
    touched = result.touched | parted
    if affected.keys or affected.documents:
        touched |= recompute(session, affected, ticket)
    touched -= found.keys()
    if touched:
        session.execute(update(Document).where(Document.id.in_(touched)).values(revision=ticket.value))


def _contexts(session: Session, found: Mapping[int, LoadItem]) -> dict[int, Context]:
    """What each document says besides names: which of several bodies of a name it means."""
    sources = {item.source_id for item in found.values()}
    countries = dict(session.execute(select(Source.id, Source.country).where(Source.id.in_(sources))).all())
    return {
        document: Context(item.extracted.text, item.url, countries.get(item.source_id))
        for document, item in found.items()
    }


def _clear(session: Session, documents: Collection[int], affected: Affected) -> None:
    if documents:
        withdraw(session, documents, affected)
        session.execute(delete(Mention).where(Mention.document_id.in_(documents)))
        session.execute(delete(DocumentTheme).where(DocumentTheme.document_id.in_(documents)))


def _entities(item: LoadItem) -> list[Entity]:
    """The entities of the analysis; and a party that is none of them, without mentions, so that it resolves too."""
    assert item.analysis is not None  # only analysed items come here
    entities = [
        Entity(storable(e.name), e.type, e.mentions, tuple(storable(short) for short in e.defined))
        for e in item.analysis.entities
    ]
    names = {entity.name for entity in entities}
    parties = {storable(party.name) for report in item.analysis.reports for party in report.parties} - names
    return entities + [Entity(name, "organisation", ()) for name in sorted(parties)]


def _write_mentions(session: Session, found: Mapping[int, LoadItem], result: Resolution) -> None:
    rows = [
        {
            "document_id": document,
            "organisation_id": result.organisations.get((document, entity.type, entity.name)),
            "type": entity.type,
            "name": entity.name,
            "text": storable(mention.text),
            "start": mention.start,
            "end": mention.end,
            "confidence": mention.confidence,
        }
        for document, item in found.items()
        for entity in _entities(item)
        for mention in entity.mentions
    ]
    if rows:
        session.execute(insert(Mention), rows)


def _write_themes(session: Session, found: Mapping[int, LoadItem]) -> None:
    rows = {
        (document, theme.id): {
            "document_id": document,
            "theme_id": theme.id,
            "score": theme.score,
            "words": list(theme.words),
        }
        for document, item in found.items()
        for theme in (item.analysis.themes if item.analysis else ())
    }
    if rows:
        ensure_themes(session, {theme for _, theme in rows})
        session.execute(insert(DocumentTheme), list(rows.values()))


def _write_reports(session: Session, found: Mapping[int, LoadItem], result: Resolution, affected: Affected) -> None:
    rows = [
        _report_row(document, item, report, result)
        for document, item in found.items()
        for report in (item.analysis.reports if item.analysis else ())
    ]
    if rows:
        session.execute(insert(PartnershipReport), rows)
        affected.keys |= {row["parties_key"] for row in rows}


def _report_row(document: int, item: LoadItem, report: Report, result: Resolution) -> dict[str, Any]:
    names = [storable(party.name) for party in report.parties]
    parties: list[dict[str, Any]] = [
        {"organisation_id": result.of(document, name), "name": name, "role": party.role[:32] if party.role else None}
        for name, party in zip(names, report.parties, strict=True)
    ]
    return {
        "document_id": document,
        "parties": parties,
        "parties_key": parties_key(party["organisation_id"] for party in parties),
        "kind": report.kind,
        "status": report.status,
        "signed": report.signed,
        "duration_months": report.duration_months,
        "amount": report.amount,
        "currency": report.currency,
        "confidence": report.confidence,
        "evidence": storable(item.extracted.text[report.evidence_start : report.evidence_end]),
        "evidence_start": report.evidence_start,
        "evidence_end": report.evidence_end,
        "page": page_of(item.extracted.anchors, report.evidence_start),
    }


def page_of(anchors: Collection[Anchor], position: int) -> int | None:
    """The page or slide on which a character stands; None where the document has none."""
    return next((anchor.page for anchor in anchors if anchor.start <= position < anchor.end), None)
