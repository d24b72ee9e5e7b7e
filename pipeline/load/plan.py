"""What is to be done with each item: new, changed, analysed anew, the same; decided before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.crawl import Capture
from models.document import Document
from pipeline.crawl import ADHOC
from pipeline.load.identity import document_url, text_digest, twins
from pipeline.load.items import LoadItem, reading_values

COMPARED = ("title", "published", "published_from", "authors", "media_type", "extract_outcome")
"""Columns that may change though the text did not. Anchors are not among them: they count in the stored text."""


class Verdict(Enum):
    """What becomes of the document that an item belongs to."""

    NEW = "new"
    TEXT = "another text"
    ANALYSED = "same text, read or analysed by another version"
    READING = "same text, another title, date or author"
    SAME = "nothing new"
    WAITING = "needs an analysis that it does not have"

    @property
    def found_anew(self) -> bool:
        """Whether mentions, themes and reports are replaced."""
        return self in (Verdict.NEW, Verdict.TEXT, Verdict.ANALYSED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A document as it stands, with the capture that its text came from."""

    id: int
    url: str
    digest: str
    extractor: str
    analyser: str
    version: int
    last_seen_at: datetime
    gone_since: datetime | None
    read_at: datetime | None
    """When the latest payload was fetched that was read into it. `last_seen_at` may be later: a page that is confirmed
    unchanged is the page as last fetched, and that may still wait to be read."""
    capture_id: int
    captured_at: datetime | None
    capture_url: str | None
    payload: str | None
    source_id: str
    reading: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """An item with the document it belongs to and what is to be done."""

    item: LoadItem
    url: str
    digest: str
    verdict: Verdict
    standing: Standing | None = None
    in_place: bool = False
    """The payload is the one that was read before: its text was read better, so it is no new version."""

    @property
    def finds_home(self) -> bool:
        """Whether a declared source names a document that was first fetched without a declaration."""
        return self.standing is not None and self.standing.source_id == ADHOC != self.item.source_id

    @property
    def returns(self) -> bool:
        """Whether the document was gone and is back."""
        gone = self.standing.gone_since if self.standing else None
        return gone is not None and self.item.at >= gone


def plan(session: Session, items: Sequence[LoadItem]) -> tuple[list[Plan], list[LoadItem]]:
    """Plan the items, one for each document; what else belongs to the same documents comes back for the next round.

    An item whose URL differs from a document's in ``https`` or ``www.`` alone belongs to that document, whichever
    source it comes from.
    """
    urls = {
        item.capture_id: (document_url(item.url, item.extracted.canonical_url), document_url(item.url))
        for item in items
    }
    wanted = {url for both in urls.values() for url in both}
    standing = _standing(session, {twin for url in wanted for twin in twins(url)})
    known_as = {url: url if url in standing else min(twins(url) & set(standing), default=url) for url in wanted}
    captures = select(Capture.id, Capture.digest, Capture.document_id).where(Capture.id.in_(list(urls)))
    before = {id_: (payload, document) for id_, payload, document in session.execute(captures)}
    plans: dict[frozenset[str], Plan] = {}
    later: list[LoadItem] = []
    for item in sorted(items, key=lambda item: (item.at, item.capture_id)):
        canonical, own = (known_as[url] for url in urls[item.capture_id])
        digest = text_digest(item.extracted.text)
        url = own if _is_anothers(standing.get(canonical), own, digest) else canonical
        if twins(url) in plans:
            later.append(item)
            continue
        plans[twins(url)] = _judge(item, url, digest, standing.get(url), before.get(item.capture_id))
    return list(plans.values()), later


def _is_anothers(found: Standing | None, own: str, digest: str) -> bool:
    # Sites that give every page of a series the first one's canonical URL: a text that came from another URL is not
    # overwritten, the page becomes a document under its own.
    return (
        found is not None
        and found.digest != digest
        and own != found.url
        and found.capture_url is not None
        and own not in twins(document_url(found.capture_url))
    )


def _judge(
    item: LoadItem, url: str, digest: str, found: Standing | None, before: tuple[str | None, int | None] | None
) -> Plan:
    if found is None:
        return Plan(item, url, digest, Verdict.NEW if item.analysis else Verdict.WAITING)
    in_place = _read_before(item, found, *(before or (None, None)))
    return Plan(item, url, digest, _verdict(item, digest, found, in_place), found, in_place)


def _read_before(item: LoadItem, found: Standing, payload: str | None, document: int | None) -> bool:
    """Whether this payload is one that gave the present text already: what differs now is the reading, not the page."""
    if item.capture_id == found.capture_id or (payload is not None and payload == found.payload):
        return True
    # A later capture that was processed before and confirmed the text
    return document == found.id and found.captured_at is not None and item.at >= found.captured_at


def _verdict(item: LoadItem, digest: str, found: Standing, in_place: bool) -> Verdict:
    if found.read_at is not None and item.at < found.read_at and not in_place:
        return Verdict.SAME  # an older capture, processed late: the document says today's
    analyser = item.analysis.analyser if item.analysis else found.analyser
    same_extractor = item.extracted.extractor == found.extractor
    # Without an analysis nothing but the extractor's version and fields beside the text can have changed.
    if digest == found.digest and analyser == found.analyser and (same_extractor or item.analysis is None):
        values = reading_values(item)
        changed = not same_extractor or any(values[c] != found.reading[c] for c in COMPARED)
        return Verdict.READING if changed else Verdict.SAME
    if item.analysis is None:
        return Verdict.WAITING
    return Verdict.ANALYSED if digest == found.digest else Verdict.TEXT


def _standing(session: Session, urls: Iterable[str]) -> dict[str, Standing]:
    compared = [getattr(Document, column) for column in COMPARED]
    other = aliased(Capture)
    read_at = select(func.max(other.at)).where(
        other.document_id == Document.id, other.outcome == "fetched", other.state == "processed"
    )
    rows = session.execute(
        select(
            Document.id,
            Document.url,
            Document.text_digest,
            Document.extractor,
            Document.analyser,
            Document.version,
            Document.last_seen_at,
            Document.gone_since,
            read_at.scalar_subquery(),
            Document.capture_id,
            Capture.at,
            func.coalesce(Capture.final_url, Capture.url),
            Capture.digest,
            Document.source_id,
        )
        .add_columns(*compared)
        .outerjoin(Capture, Capture.id == Document.capture_id)
        .where(Document.url.in_(sorted(urls)))
    )
    found: dict[str, Standing] = {}
    for row in rows:
        values: list[Any] = list(row)
        cut = len(values) - len(COMPARED)
        found[values[1]] = Standing(*values[:cut], *[dict(zip(COMPARED, values[cut:], strict=True))])
    return found
