"""What users change about themselves: password, API tokens, addresses of feeds, sessions."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.session import read_session, write_session
from web.context import SessionOf, Site, SiteOf, VisitorOf
from web.errors import ForbiddenError
from web.forms import OwnForm
from web.pages.login import set_session
from web.pages.render import render_form
from web.users import accounts, tokens
from web.users.accounts import UserError
from web.users.roles import Visitor

router = APIRouter()


@router.get("/account", response_class=HTMLResponse)
def account(request: Request, site: SiteOf, session: SessionOf, visitor: VisitorOf) -> HTMLResponse:
    """The user's own page."""
    return _page(request, site, session, _user(visitor))


def _page(
    request: Request, site: Site, session: Session, visitor: Visitor, *, mistake: str = "", token: str = ""
) -> HTMLResponse:
    values: dict[str, Any] = {"tokens": tokens.listed(session, visitor.name), "mistake": mistake, "made": token}
    return render_form(site, request, "account.html", status=400 if mistake else 200, **values)


def _user(visitor: Visitor) -> Visitor:
    if not visitor.session:
        raise ForbiddenError("nobody has signed in here: sign in with a browser to change your account")
    return visitor


@router.post("/account/password")
async def password(request: Request, site: SiteOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """Another password; every other session of the user ends."""
    name = _user(visitor).name
    address = request.client.host if request.client else "unknown"
    if given.get("new", "") != given.get("again", ""):
        return await run_in_threadpool(_mistaken, request, site, visitor, "the new password was typed in two ways")
    if wait := site.failures.wait(address, name):
        return await run_in_threadpool(_mistaken, request, site, visitor, f"too many wrong passwords: wait {wait} s")
    try:
        user = await run_in_threadpool(_changed, site, name, given.get("password", ""), given.get("new", ""))
    except UserError as error:
        return await run_in_threadpool(_mistaken, request, site, visitor, str(error))
    site.failures.forgive(address, name)
    answer = RedirectResponse("/account", 303)
    set_session(site, request, answer, user)
    return answer


def _changed(site: Site, name: str, old: str, new: str) -> accounts.SignedIn:
    with read_session(site.engine) as session:
        if accounts.sign_in(session, site.passwords, name, old) is None:
            raise UserError("the present password is wrong")
    with write_session(site.engine) as session:
        return accounts.set_password(session, site.passwords, name, new)


def _mistaken(request: Request, site: Site, visitor: Visitor, mistake: str) -> HTMLResponse:
    with read_session(site.engine) as session:
        return _page(request, site, session, visitor, mistake=mistake)


@router.post("/account/tokens")
def issue(request: Request, site: SiteOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """A new API token; the answer alone shows it."""
    name = _user(visitor).name
    try:
        with write_session(site.engine) as writing:
            made, _ = tokens.issue(writing, name, given.get("label", ""))
    except UserError as error:
        return _mistaken(request, site, visitor, str(error))
    with read_session(site.engine) as session:
        return _page(request, site, session, visitor, token=made)


@router.post("/account/tokens/revoke")
def revoke(request: Request, site: SiteOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """End an API token."""
    name = _user(visitor).name
    return _done(request, site, visitor, lambda writing: tokens.revoke(writing, name, given.get("label", "")))


@router.post("/account/feeds")
def feeds(request: Request, site: SiteOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """New addresses for all feeds."""
    name = _user(visitor).name
    return _done(request, site, visitor, lambda writing: accounts.renew_feeds(writing, name))


@router.post("/account/sessions")
def everywhere(request: Request, site: SiteOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """Sign out of every browser, this one included."""
    name = _user(visitor).name
    return _done(request, site, visitor, lambda writing: accounts.end_sessions(writing, name), to="/login")


def _done(
    request: Request, site: Site, visitor: Visitor, change: Callable[[Session], None], to: str = "/account"
) -> Response:
    try:
        with write_session(site.engine) as writing:
            change(writing)
    except UserError as error:
        return _mistaken(request, site, visitor, str(error))
    return RedirectResponse(to, 303)
