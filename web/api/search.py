"""Searching: hits with passages and facets, the timeline, and the whole of what was found as a file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from search.pages_timeline import MonthCount
from search.pages_timeline import timeline as count_months
from search.results import FacetValue, Hit
from search.service import found_ids
from search.service import search as find
from search.tables import DOCUMENT_COLUMNS, document_rows
from web.api.examples import SEARCH as EXAMPLE
from web.api.lists import listed
from web.context import SessionOf, SiteOf, today
from web.parameters import FileAsked, SearchAsked
from web.streams import FILES, DocumentFormat, FileFormat, file_answer

router = APIRouter(tags=["search"])


class SearchAsks(SearchAsked, extra="forbid"):
    """A search through the API: an unknown parameter is an error."""


class SearchFileAsks(SearchAsks, FileAsked):
    """A search as a file."""


class Found(BaseModel):
    """One page of results."""

    total: int = Field(description="Documents found, copies included.")
    stories: int = Field(description="Different stories found; an estimate where there are many.")
    items: list[Hit]
    facets: dict[str, list[FacetValue]]
    next: str | None


class Months(BaseModel):
    """What was found by month of publication."""

    items: list[MonthCount]


@router.get("/search", responses={200: {"content": {"application/json": {"example": EXAMPLE}}}})
def search(
    request: Request, response: Response, site: SiteOf, session: SessionOf, asked: Annotated[SearchAsks, Query()]
) -> Found:
    """Documents that a query finds, with passages (pieces of text, and whether they matched) and facets."""
    page = find(session, site.index, asked.query(today()), today=today())
    shown = listed(request, response, asked, list(page.hits), page.next_offset, name="offset")
    facets = {name: list(values) for name, values in page.facets.items()}
    return Found(total=page.total, stories=page.stories, items=shown.items, facets=facets, next=shown.next)


@router.get("/search.{format}", responses=FILES, response_class=StreamingResponse)
def search_file(
    site: SiteOf,
    session: SessionOf,
    format: DocumentFormat,  # noqa: A002  # the name of the parameter in the address
    asked: Annotated[SearchFileAsks, Query()],
) -> StreamingResponse:
    """All documents that a query finds, with their texts, or as references (`bib`, `ris`); `limit` and `offset` do not
    count."""
    query = asked.query(today(), limit=1, offset=0)
    next(found_ids(session, site.index, query), None)  # a mistake in the query is told before the file begins
    return file_answer(
        site,
        asked,
        lambda reading: document_rows(reading, found_ids(reading, site.index, query)),
        DOCUMENT_COLUMNS,
        name="documents",
        file_format=format,
    )


@router.get("/timeline")
def timeline(site: SiteOf, session: SessionOf, asked: Annotated[SearchAsks, Query()]) -> Months:
    """Number of documents that a query finds by month of publication; undated ones are left out."""
    return Months(items=count_months(session, site.index, asked.query(today(), limit=1, offset=0)))


@router.get("/timeline.{format}", responses=FILES, response_class=StreamingResponse)
def timeline_file(
    site: SiteOf,
    session: SessionOf,
    format: FileFormat,  # noqa: A002
    asked: Annotated[SearchFileAsks, Query()],
) -> StreamingResponse:
    """The same as a file."""
    query = asked.query(today(), limit=1, offset=0)
    rows = [{"month": one.month, "documents": one.documents} for one in count_months(session, site.index, query)]
    return file_answer(
        site, asked, lambda _: rows, {"month": str, "documents": int}, name="timeline", file_format=format
    )
