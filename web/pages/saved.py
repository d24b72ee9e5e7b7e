"""Saved searches: what is kept, how much of it is new, and a feed of each."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.session import write_session
from search import saved as keep
from search import visits
from search.feeds import atom, json_feed, of_saved
from search.query import QueryError
from search.saved import ANYBODY, About, SavedRow, SavedSearchError
from web.context import SessionOf, Site, SiteOf, VisitorOf, visitor_of
from web.errors import ForbiddenError, NotFoundError, UnauthorizedError
from web.forms import OwnForm
from web.links import Address
from web.pages.render import render_form
from web.parameters import MOST_ID, Question, Text
from web.users import feeds
from web.users.roles import LOCAL, Role, Visitor

router = APIRouter()
SavedId = Annotated[int, Path(ge=1, le=MOST_ID)]
FEED_TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}
MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A saved search on the page."""

    saved: SavedRow
    new: int | None
    """How much is new to the visitor; None where the search no longer means anything, as when a theme is gone."""
    key: str
    """What the addresses of its feeds end with."""
    mine: bool
    """Whether the visitor may remove it."""


@router.get("/saved", response_class=HTMLResponse)
def saved(
    request: Request,
    site: SiteOf,
    session: SessionOf,
    *,
    query: Annotated[Question, Query()] = "",
    about: Annotated[About, Query()] = "documents",
    name: Annotated[Text, Query()] = "",
) -> HTMLResponse:
    """All saved searches with the number of what is new, and a form for another."""
    return _page(request, site, session, (query, about, name))


def _page(
    request: Request, site: Site, session: Session, form: tuple[str, str, str], *, mistake: str = ""
) -> HTMLResponse:
    query, about, name = form
    visitor = visitor_of(request)
    owners = () if visitor == LOCAL else (visitor.owner, ANYBODY)
    rows = [_shown(site, session, visitor, one) for one in keep.listed(session, *owners)]
    values: dict[str, Any] = {"rows": rows, "query": query, "about": about, "name": name, "everybody": ANYBODY}
    status = 400 if mistake else 200
    return render_form(site, request, "saved.html", status=status, mistake=mistake, **values)


def _shown(site: Site, session: Session, visitor: Visitor, one: SavedRow) -> Shown:
    try:
        new = keep.news(session, site.index, one, after=_seen(session, visitor, one), limit=1).total
    except QueryError:
        new = None
    key = feeds.key_for(session, site.secret, site.shared_stamp, visitor, one)
    return Shown(one, new, f"?key={key}" if key else "", visitor.changes(one.owner))


def _seen(session: Session, visitor: Visitor, one: SavedRow) -> int:
    """Up to where the visitor has seen it: of what is everybody's, each user has seen another part."""
    if visitor.user_id is None or one.owner == visitor.owner:
        return one.seen_revision
    look = visits.last_look(session, visitor.user_id, keep.place(one.id))
    return look.seen if look else one.seen_revision


@router.post("/saved")
def save(request: Request, site: SiteOf, session: SessionOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """Keep a search, for oneself or for everybody."""
    query, about = given.get("query", ""), given.get("about", "documents")
    name = given.get("name", "")[:MOST_NAME]
    owner = ANYBODY if given.get("shared") else visitor.owner
    if owner == ANYBODY and not visitor.may(Role.EDITOR):
        raise ForbiddenError("you may save for yourself; what is saved for everybody, editors save")
    try:
        if about not in ("documents", "partnerships"):
            raise SavedSearchError(f"{about!r} cannot be watched: choose documents or partnerships")
        chosen: About = "documents" if about == "documents" else "partnerships"
        with write_session(site.engine) as writing:
            keep.save(writing, name, query, about=chosen, owner=owner)
    except (SavedSearchError, QueryError) as error:
        return _page(request, site, session, (query, about, name), mistake=str(error))
    return RedirectResponse("/saved", 303)


@router.get("/saved/{number}.{kind}")
def feed(
    request: Request,
    site: SiteOf,
    session: SessionOf,
    visitor: VisitorOf,
    *,
    number: SavedId,
    kind: Literal["atom", "json"],
    key: Annotated[Text, Query()] = "",
) -> Response:
    """The feed that a reader program subscribes to: with the key of its address, or with a token."""
    try:
        one = keep.get(session, number)
    except SavedSearchError as error:
        raise _unknown(visitor, str(error)) from error
    if key:
        visitor = feeds.holder(session, site.secret, site.shared_stamp, key, one) or visitor
    if not visitor.sees(one.owner):
        raise _unknown(visitor, f"there is no saved search {number}")
    here = str(request.base_url).rstrip("/")
    made = of_saved(session, site.index, one, here, url=str(request.url))
    content = atom(made) if kind == "atom" else json_feed(made)
    return Response(content, media_type=FEED_TYPES[kind])


def _unknown(visitor: Visitor, message: str) -> Exception:
    """Whoever has proved nothing is not told which saved searches there are."""
    if visitor.role is None:
        return UnauthorizedError("this feed needs the key of its address, or your API token as the password")
    return NotFoundError(message)


@router.get("/saved/{number}")
def visit(session: SessionOf, visitor: VisitorOf, number: SavedId) -> Response:
    """Leads to what it finds."""
    return RedirectResponse(str(address(_get(session, visitor, number))), 303)


def address(one: SavedRow) -> Address:
    """Where a person sees what it finds."""
    if one.about == "documents":
        return Address("/", (("q", one.query), ("sort", "date")))
    pairs = [("with" if name == "partner" else name, value) for name, value in parse_qsl(one.query)]
    return Address("/partnerships", tuple(pairs))


@router.post("/saved/{number}/seen")
def seen(site: SiteOf, session: SessionOf, visitor: VisitorOf, number: SavedId, given: OwnForm) -> Response:
    """Everything that is there now has been seen by the visitor."""
    one = _get(session, visitor, number)
    revision = keep.current_revision(session)
    with write_session(site.engine) as writing:
        if visitor.user_id is None or one.owner == visitor.owner:
            keep.mark_seen(writing, number, revision)
        else:
            visits.mark(writing, visitor.user_id, keep.place(number), revision)
    return RedirectResponse("/saved", 303)


@router.post("/saved/{number}/remove")
def remove(site: SiteOf, session: SessionOf, visitor: VisitorOf, number: SavedId, given: OwnForm) -> Response:
    """Forget it."""
    if not visitor.changes(_get(session, visitor, number).owner):
        raise ForbiddenError("it is everybody's: editors remove it")
    with write_session(site.engine) as writing:
        keep.remove(writing, number)
    return RedirectResponse("/saved", 303)


def _get(session: Session, visitor: Visitor, number: int) -> SavedRow:
    """The saved search; one of somebody else is as good as none."""
    try:
        one = keep.get(session, number)
    except SavedSearchError as error:
        raise NotFoundError(str(error)) from error
    if not visitor.sees(one.owner):
        raise NotFoundError(f"there is no saved search {number}: `pactwatch saved list` shows all")
    return one
