"""Saved searches: what is kept, how much of it is new, and a feed of each."""

from typing import Annotated, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.session import write_session
from search import saved as keep
from search.feeds import atom, json_feed, of_saved
from search.query import QueryError
from search.saved import About, SavedRow, SavedSearchError
from web.context import SessionOf, Site, SiteOf
from web.errors import NotFoundError
from web.forms import OwnForm, token
from web.links import Address
from web.pages.render import render
from web.parameters import MOST_ID, Question

router = APIRouter()
SavedId = Annotated[int, Path(ge=1, le=MOST_ID)]
FEED_TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}
MOST_NAME = 200


@router.get("/saved", response_class=HTMLResponse)
def saved(
    request: Request,
    site: SiteOf,
    session: SessionOf,
    query: Annotated[Question, Query()] = "",
    about: Annotated[About, Query()] = "documents",
) -> HTMLResponse:
    """All saved searches with the number of what is new, and a form for another."""
    return _page(request, site, session, query, about)


def _page(
    request: Request, site: Site, session: SessionOf, query: str, about: str, *, mistake: str = ""
) -> HTMLResponse:
    holder = Response()
    rows = [(one, _new(site, session, one), address(one)) for one in keep.listed(session)]
    answer = render(
        site, request, "saved.html", status=400 if mistake else 200, rows=rows, query=query, about=about,
        mistake=mistake, token=token(site, request, holder),
    )  # fmt: skip
    answer.raw_headers.extend(header for header in holder.raw_headers if header[0] == b"set-cookie")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _new(site: Site, session: SessionOf, one: SavedRow) -> int | None:
    """How much is new; None where the search no longer means anything, as when a theme is gone."""
    try:
        return keep.news(session, site.index, one, limit=1).total
    except QueryError:
        return None


def address(one: SavedRow) -> str:
    """Where a person sees what it finds."""
    return f"/saved/{one.id}"


@router.post("/saved")
def save(request: Request, site: SiteOf, session: SessionOf, given: OwnForm) -> Response:
    """Keep a search."""
    query, about = given.get("query", ""), given.get("about", "documents")
    name = given.get("name", "")[:MOST_NAME]
    try:
        if about not in ("documents", "partnerships"):
            raise SavedSearchError(f"{about!r} cannot be watched: choose documents or partnerships")
        chosen: About = "documents" if about == "documents" else "partnerships"
        with write_session(site.engine) as writing:
            keep.save(writing, name, query, about=chosen)
    except (SavedSearchError, QueryError) as error:
        return _page(request, site, session, query, about, mistake=str(error))
    return RedirectResponse("/saved", 303)


@router.get("/saved/{number}.{kind}")
def feed(
    request: Request, site: SiteOf, session: SessionOf, number: SavedId, kind: Literal["atom", "json"]
) -> Response:
    """The feed that a reader program subscribes to."""
    made = of_saved(session, site.index, _get(session, number), str(request.base_url).rstrip("/"))
    content = atom(made) if kind == "atom" else json_feed(made)
    return Response(content, media_type=FEED_TYPES[kind])


@router.get("/saved/{number}")
def visit(site: SiteOf, session: SessionOf, number: SavedId) -> Response:
    """Leads to what it finds."""
    one = _get(session, number)
    if one.about == "documents":
        return RedirectResponse(str(Address("/", (("q", one.query), ("sort", "date")))), 303)
    return RedirectResponse(str(Address("/partnerships", tuple(parse_qsl(one.query)))), 303)


@router.post("/saved/{number}/seen")
def seen(site: SiteOf, session: SessionOf, number: SavedId, given: OwnForm) -> Response:
    """Everything that is there now has been seen."""
    _get(session, number)
    revision = keep.current_revision(session)
    with write_session(site.engine) as writing:
        keep.mark_seen(writing, number, revision)
    return RedirectResponse("/saved", 303)


@router.post("/saved/{number}/remove")
def remove(site: SiteOf, session: SessionOf, number: SavedId, given: OwnForm) -> Response:
    """Forget it."""
    _get(session, number)
    with write_session(site.engine) as writing:
        keep.remove(writing, number)
    return RedirectResponse("/saved", 303)


def _get(session: SessionOf, number: int) -> SavedRow:
    try:
        return keep.get(session, number)
    except SavedSearchError as error:
        raise NotFoundError(str(error)) from error
