"""Every capture of a URL that the archive holds: from the database, or from the archive's own indexes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from crawlers.contract import OutcomeKind
from models.crawl import Capture, Source
from pipeline.archive import Archive
from pipeline.cdxj import INDEX_FILE, Indexed, find, surt
from pipeline.errors import ArchiveError, one_line

SIDE_BY_SIDE = 64
"""Indexes read at a time."""


@dataclass(frozen=True, slots=True)
class Held:
    """One capture in the archive."""

    url: str
    """That the answer came from, behind redirects."""
    at: datetime
    status: int | None
    media_type: str | None
    size: int | None
    """Bytes of the payload."""
    digest: str | None
    file: str
    offset: int
    length: int
    """Bytes of the record."""
    revisit: bool
    """Whether it stands for the payload of an earlier capture."""
    same_as: datetime | None = None
    """When a capture with that very payload was archived before; of a revisit its original."""

    @property
    def run_id(self) -> str:
        """The run that made it."""
        return self.file.partition("/")[0]


def captures_of(session: Session, url: str) -> list[Held]:
    """The captures of a URL as the database knows them, oldest first: of those asked for, else of redirects to it.

    http and https, with and without ``www.``, are one. Raises ValueError where the text is no URL with a host.
    """
    spellings = _spellings(url)
    sources = select(Source.id)  # leads to the index, which begins with the source
    found = _select(session, Capture.source_id.in_(sources) & Capture.url.in_(spellings))
    return _compared(found or _select(session, Capture.final_url.in_(spellings)))


def captures_in_indexes(archive: Archive, url: str) -> list[Held]:
    """The same from the indexes in the archive, oldest first: no database is asked, every run's index is read.

    Runs from before there were indexes are not found. Raises ValueError as `captures_of`, ArchiveError for an index
    that is damaged, ArchiveUnreachableError where there is no archive.
    """
    surt(url)
    found: list[Held] = []
    names = list(archive.files(f"/{INDEX_FILE}"))
    for first in range(0, len(names), SIDE_BY_SIDE):
        for name, index in archive.whole(names[first : first + SIDE_BY_SIDE]).items():
            try:
                found += [_of_line(line) for line in find(index, url)]
            except ValueError as err:
                raise ArchiveError(f"archive {archive.url}: {name} is damaged: {one_line(err)}") from err
    return _compared(found)


def at_or_before(captures: Iterable[Held], moment: datetime) -> Held | None:
    """The last capture not later than a moment; None where all are later."""
    return max((one for one in captures if one.at <= moment), key=lambda one: one.at, default=None)


def _spellings(url: str) -> set[str]:
    surt(url)
    parts = urlsplit(url.strip())
    bare = parts.netloc.lower().removeprefix("www.")
    return {
        urlunsplit((scheme, host, parts.path or path, parts.query, ""))
        for scheme in ("http", "https")
        for host in (bare, f"www.{bare}")
        for path in ("", "/")
    }


def _select(session: Session, wanted: ColumnElement[bool]) -> list[Held]:
    rows = session.scalars(select(Capture).where(wanted, Capture.archive_file.is_not(None)))
    return [
        Held(
            url=row.final_url or row.url,
            at=row.at,
            status=row.status,
            media_type=row.media_type,
            size=row.size,
            digest=row.digest,
            file=row.archive_file or "",
            offset=row.archive_offset or 0,
            length=row.archive_length or 0,
            revisit=row.outcome == OutcomeKind.UNCHANGED,
        )
        for row in rows
    ]


def _of_line(line: Indexed) -> Held:
    media = None if line.revisit else line.mime
    return Held(
        line.url, line.at, line.status, media, line.size, line.digest, line.file, line.offset, line.length, line.revisit
    )


def _compared(found: Iterable[Held]) -> list[Held]:
    return list(_same(sorted(found, key=lambda one: (one.at, one.file, one.offset))))


def _same(found: Iterable[Held]) -> Iterator[Held]:
    """Note which payloads were there before; a 304 says nothing of type and size, its original does."""
    before: dict[str, Held] = {}
    for one in found:
        original = before.get(one.digest or "")
        if original is None:
            if one.digest and not one.revisit:
                before[one.digest] = one
            yield one
        else:
            yield replace(
                one,
                same_as=original.at,
                media_type=one.media_type or original.media_type,
                size=original.size if one.size is None else one.size,
            )
