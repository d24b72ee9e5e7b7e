"""The rows of documents, versions and captures. Few statements a batch; the caller holds the writer lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from models.crawl import Capture
from models.document import Document, DocumentVersion
from pipeline.load.items import LoadItem, analysis_values, reading_values, storable
from pipeline.load.plan import COMPARED, Plan, Verdict
from pipeline.load.revision import Ticket


def write_documents(
    session: Session, plans: Sequence[Plan], stories: Mapping[str, int], ticket: Ticket
) -> dict[int, int]:
    """Insert and update documents and their versions; return capture id -> document id.

    `stories` has the story of each digest of a text that is found anew.
    """
    ids = {p.item.capture_id: p.standing.id for p in plans if p.standing}
    new = [p for p in plans if p.verdict is Verdict.NEW]
    if new:
        rows = [_new_row(p, stories[p.digest], ticket.value) for p in new]
        created = session.scalars(insert(Document).returning(Document.id, sort_by_parameter_order=True), rows)
        ids |= dict(zip((p.item.capture_id for p in new), created, strict=True))
    for p in plans:
        if p.standing and p.verdict is not Verdict.WAITING and (values := _changes(p, stories, ticket)):
            session.execute(update(Document).where(Document.id == p.standing.id).values(**values))
    _write_versions(session, plans, ids)
    return ids


def _new_row(p: Plan, story_id: int, revision: int) -> dict[str, Any]:
    return {
        "url": p.url,
        "source_id": p.item.source_id,
        "version": 1,
        "first_seen_at": p.item.at,
        "last_seen_at": p.item.at,
        "revision": revision,
        **_text_values(p, story_id),
    }


def _text_values(p: Plan, story_id: int) -> dict[str, Any]:
    assert p.item.analysis is not None  # `plan` lets nothing else come here
    return {
        "text": storable(p.item.extracted.text),
        "text_digest": p.digest,
        "story_id": story_id,
        "capture_id": p.item.capture_id,
        **reading_values(p.item),
        **analysis_values(p.item.analysis),
    }


def _changes(p: Plan, stories: Mapping[str, int], ticket: Ticket) -> dict[str, Any]:
    """The columns of a document that exists which this item changes."""
    assert p.standing is not None  # the caller asks only then
    values: dict[str, Any] = {}
    if p.verdict.found_anew:
        values |= _text_values(p, stories[p.digest])
        if p.verdict is Verdict.TEXT and not p.in_place:
            values["version"] = p.standing.version + 1
    elif p.verdict is Verdict.READING:
        read = reading_values(p.item)
        values |= {column: read[column] for column in (*COMPARED, "published_date", "extractor")}
    if p.finds_home:
        values["source_id"] = p.item.source_id
    if p.returns:
        values["gone_since"] = None
    if values:
        values["revision"] = ticket.value
    if p.item.at > p.standing.last_seen_at:
        values["last_seen_at"] = p.item.at
    return values


def _write_versions(session: Session, plans: Sequence[Plan], ids: Mapping[int, int]) -> None:
    added = []
    for p in plans:
        if p.verdict not in (Verdict.NEW, Verdict.TEXT):
            continue
        read, document = reading_values(p.item), ids[p.item.capture_id]
        values = {
            "title": read["title"],
            "text": storable(p.item.extracted.text),
            "text_digest": p.digest,
            "published": read["published"],
            "capture_id": p.item.capture_id,
            "created_at": p.item.at,
        }
        number = p.standing.version if p.standing else 0
        if p.in_place:
            version = DocumentVersion
            session.execute(
                update(version).where(version.document_id == document, version.number == number).values(**values)
            )
        else:
            added.append({"document_id": document, "number": number + 1, **values})
    if added:
        session.execute(insert(DocumentVersion), added)


def write_captures(session: Session, plans: Sequence[Plan], ids: Mapping[int, int]) -> None:
    """Settle the captures: processed, or free to be claimed again where the analysis was missing."""
    rows = [
        {
            "id": p.item.capture_id,
            "state": "fetched" if p.verdict is Verdict.WAITING else "processed",
            "state_reason": None,
            "document_id": None if p.verdict is Verdict.WAITING else ids[p.item.capture_id],
            "claimed_by": None,
            "claimed_at": None,
        }
        for p in plans
    ]
    if rows:
        session.execute(update(Capture), rows)


def fail_captures(session: Session, failed: Sequence[tuple[LoadItem, str]]) -> None:
    """Captures that could not be read or kept, each with its reason."""
    rows = [
        {
            "id": item.capture_id,
            "state": "failed",
            "state_reason": storable(reason),
            "claimed_by": None,
            "claimed_at": None,
        }
        for item, reason in failed
    ]
    if rows:
        session.execute(update(Capture), rows)
