"""Buttons that watch an organisation, a partnership or a theme, and that end the watch."""

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from models.session import write_session
from search import saved as keep
from search.query import QueryError
from search.saved import SavedSearchError
from search.watches import Subject, Watch, begin, of_subject, watched
from web.context import SessionOf, Site, SiteOf, VisitorOf
from web.errors import NotFoundError
from web.forms import OwnForm
from web.users import feeds
from web.users.roles import Visitor

router = APIRouter()
PAGES: dict[str, Subject] = {"organisations": "organisation", "partnerships": "partnership", "themes": "theme"}
"""Where the buttons are: the first part of the address, and what it is about."""


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that can be watched."""

    about: str
    saved: int | None
    """The saved search that watches it; None where the visitor does not."""
    key: str
    """What the address of its feed ends with."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """What can be watched on a page."""

    page: str
    """Its address without the first slash: ``organisations/12``."""
    choices: list[Button]


def buttons(site: Site, session: Session, visitor: Visitor, page: str, watches: list[Watch]) -> Buttons:
    """The buttons of a page, as they stand for the visitor."""
    found = []
    for watch, saved in watched(session, visitor.owner, watches):
        key = feeds.key_for(session, site.secret, site.shared_stamp, visitor, saved) if saved else ""
        found.append(Button(watch.about, saved.id if saved else None, f"?key={key}" if key else ""))
    return Buttons(page, found)


@router.post("/watch")
def watch(site: SiteOf, session: SessionOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """Begin or end a watch; leads back to the page."""
    place, _, number = given.get("page", "").partition("/")
    choices = of_subject(session, PAGES[place], number) if place in PAGES else []
    chosen = next((one for one in choices if one.about == given.get("about")), None)
    if chosen is None:
        raise NotFoundError("there is no such thing to watch: it may have been merged into another")
    with write_session(site.engine) as writing:
        if given.get("what") == "end":
            if (held := keep.same(writing, visitor.owner, chosen.about, chosen.query)) is not None:
                keep.remove(writing, held.id)
        else:
            _begin(writing, visitor, chosen)
    return RedirectResponse(f"/{place}/{number}#watch", 303)


def _begin(session: Session, visitor: Visitor, chosen: Watch) -> None:
    try:
        begin(session, visitor.owner, chosen)
    except (SavedSearchError, QueryError) as error:
        raise NotFoundError(f"it cannot be watched: {error}") from error
