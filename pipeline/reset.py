"""Set captures back, so that they are read again from the archive."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from models.crawl import Capture
from models.document import Document
from pipeline.claim import WAITING
from pipeline.extract import EXTRACTOR


def reset(
    session: Session,
    *,
    source_id: str | None = None,
    analyser: str | None = None,
    older_than: str | None = None,
    other_extractor: bool = False,
    failed: bool = False,
) -> int:
    """Let the captures that the present texts of documents came from wait again; return how many.

    Only documents of `source_id`; only those analysed by version `analyser`; only those that another extractor than
    the present one, or another analyser than version `older_than`, read; only those that another extractor read
    (`other_extractor`). `failed`: also the latest capture of each URL that could not be processed.
    """
    documents = select(Document.capture_id)
    if source_id is not None:
        documents = documents.where(Document.source_id == source_id)
    if analyser is not None:
        documents = documents.where(Document.analyser == analyser)
    if older_than is not None:
        documents = documents.where(or_(Document.extractor != EXTRACTOR, Document.analyser != older_than))
    if other_extractor:
        documents = documents.where(Document.extractor != EXTRACTOR)
    wanted: ColumnElement[bool] = Capture.id.in_(documents)
    if failed:
        # Revisits are archived too, but nothing is read of them again: their original is.
        latest = select(func.max(Capture.id)).where(Capture.archive_file.is_not(None), Capture.outcome == "fetched")
        if source_id is not None:
            latest = latest.where(Capture.source_id == source_id)
        latest = latest.group_by(Capture.source_id, Capture.url)
        wanted = or_(wanted, Capture.id.in_(latest) & (Capture.state == "failed"))
    query = update(Capture).where(wanted, Capture.archive_file.is_not(None), Capture.state.in_(("processed", "failed")))
    values = {"state": WAITING, "state_reason": None, "attempts": 0, "claimed_by": None, "claimed_at": None}
    return len(session.execute(query.values(values).returning(Capture.id)).all())
