"""A document with everything marked in it, and the differences between its versions."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from search.documents import DocumentRow, get_document
from search.pages_documents import DocumentItem, documents_of
from search.similar import similar
from web.context import SessionOf, Site, SiteOf
from web.differences import differences
from web.errors import NotFoundError
from web.marking import paragraphs
from web.pages.render import render
from web.parameters import MOST_ID

router = APIRouter()
DocumentId = Annotated[int, Path(ge=1, le=MOST_ID)]
ALIKE = 5
"""Like documents that are shown."""
Version = Annotated[int | None, Query(ge=1, le=1_000_000)]


@router.get("/documents/{number}", response_class=HTMLResponse)
def document(request: Request, site: SiteOf, session: SessionOf, number: DocumentId) -> HTMLResponse:
    """One document."""
    row = get_document(session, number)
    if row is None:
        raise NotFoundError(f"there is no document {number}")
    return render(
        site,
        request,
        "document.html",
        document=row,
        paragraphs=paragraphs(row),
        named=_named(row),
        alike=_alike(site, session, number),
        archived=site.read_capture is not None and row.archive_file is not None,
    )


def _alike(site: Site, session: Session, number: int) -> list[DocumentItem]:
    """The documents most like it, best first."""
    return documents_of(session, [match.id for match in similar(session, site.index, number, limit=ALIKE)])


def _named(row: DocumentRow) -> list[tuple[str, str, str, int]]:
    """Organisations and projects of a document: id (empty where not resolved), name, type, mentions; most first."""
    counts: dict[tuple[str, str, str], int] = {}
    for one in row.mentions:
        key = (one.organisation.id, one.organisation.name, one.type) if one.organisation else ("", one.name, one.type)
        counts[key] = counts.get(key, 0) + 1
    return sorted(((*key, count) for key, count in counts.items()), key=lambda row: (-row[3], row[1]))


@router.get("/documents/{number}/changes", response_class=HTMLResponse)
def changes(
    request: Request, site: SiteOf, session: SessionOf, number: DocumentId, *, old: Version = None, new: Version = None
) -> HTMLResponse:
    """What changed from one version to another; left out, from the last but one to the last."""
    row = get_document(session, number)
    if row is None:
        raise NotFoundError(f"there is no document {number}")
    versions = {one.number: one for one in row.versions}
    if len(versions) < 2:
        raise NotFoundError(f"document {number} has one version only")
    second = new or max(versions)
    first = old or max((one for one in versions if one < second), default=min(versions))
    for one in (first, second):
        if one not in versions:
            raise NotFoundError(f"document {number} has no version {one}: it has {', '.join(map(str, versions))}")
    found = differences(versions[first].text, versions[second].text)
    return render(site, request, "changes.html", document=row, old=versions[first], new=versions[second], lines=found)
