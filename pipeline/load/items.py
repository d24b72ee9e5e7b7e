"""What goes into loading and what comes out; and the values of a document's row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.merge.dates import first_day
from pipeline.records import Analysis, Extracted

MAX_URL = 2000
"""Characters; longer URLs do not fit an index and belong to no document."""


@dataclass(frozen=True, slots=True)
class LoadItem:
    """A capture that was read: `analysis` is None where it could not be, or where `is_current` said so."""

    capture_id: int
    url: str
    """The URL that was fetched (after redirects)."""
    source_id: str
    at: datetime
    """When it was captured, aware."""
    extracted: Extracted
    analysis: Analysis | None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What became of the items, counted, and the documents they are now (by capture id)."""

    counts: dict[str, int] = field(default_factory=dict)
    """``new``, ``changed``, ``unchanged``, ``failed``; and ``waiting``: not analysed, though the text in the database
    is another by now: the capture waits to be processed again."""
    document_ids: dict[int, int] = field(default_factory=dict)


def storable(text: str) -> str:
    """The text with what no database takes (NUL, lone surrogates) replaced; the length stays, so do offsets."""
    if text.isascii():
        return text.replace("\0", " ")
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).replace("\0", " ")


ALSO_READ = ("modified", "modified_from", "section", "site", "tags", "text_from", "text_confidence", "detail")
"""Fields of `Extracted` that are kept together in `Document.reading`."""


def reading_values(item: LoadItem) -> dict[str, Any]:
    """The columns of `Document` that reading gives, except the text."""
    read = item.extracted
    return {
        "title": storable(read.title or item.url),
        "published": read.published if first_day(read.published) else None,
        "published_date": first_day(read.published),
        "published_from": read.published_from if first_day(read.published) else None,
        "authors": [storable(author) for author in read.authors],
        "reading": {name: _plain(value) for name in ALSO_READ if (value := getattr(read, name))},
        "media_type": read.media_type,
        "anchors": [[anchor.start, anchor.end, anchor.page] for anchor in read.anchors],
        "extract_outcome": read.outcome,
        "extractor": read.extractor,
    }


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, tuple):
        return [storable(one) for one in value]
    return storable(value) if isinstance(value, str) else value


def analysis_values(analysis: Analysis) -> dict[str, Any]:
    """The columns of `Document` that the analysis gives."""
    return {
        "language": analysis.language,
        "kind": analysis.kind,
        "kind_score": analysis.kind_score,
        "analyser": analysis.analyser,
        "complete": analysis.complete,
    }
