"""What is new to a visitor since the visit before: kept with the user, or in a cookie where there are no users."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.responses import Response

from models.base import now
from models.session import write_session
from search.saved import current_revision
from search.visits import PARTNERSHIPS, Look, keep_look, last_look, look, worth_keeping
from web.context import Site, visitor_of

COOKIE = "pactwatch_seen"
LASTS = 400 * 24 * 3600
"""Seconds; browsers keep no cookie longer."""
SHAPE = re.compile(r"(\d{1,18})\.(\d{1,18})\.(\d{1,11})")


def look_at_partnerships(request: Request, site: Site, session: Session) -> tuple[Look, Look | None]:
    """The present look at the table of partnerships, and the last one."""
    user = visitor_of(request).user_id
    last = _in_cookie(request) if user is None else last_look(session, user, PARTNERSHIPS)
    return look(last, current_revision(session), now()), last


def remember(request: Request, site: Site, answer: Response, present: Look, last: Look | None) -> None:
    """Keep the look, once the answer has been sent; what a program looks at in a user's name does not count."""
    visitor = visitor_of(request)
    if not worth_keeping(last, present):
        return
    if visitor.session and visitor.user_id is not None:
        answer.background = BackgroundTask(_keep, site, visitor.user_id, present)
    elif visitor.user_id is None:
        value = f"{present.before}.{present.seen}.{int(present.at.timestamp())}"
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, value, max_age=LASTS, httponly=True, samesite="lax", secure=secure)


def _keep(site: Site, user: int, present: Look) -> None:
    try:
        with write_session(site.engine) as session:
            keep_look(session, user, PARTNERSHIPS, present)
    except DBAPIError:  # a database that is busy at present, or a user who has just been removed: the next look is kept
        return


def _in_cookie(request: Request) -> Look | None:
    found = SHAPE.fullmatch(request.cookies.get(COOKIE, ""))
    if found is None:
        return None
    return Look(int(found[1]), int(found[2]), datetime.fromtimestamp(int(found[3]), UTC))
