"""A saved search as an Atom feed (RFC 4287) or a JSON Feed (version 1.1). Pure: entries in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import Document, Source
from search.index import Index
from search.partnerships import PartnershipRow
from search.results import opening
from search.saved import SavedRow, news

ATOM = "http://www.w3.org/2005/Atom"
SUMMARY_LENGTH = 600
NOT_IN_XML = dict.fromkeys([*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]) | dict.fromkeys((9, 10, 13), " ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news."""

    id: str
    """Stays the same whenever the feed is asked for."""
    title: str
    url: str
    updated: datetime
    summary: str
    """Plain text."""
    author: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What a reader program subscribes to."""

    id: str
    title: str
    url: str
    """Of the feed itself."""
    page: str
    """Where a person sees the same."""
    entries: Sequence[Entry]
    updated: datetime
    """Last change; where there are no entries, when the search was saved."""


NEWEST = 50
"""Entries of a feed."""


def of_saved(session: Session, index: Index, saved: SavedRow, base: str, *, url: str | None = None) -> Feed:
    """The feed of a saved search, with its newest results, seen or not; its addresses lie below `base`.

    `url` is its own address, where that is another than ``BASE/saved/NUMBER.atom``.
    """
    found = news(session, index, saved, after=0, limit=NEWEST)
    entries = [
        *document_entries(session, found.documents, base),
        *partnership_entries(session, found.partnerships, base),
    ]
    here = f"{base}/saved/{saved.id}"
    updated = max((one.updated for one in entries), default=saved.created_at)
    return Feed(here, saved.name, url or f"{here}.atom", here, entries, updated)


def document_entries(session: Session, ids: Sequence[int], base: str) -> list[Entry]:
    """Entries of documents, in the order of the ids; the link leads to the document's page below `base`."""
    columns = (Document.id, Document.title, Document.text, Document.first_seen_at, Source.name)
    statement = select(*columns).join(Source, Source.id == Document.source_id).where(Document.id.in_(ids))
    rows = {row.id: row for row in session.execute(statement)}
    return [
        Entry(
            id=f"{base}/documents/{number}",
            title=rows[number].title or "(without a title)",
            url=f"{base}/documents/{number}",
            updated=rows[number].first_seen_at,
            summary="".join(text for text, _ in opening(rows[number].text, SUMMARY_LENGTH)),
            author=rows[number].name,
        )
        for number in ids
        if number in rows
    ]


def partnership_entries(session: Session, rows: Sequence[PartnershipRow], base: str) -> list[Entry]:
    """Entries of partnerships: who with whom, and the sentence that says so."""
    reports = {row.id: row.reports[0] for row in rows if row.reports}
    statement = select(Document.id, Document.first_seen_at)
    seen: dict[int, datetime] = {
        row[0]: row[1]
        for row in session.execute(statement.where(Document.id.in_([one.document_id for one in reports.values()])))
    }
    return [
        Entry(
            id=f"{base}/partnerships/{row.id}",
            title=f"{row.kind}: {' + '.join(party.name for party in row.parties)}",
            url=f"{base}/partnerships/{row.id}",
            updated=seen[reports[row.id].document_id],
            summary=reports[row.id].evidence,
            author=reports[row.id].source,
        )
        for row in rows
        if row.id in reports
    ]


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    ET.register_namespace("", ATOM)
    root = ET.Element(_tag("feed"))
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", feed.updated.isoformat())
    ET.SubElement(root, _tag("link"), rel="self", href=feed.url, type="application/atom+xml")
    ET.SubElement(root, _tag("link"), rel="alternate", href=feed.page, type="text/html")
    for one in feed.entries:
        entry = ET.SubElement(root, _tag("entry"))
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "updated", one.updated.isoformat())
        ET.SubElement(entry, _tag("link"), rel="alternate", href=one.url, type="text/html")
        _text(ET.SubElement(entry, _tag("author")), "name", one.author)
        _text(entry, "summary", one.summary)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON."""
    items = [
        {
            "id": one.id,
            "url": one.url,
            "title": one.title,
            "content_text": one.summary,
            "date_published": one.updated.isoformat(),
            "authors": [{"name": one.author}],
        }
        for one in feed.entries
    ]
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "items": items,
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _tag(name)).text = text.translate(NOT_IN_XML)
