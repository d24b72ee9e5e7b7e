"""Start a crawl of a source or an address, and see how it goes."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from search.pages_names import source_names
from search.query import QueryError
from web.context import Crawls, SessionOf, Site, SiteOf, VisitorOf
from web.errors import ForbiddenError, NotFoundError
from web.forms import OwnForm
from web.pages.render import render, render_form
from web.parameters import Text
from web.users.roles import Role

router = APIRouter()
MOST_DEPTH = 5
MOST_PAGES = 1000
CrawlNumber = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9]+$")]


def _crawls(site: Site) -> Crawls:
    if site.crawls is None:
        raise NotFoundError("this server starts no crawls: use `pactwatch crawl`")
    return site.crawls


@router.get("/crawls", response_class=HTMLResponse)
def form(request: Request, site: SiteOf, session: SessionOf, target: Annotated[Text, Query()] = "") -> HTMLResponse:
    """The form, and the crawls that were started from it."""
    return _form(request, site, source_names(session), target)


def _form(
    request: Request, site: Site, sources: dict[str, str], target: str, *, mistake: str = "", status: int = 200
) -> HTMLResponse:
    crawls = _crawls(site).all()
    values: dict[str, Any] = {"crawls": crawls, "sources": sources, "mistake": mistake}
    return render_form(site, request, "crawls.html", status=status, target=target, **values)


@router.post("/crawls")
def start(request: Request, site: SiteOf, session: SessionOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """Start one; leads to its page."""
    if not visitor.may(Role.EDITOR):
        raise ForbiddenError("you may read here; crawls are started by editors")
    target = given.get("target", "")
    try:
        number = _crawls(site).start(
            target, _bounded(given.get("depth", ""), 0, MOST_DEPTH), _bounded(given.get("pages", ""), 200, MOST_PAGES)
        )
    except (ValueError, QueryError) as error:
        return _form(request, site, source_names(session), target, mistake=str(error), status=400)
    return RedirectResponse(f"/crawls/{number}", 303)


def _bounded(text: str, default: int, most: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= most):
        raise QueryError(f"{text!r} is not a number from 0 to {most}")
    return int(text)


@router.get("/crawls/{number}", response_class=HTMLResponse)
def crawl(request: Request, site: SiteOf, number: CrawlNumber) -> HTMLResponse:
    """How a crawl stands; the page renews itself."""
    state = _crawls(site).get(number)
    if state is None:
        raise NotFoundError(f"there is no crawl {number!r}; crawls are forgotten when the server is started anew")
    return render(site, request, "crawl.html", crawl=state, ended=state.state in ("completed", "failed"))
