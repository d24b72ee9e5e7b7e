"""Organisations: the list, one, all that meet the filter as a file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from search.organisations import OrganisationRow, get_organisation
from search.pages_organisations import MAX_LIMIT, OrganisationFilter, list_organisations
from search.tables import ORGANISATION_COLUMNS, organisation_row
from web.api.lists import Listed, listed
from web.context import SessionOf, SiteOf
from web.errors import NotFoundError
from web.parameters import MOST_ID, FileAsked, OrganisationsAsked
from web.streams import FILES, FileFormat, file_answer

router = APIRouter(tags=["organisations"])


class OrganisationsAsks(OrganisationsAsked, extra="forbid"):
    """Organisations through the API: an unknown parameter is an error."""


class OrganisationsFileAsks(OrganisationsAsks, FileAsked):
    """Organisations as a file."""


def organisation_filter(asked: OrganisationsAsked) -> OrganisationFilter:
    """What the parameters ask."""
    return OrganisationFilter(
        text=asked.q or None, country=asked.country, type=asked.type, limit=asked.limit, after=asked.after
    )


@router.get("/organisations")
def organisations(
    request: Request, response: Response, session: SessionOf, asked: Annotated[OrganisationsAsks, Query()]
) -> Listed[OrganisationRow]:
    """Organisations and projects, the most mentioned first, with their other names and partners."""
    page = list_organisations(session, organisation_filter(asked))
    return listed(request, response, asked, list(page.items), page.next)


@router.get("/organisations.{format}", responses=FILES, response_class=StreamingResponse)
def organisations_file(
    site: SiteOf,
    session: SessionOf,
    format: FileFormat,  # noqa: A002
    asked: Annotated[OrganisationsFileAsks, Query()],
) -> StreamingResponse:
    """All organisations that meet the filter as a file; `limit` does not count."""
    wanted = organisation_filter(asked)
    list_organisations(session, replace(wanted, limit=1))  # a mistake in the filter is told before the file begins
    return file_answer(
        site,
        asked,
        lambda reading: every_row(reading, wanted),
        ORGANISATION_COLUMNS,
        name="organisations",
        file_format=format,
    )


def every_row(session: Session, wanted: OrganisationFilter) -> Iterator[dict[str, Any]]:
    """All that meet the filter, page after page, so that memory stays constant."""
    wanted = replace(wanted, limit=MAX_LIMIT)
    while True:
        page = list_organisations(session, wanted)
        yield from map(organisation_row, page.items)
        if page.next is None:
            return
        wanted = replace(wanted, after=page.next)


@router.get("/organisations/{number}")
def organisation(session: SessionOf, number: Annotated[int, Path(ge=1, le=MOST_ID, examples=[1])]) -> OrganisationRow:
    """One organisation; for one that was merged into another, that other one."""
    row = get_organisation(session, number)
    if row is None:
        raise NotFoundError(f"there is no organisation {number}")
    return row
