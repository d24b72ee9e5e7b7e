"""The first page: search with facets, timeline and passages."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from search.pages_names import totals
from search.pages_timeline import timeline
from search.parsing import plain_words
from search.query import QueryError
from search.results import Page
from search.service import search as find
from web import charts
from web.context import SessionOf, Site, SiteOf, today
from web.facets import Facet, chips, facets, names_in, written
from web.links import Address
from web.pages.render import render
from web.parameters import SearchAsked

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Results:
    """What a search gives the page."""

    page: Page
    facets: list[Facet]
    chart: charts.Chart


@router.get("/", response_class=HTMLResponse)
def search(request: Request, site: SiteOf, session: SessionOf, asked: Annotated[SearchAsked, Query()]) -> HTMLResponse:
    """Search; a mistake in the query is told above what its words alone find."""
    here = Address("/", asked.pairs())
    results, mistake, instead = None, None, None
    try:
        results = _results(site, session, asked, here)
    except QueryError as error:
        mistake = error
        instead, results = _instead(site, session, asked, here)
    documents, _ = totals(session)
    names = names_in(session, asked)
    return render(
        site,
        request,
        "search.html",
        status=400 if mistake else 200,
        asked=asked,
        address=here,
        results=results,
        mistake=mistake,
        instead=instead,
        chips=chips(session, asked, here, names),
        documents=documents,
        written=written(asked, names),
    )


def _instead(site: Site, session: Session, asked: SearchAsked, here: Address) -> tuple[str | None, Results | None]:
    """The words of a query with a mistake, and what they find; nothing where the mistake is elsewhere."""
    words = plain_words(asked.q)
    if not words or words == asked.q:
        return None, None
    try:
        return words, _results(site, session, asked.model_copy(update={"q": words}), here.set("q", words))
    except QueryError:  # a filter has a mistake, too
        return None, None


def _results(site: Site, session: Session, asked: SearchAsked, here: Address) -> Results:
    query = asked.query(today())
    page = find(session, site.index, query, today=today())
    months = timeline(session, site.index, query, today=today()) if page.total else []
    return Results(page, facets(page.facets, here), charts.months((one.month, one.documents) for one in months))
