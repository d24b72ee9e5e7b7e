"""What earlier crawls know of a source's URLs: handed to the next crawl, so that it asks only for what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from crawlers.contract import Known, OutcomeKind, Stored, UrlRole
from models.crawl import Capture, CrawlRun, Source
from models.document import Document
from pipeline.runs import NOT_ASKED

SEEN = (OutcomeKind.FETCHED, OutcomeKind.UNCHANGED)
GONE = (404, 410)
RETRY_STATUS = (408, 425, 429)
"""Answers that say "later", not "no"."""


def known_urls(session: Session, source_id: str, recheck: int = 0) -> Iterator[Known]:
    """Yield what is known of each URL of a source, and ask for the `recheck` longest-unseen documents to be rechecked.

    Feeds, sitemaps and listings are named only where the source's last run read every document that they listed:
    else an unchanged feed would hide a document that is still missing. After a run that was not green, start URLs are
    asked for in full: a 304 would not show that they can be read again.
    """
    due = dict.fromkeys(_longest_unseen(session, source_id, recheck))
    roles = [UrlRole.DOCUMENT]
    last = _last_run(session, source_id)
    green = last is not None and last.state == "completed"
    if last is not None and green and _nothing_missing(session, last):
        roles.append(UrlRole.DISCOVERY)
    whole = set() if green else _start(session, source_id)
    for found in session.execute(_validators(source_id)).yield_per(1000):
        row = _Row(*found)
        if row.role in roles:
            known = row.known(recheck=due.pop(row.url, "") is None)
            yield replace(known, etag=None, last_modified=None) if row.url in whole else known
        else:
            due.pop(row.url, None)
    for url in due:
        yield Known(url=url, recheck=True)


class _Row(NamedTuple):
    """What `_validators` selects; the last seven are of the last capture with a payload, which the archive holds."""

    url: str
    role: str
    etag: str | None
    last_modified: str | None
    digest: str | None
    entries: str | None
    full_digest: str | None
    full_url: str | None
    full_final_url: str | None
    full_at: datetime | None
    file: str | None
    offset: int | None
    length: int | None

    def known(self, *, recheck: bool) -> Known:
        return Known(self.url, self.etag, self.last_modified, self.digest, self.entries, recheck, self._stored())

    def _stored(self) -> Stored | None:
        # A feed may count as unchanged by its entries: then the digest is that of a payload that was not kept.
        if self.digest is None or self.digest != self.full_digest or self.full_at is None:
            return None
        if self.file is None or self.offset is None or self.length is None:
            return None
        url = self.full_final_url or self.full_url or self.url
        return Stored(url, stamp(self.full_at), self.file, self.offset, self.length)


def stamp(at: datetime) -> str:
    """A time as the records of the archive have it: UTC, ISO 8601 with milliseconds and a trailing ``Z``."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _validators(source_id: str):  # type: ignore[no-untyped-def]  # a Select of the columns of `_Row`
    """Latest ETag, Last-Modified and digests per URL; a 304 may leave out what the response before it said."""
    last_ids = (
        select(
            func.max(Capture.id).label("last"),
            func.max(Capture.id).filter(Capture.outcome == OutcomeKind.FETCHED).label("full"),
            # A page that was gone and came back is fetched whole, so that its document comes back too.
            func.max(Capture.id).filter(Capture.status.in_(GONE)).label("gone"),
        )
        .where(Capture.source_id == source_id, or_(Capture.outcome.in_(SEEN), Capture.status.in_(GONE)))
        .group_by(Capture.url)
        .subquery()
    )
    last, full = aliased(Capture), aliased(Capture)
    return (
        select(
            last.url,
            last.role,
            func.coalesce(last.etag, full.etag),
            func.coalesce(last.last_modified, full.last_modified),
            func.coalesce(last.digest, full.digest),
            func.coalesce(last.entries, full.entries),
            full.digest,
            full.url,
            full.final_url,
            full.at,
            full.archive_file,
            full.archive_offset,
            full.archive_length,
        )
        .select_from(last_ids)
        .join(last, last.id == last_ids.c.last)
        .outerjoin(full, full.id == last_ids.c.full)
        .where(or_(last_ids.c.gone.is_(None), last_ids.c.gone < last_ids.c.last))
        .order_by(last.id)
    )


def _longest_unseen(session: Session, source_id: str, most: int) -> list[str]:
    # The URL of the capture, not the document's canonical one: the validators are known for what was asked.
    query = (
        select(Capture.url)
        .join(Document, Document.capture_id == Capture.id)
        .where(Document.source_id == source_id, Document.gone_since.is_(None))
        .order_by(Document.last_seen_at, Document.id)
        .limit(most)
    )
    return list(session.scalars(query)) if most else []


def _last_run(session: Session, source_id: str) -> CrawlRun | None:
    return session.scalars(
        select(CrawlRun)
        .where(CrawlRun.source_id == source_id, CrawlRun.state != "running")
        .order_by(CrawlRun.started_at.desc(), CrawlRun.id.desc())
        .limit(1)
    ).first()


def _start(session: Session, source_id: str) -> set[str]:
    row = session.get(Source, source_id)
    return set(row.declaration.get("start", ())) if row else set()


def _nothing_missing(session: Session, last: CrawlRun) -> bool:
    """Whether each document that a completed run named was read or refused for good."""
    try_later = or_(
        Capture.outcome == OutcomeKind.UNREACHABLE,
        (Capture.outcome == OutcomeKind.FAILED)
        & or_(Capture.status.is_(None), Capture.status >= 500, Capture.status.in_(RETRY_STATUS)),
    )
    try_later |= (Capture.outcome == OutcomeKind.FILTERED) & Capture.reason.in_(NOT_ASKED)
    missing = select(Capture.id).where(Capture.run_id == last.id, or_(Capture.state == "fetched", try_later)).limit(1)
    return session.scalar(missing) is None
