"""Signing in and out."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.session import read_session, write_session
from web.context import Site, SiteOf, VisitorOf
from web.forms import OwnForm
from web.pages.render import render_form
from web.parameters import Question
from web.users import accounts, sessions
from web.users.roles import LOCAL

router = APIRouter()
INSIDE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
"""An address of ours, to go to after signing in."""


@router.get("/login", response_class=HTMLResponse)
def form(
    request: Request, site: SiteOf, visitor: VisitorOf, next_: Annotated[Question, Query(alias="next")] = "/"
) -> Response:
    """The form; whoever has signed in already, or need not, is sent on."""
    if visitor.session or visitor == LOCAL:
        return RedirectResponse(_inside(next_), 303)
    return render_form(site, request, "login.html", next=_inside(next_), name="", mistake="")


@router.post("/login")
async def login(request: Request, site: SiteOf, given: OwnForm) -> Response:
    """Sign in: the same answer, in the same time, for a wrong password and for a name that nobody has."""
    name, password = accounts.normal(given.get("name", ""))[:64], given.get("password", "")
    onward = _inside(given.get("next", ""))
    address = request.client.host if request.client else "unknown"
    if wait := site.failures.wait(address, name):
        mistake = f"Too many wrong passwords. Wait {wait} seconds before you try again."
        answer = render_form(site, request, "login.html", status=429, next=onward, name=name, mistake=mistake)
        answer.headers["Retry-After"] = str(wait)
        return answer
    user = await run_in_threadpool(_signed_in, site, name, password)
    if user is None:
        mistake = "This name and password do not belong together."
        return render_form(site, request, "login.html", status=401, next=onward, name=name, mistake=mistake)
    site.failures.forgive(address, name)
    onwards = RedirectResponse(onward, 303)
    set_session(site, request, onwards, user)
    return onwards


def _signed_in(site: Site, name: str, password: str) -> accounts.SignedIn | None:
    with read_session(site.engine) as session:
        user = accounts.sign_in(session, site.passwords, name, password)
    if user is not None:
        try:
            with write_session(site.engine) as session:
                accounts.note_login(session, site.passwords, user.id, password)
        except DBAPIError:  # a database that is busy or read-only at present keeps nobody out
            return user
    return user


def set_session(site: Site, request: Request, answer: Response, user: accounts.SignedIn) -> None:
    """Give the browser the cookie of the user's session."""
    answer.set_cookie(
        sessions.COOKIE,
        sessions.make(site.secret, user.id, user.stamp),
        max_age=sessions.LASTS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    answer.headers["Cache-Control"] = "no-store"


@router.post("/logout")
def logout(request: Request, given: OwnForm) -> Response:
    """Sign out of this browser."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(sessions.COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _inside(address: str) -> str:
    return address if INSIDE.fullmatch(address) and not address.startswith(("/login", "/logout")) else "/"
