"""Where each field of a document comes from: the capture, what read it, and the rule. The archive is read again for it.

A stored field is a statement about a payload that anybody can look up. So the trace does not tell from memory: it reads
the payload, says where the value stands in it, and what the present extractor makes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.crawl import Capture
from models.document import Document, DocumentTheme, Mention, Theme
from models.partnership import PartnershipReport
from pipeline.archive import Archive
from pipeline.errors import ArchiveError
from pipeline.extract import EXTRACTOR
from pipeline.load.identity import document_url, text_digest
from pipeline.process import charset_of, read_record
from pipeline.records import Extracted
from pipeline.stated import Place, places, where

DATED = {
    "json-ld": "stated in JSON-LD", "meta": "stated in a meta element", "time": "stated in a time element",
    "url": "read from the URL", "text": "read from the text", "pdf": "stated in the PDF's information",
    "office": "stated in the file's properties", "feed": "stated in the feed that named the page",
    "mail": "stated in the e-mail's header",
}  # fmt: skip
"""`Document.published_from` in words."""


@dataclass(frozen=True, slots=True)
class FieldTrace:
    """A field: its stored value, the rule that gave it, and what it is now read as where that differs."""

    field: str
    value: str | None
    rule: str
    by: str
    """Extractor or analyser with its version, or ``crawl``."""
    now: str | None = None


@dataclass(frozen=True, slots=True)
class CaptureTrace:
    """The capture that the present text came from."""

    id: int
    run_id: str
    url: str
    at: datetime
    media_type: str | None
    digest: str | None
    archive_file: str | None
    archive_offset: int | None
    archive_length: int | None
    found_on: str | None
    problem: str | None = None
    """Why the payload cannot be read again."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Every field of a document with its origin."""

    document_id: int
    capture: CaptureTrace | None
    fields: tuple[FieldTrace, ...]
    extractor: str
    """Version that read it."""
    present_extractor: str
    analyser: str

    @property
    def stale(self) -> bool:
        """Whether another extractor than the present one has read it."""
        return self.extractor != self.present_extractor


def trace(session: Session, archive: Archive, number: int) -> Trace | None:
    """The trace of a document; None where there is none of that id. Raises ArchiveUnreachableError."""
    document = session.get(Document, number)
    if document is None:
        return None
    capture = session.get(Capture, document.capture_id)
    stated, now, problem = _read(archive, capture)
    fields = [*_read_fields(document, capture, stated, now), *_found_fields(session, document), *_seen(document)]
    origin = None if capture is None else _origin(capture, problem)
    return Trace(number, origin, tuple(fields), document.extractor, EXTRACTOR, document.analyser)


def _origin(capture: Capture, problem: str | None) -> CaptureTrace:
    return CaptureTrace(
        capture.id, capture.run_id, capture.final_url or capture.url, capture.at, capture.media_type, capture.digest,
        capture.archive_file, capture.archive_offset, capture.archive_length, capture.found_on, problem,
    )  # fmt: skip


def _read(archive: Archive, capture: Capture | None) -> tuple[list[Place], Extracted | None, str | None]:
    """What the payload states, what the present extractor reads in it, and why it cannot be read."""
    if capture is None or capture.archive_file is None:
        return [], None, "the capture is not in the archive"
    place = capture.archive_file, capture.archive_offset or 0, capture.archive_length or 0
    url, hints = capture.final_url or capture.url, (capture.hint_title, capture.hint_published)
    try:
        headers, body = archive.read(*place)
    except ArchiveError as err:
        return [], None, str(err)
    now = read_record(archive, *place, url=url, media_type=capture.media_type, hints=hints)
    charset = charset_of(headers.get("content-type", ""))
    stated = places(body, now.media_type, charset, url)
    stated += [("title in the feed", capture.hint_title)] if capture.hint_title else []
    return stated, now, None


def _read_fields(
    document: Document, capture: Capture | None, stated: Sequence[Place], now: Extracted | None
) -> list[FieldTrace]:
    by, text = document.extractor, document.text

    def field(name: str, value: str | None, rule: str | None, read: str | None) -> FieldTrace:
        differs = now is not None and read != value
        return FieldTrace(name, value, rule or "not stated", by, (read or "nothing") if differs else None)

    authors, media = list(document.authors), document.media_type or "unknown type"
    named = [where(author, stated, text) or "read from the page" for author in authors]
    dated = DATED.get(document.published_from or "", document.published_from)
    same = now is not None and text_digest(now.text) == document.text_digest
    length, read_length = f"{len(text):,} characters", f"{len(now.text):,} characters" if now else None
    fetched = (capture.final_url or capture.url) if capture else document.url
    own = document.url == document_url(fetched)
    no_title = capture is not None and document.title == fetched
    title = "none was found: the URL" if no_title else where(document.title, stated, text) or "read from the file"
    return [
        FieldTrace("url", document.url, "fetched from there" if own else "canonical URL that the page states", "crawl"),
        field("title", document.title, title, (now.title or fetched) if now else None),
        field("published", document.published, dated, now.published if now else None),
        field(
            "authors", ", ".join(authors) or None, "; ".join(dict.fromkeys(named)), ", ".join(now.authors) or None
            if now else None,
        ),
        field("text", length, f"main text of {media}, {document.extract_outcome}", length if same else read_length),
        field("pages", str(len(document.anchors)), f"pages or slides of {media}, 0: it has none", str(len(now.anchors))
              if now else None),
        field("media type", document.media_type, "the payload's own first bytes", now.media_type if now else None),
    ]  # fmt: skip


def _found_fields(session: Session, document: Document) -> list[FieldTrace]:
    by = document.analyser
    themes = session.execute(
        select(Theme.label, DocumentTheme.score, DocumentTheme.words)
        .join(Theme, Theme.id == DocumentTheme.theme_id)
        .where(DocumentTheme.document_id == document.id)
        .order_by(DocumentTheme.score.desc(), Theme.id)
    )
    complete = "" if document.complete else ", only partly analysed"
    names, places = session.execute(
        select(func.count(func.distinct(Mention.name)), func.count()).where(Mention.document_id == document.id)
    ).one()
    reports = session.scalars(
        select(PartnershipReport)
        .where(PartnershipReport.document_id == document.id)
        .order_by(PartnershipReport.evidence_start, PartnershipReport.id)
    )
    return [
        FieldTrace("language", document.language, f"found in the text{complete}", by),
        FieldTrace("kind", document.kind, f"score {document.kind_score:.2f}", by),
        *(
            FieldTrace("theme", label, f"score {score:.2f}: {', '.join(words) or 'no single words'}", by)
            for label, score, words in themes
        ),
        FieldTrace("names", f"{names} in {places} places", "stand where `pactwatch show` says", by),
        *(
            FieldTrace(
                "agreement",
                " + ".join(party["name"] for party in one.parties),
                f"{one.kind}, characters {one.evidence_start} to {one.evidence_end}, confidence {one.confidence:.2f}",
                by,
            )
            for one in reports
        ),
    ]


def _seen(document: Document) -> list[FieldTrace]:
    gone = document.gone_since
    days = [("first seen", document.first_seen_at), ("last seen", document.last_seen_at)]
    days += [("gone since", gone)] if gone else []
    rules = {
        "first seen": "first capture of the document", "last seen": "last answer that confirmed it",
        "gone since": "first answer 404 or 410",
    }  # fmt: skip
    return [FieldTrace(name, f"{at:%Y-%m-%d %H:%M} UTC", rules[name], "crawl") for name, at in days]
