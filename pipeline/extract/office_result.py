"""What the readers of office files found becomes a document: title, dates and authors from the file's properties."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.extract.clean import one_line
from pipeline.extract.dateparse import parse_date
from pipeline.extract.language import declared_language, find_language
from pipeline.extract.names import tidy_names
from pipeline.extract.pages import join_pages
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

_EARLIEST = 1980
_TEMPLATE_DAYS = frozenset(("2013-12-23", "2013-01-27"))
"""python-docx and python-pptx stamp files made from their template so; a template's date is nobody's publication."""
_NOBODY = ("python-docx", "pythondocx", "stevecanny", "microsoftofficeuser", "windowsuser", "unknown", "user", "author")
_TEMPLATE_TITLES = frozenset(
    ("powerpoint presentation", "präsentation", "présentation powerpoint", "powerpoint-präsentation", "untitled",
     "word document", "slide 1", "presentación de powerpoint", "presentazione standard di powerpoint",
     "powerpoint-presentatie", "document", "diapositive 1", "folie 1", "titel", "title")
)  # fmt: skip
"""Titles that programs give."""
_FILE_ENDINGS = (".doc", ".docx", ".ppt", ".pptx", ".odt", ".odp", ".rtf", ".dot", ".pdf")
_PROGRAMS = ("microsoft word", "microsoft powerpoint", "powerpoint")


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself; dates as ISO text."""

    title: str = ""
    author: str = ""
    created: str = ""
    modified: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class OfficeRead:
    """Text by slide (one part for a document that has no slides), its heading, and the file's properties."""

    parts: list[str]
    heading: str | None = None
    paged: bool = False
    properties: Properties = field(default_factory=Properties)


def office_document(capture: Capture, media_type: str, read: OfficeRead) -> Extracted:
    """The document, or `empty` where the file has no text."""
    text, anchors = join_pages(read.parts)
    if not text:
        return Extracted(outcome="empty", detail="the file has no text", media_type=media_type, extractor=EXTRACTOR)
    stated = read.properties
    created, modified = _day(stated.created), _day(stated.modified)
    published, place = created or modified, "office"
    if not published:
        published, place = parse_date(capture.hint_published), "feed"
    changed = modified if modified and published and modified >= published else None
    return Extracted(
        outcome="ok",
        title=_title(stated.title) or read.heading or capture.hint_title,
        text=text,
        language=find_language(text, declared_language(stated.language)),
        published=published,
        published_from=place if published else None,
        modified=changed,
        modified_from="office" if changed else None,
        authors=tidy_names([stated.author], _NOBODY),
        media_type=media_type,
        anchors=anchors if read.paged else (),
        extractor=EXTRACTOR,
    )


def _title(stated: str) -> str | None:
    """The stated title, unless a program or a file name gave it."""
    title = one_line(stated)
    folded = title.casefold()
    if len(title) < 3 or folded in _TEMPLATE_TITLES or folded.endswith(_FILE_ENDINGS) or folded.startswith(_PROGRAMS):
        return None
    return title


def _day(stated: str) -> str | None:
    day = stated.strip()[:10]
    return None if day in _TEMPLATE_DAYS else parse_date(day, _EARLIEST)
