"""Pages that were looked for and not fetched anew: still there, or gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.crawl import Capture
from models.document import Document
from pipeline.crawl import ADHOC
from pipeline.load.identity import document_url, twins
from pipeline.load.revision import lock_writer, next_revision

CHUNK = 500
"""Values of one IN list."""


def mark_gone(session: Session, urls: Mapping[str, datetime]) -> int:
    """Set `gone_since` of the documents at URLs that answered 404 or 410 (URL as fetched -> when); how many are new.

    A document is meant by its own URL, and by the one that its text was fetched from. Those gone already stay as they
    are, and so does a document that was seen later than that answer.
    """
    lock_writer(session)
    found = _documents(session, urls)
    rows = session.execute(
        select(Document.id, Document.last_seen_at).where(Document.id.in_(list(found)), Document.gone_since.is_(None))
    )
    gone = [document for document, seen in rows if seen <= found[document]]
    if gone:
        revision = next_revision(session)
        session.execute(update(Document), [{"id": id_, "gone_since": found[id_], "revision": revision} for id_ in gone])
    session.expire_all()
    return len(gone)


def mark_seen(session: Session, urls: Mapping[str, datetime], source_id: str | None = None) -> int:
    """Confirm the documents at URLs that answered "unchanged" (URL as fetched -> when); how many there are.

    Moves `last_seen_at`; a document that was gone is back, with a new revision. One that was first fetched without a
    declaration becomes a document of `source_id`, with a new revision, too.
    """
    lock_writer(session)
    found = _documents(session, urls, with_twins=True)
    rows = session.execute(
        select(Document.id, Document.last_seen_at, Document.gone_since, Document.source_id).where(
            Document.id.in_(list(found))
        )
    ).all()
    later = [{"id": id_, "last_seen_at": found[id_]} for id_, seen, *_ in rows if seen < found[id_]]
    back = [id_ for id_, _, gone, _ in rows if gone is not None and gone <= found[id_]]
    if later:
        session.execute(update(Document), later)
    if back:
        revision = next_revision(session)
        session.execute(update(Document), [{"id": id_, "gone_since": None, "revision": revision} for id_ in back])
    homeless = [id_ for id_, _, _, source in rows if source_id not in {None, ADHOC} and source == ADHOC]
    if homeless:
        revision = next_revision(session)
        session.execute(
            update(Document), [{"id": id_, "source_id": source_id, "revision": revision} for id_ in homeless]
        )
    session.expire_all()
    return len(found)


def _documents(session: Session, urls: Mapping[str, datetime], *, with_twins: bool = False) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    by_url: dict[str, datetime] = {}
    for url, at in urls.items():
        own = document_url(url)
        for form in (url, own, *(twins(own) if with_twins else ())):
            by_url[form] = max(at, by_url.get(form, at))
    wanted = sorted(by_url)
    for i in range(0, len(wanted), CHUNK):
        some = wanted[i : i + CHUNK]
        rows = [*session.execute(select(Document.id, Document.url).where(Document.url.in_(some)))]
        fetched = select(Document.id, Capture.url).join(Capture, Capture.id == Document.capture_id)
        rows += session.execute(fetched.where(Capture.url.in_(some)))
        for document, url in rows:
            found[document] = max(by_url[url], found.get(document, by_url[url]))
    return found
