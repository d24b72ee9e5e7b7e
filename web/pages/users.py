"""Users, for admins: who there is, adding, changing and removing them."""

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from models.session import read_session, write_session
from web.context import SessionOf, Site, SiteOf, VisitorOf
from web.errors import ForbiddenError
from web.forms import OwnForm
from web.pages.render import render_form
from web.users import accounts
from web.users.accounts import UserError
from web.users.roles import Role, Visitor

router = APIRouter()


@router.get("/users", response_class=HTMLResponse)
def users(request: Request, site: SiteOf, session: SessionOf, visitor: VisitorOf) -> HTMLResponse:
    """Everybody, and a form for another."""
    _admin(visitor)
    return _page(request, site, session)


def _page(request: Request, site: Site, session: Session, mistake: str = "") -> HTMLResponse:
    values: dict[str, Any] = {"rows": accounts.listed(session), "roles": list(Role), "mistake": mistake}
    return render_form(site, request, "users.html", status=400 if mistake else 200, **values)


def _admin(visitor: Visitor) -> None:
    if not (visitor.session and visitor.may(Role.ADMIN)):
        raise ForbiddenError("only admins who have signed in manage users here: see `pactwatch users`")


@router.post("/users")
async def change(request: Request, site: SiteOf, visitor: VisitorOf, given: OwnForm) -> Response:
    """Add, remove, give another role or password: `what` says which."""
    _admin(visitor)
    try:
        await run_in_threadpool(_change, site, visitor, given)
    except UserError as error:
        return await run_in_threadpool(_mistaken, request, site, str(error))
    return RedirectResponse("/users", 303)


def _change(site: Site, visitor: Visitor, given: dict[str, str]) -> None:
    what, name = given.get("what", ""), given.get("name", "")
    if what in ("remove", "role") and accounts.normal(name) == visitor.name:
        raise UserError("let another admin change or remove you, or use `pactwatch users`")
    with write_session(site.engine) as writing:
        if what == "add":
            accounts.add(writing, site.passwords, name, given.get("password", ""), given.get("role", ""))
        elif what == "remove":
            accounts.remove(writing, name)
        elif what == "role":
            accounts.set_role(writing, name, given.get("role", ""))
        elif what == "password":
            accounts.set_password(writing, site.passwords, name, given.get("password", ""))
        else:
            raise UserError(f"{what!r} cannot be done to a user")


def _mistaken(request: Request, site: Site, mistake: str) -> HTMLResponse:
    with read_session(site.engine) as session:
        return _page(request, site, session, mistake)
