"""Organisations: the list, and one with its partners, years, themes and documents."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from search.organisations import get_organisation
from search.pages_names import organisation_countries
from search.pages_network import NetworkFilter, network
from search.pages_organisations import (
    count_organisations,
    documents_of_organisation,
    list_organisations,
    partnerships_by_year,
    registered,
    themes_of_organisation,
)
from search.partnerships import PartnershipFilter, list_partnerships
from search.watches import of_organisation
from web import charts
from web.api.organisations import organisation_filter
from web.context import SessionOf, SiteOf, VisitorOf
from web.drawing import SMALL, draw
from web.errors import NotFoundError
from web.links import Address
from web.pages.render import render, render_form
from web.pages.watch import buttons
from web.parameters import MOST_ID, OrganisationsAsked

router = APIRouter()
PARTNERS_DRAWN = 40
AGREEMENTS_SHOWN = 20


@router.get("/organisations", response_class=HTMLResponse)
def organisations(
    request: Request, site: SiteOf, session: SessionOf, asked: Annotated[OrganisationsAsked, Query()]
) -> HTMLResponse:
    """Organisations and projects, the most mentioned first."""
    here = Address("/organisations", asked.pairs())
    page = list_organisations(session, organisation_filter(asked))
    return render(
        site,
        request,
        "organisations.html",
        asked=asked,
        address=here,
        rows=page.items,
        following=str(here.set("after", page.next)) if page.next else None,
        total=count_organisations(session),
        countries=organisation_countries(session),
    )


@router.get("/organisations/{number}")
def organisation(
    request: Request,
    site: SiteOf,
    session: SessionOf,
    visitor: VisitorOf,
    number: Annotated[int, Path(ge=1, le=MOST_ID)],
) -> Response:
    """One organisation; one that was merged leads to the one that counts."""
    row = get_organisation(session, number)
    if row is None:
        raise NotFoundError(f"there is no organisation {number}")
    if row.id != number:
        return RedirectResponse(f"/organisations/{row.id}", 301)
    years = partnerships_by_year(session, number)
    circle = network(session, NetworkFilter(organisation=number, most=PARTNERS_DRAWN))
    wanted = PartnershipFilter(organisation=str(number), sort="signed", limit=AGREEMENTS_SHOWN)
    return render_form(
        site,
        request,
        "organisation.html",
        kept=True,
        watch=buttons(site, session, visitor, f"organisations/{number}", of_organisation(number, row.name)),
        organisation=row,
        entry=registered(session, row.register_id),
        years=years,
        chart=charts.years((year.year, year.partnerships) for year in years),
        themes=themes_of_organisation(session, number),
        documents=documents_of_organisation(session, number),
        agreements=list_partnerships(session, wanted),
        network=circle,
        drawing=draw(circle, SMALL),
    )
