"""Who may come in: everybody at this machine while nothing is configured, else who has the token or has signed in.

Programs send ``Authorization: Bearer TOKEN`` (a user's, or the one that all share), or the same as the password of
Basic. Browsers sign in at ``/login`` where there are users; where there is a shared token alone, they are asked for it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import math
import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.session import read_session, write_session
from web.errors import BASIC
from web.limits import Buckets, Limits
from web.users import accounts, sessions, tokens
from web.users.roles import LOCAL, NOBODY, SHARED, Visitor

log = logging.getLogger(__name__)

LEAST = 32
"""Characters of a shared token."""
TRIES = Limits(burst=10, per_second=0.1)
"""How often an address may be wrong."""
OPEN = re.compile(r"/login|/saved/\d+\.(atom|json)")
"""Pages that whoever asks gets to; the feeds look at the key in their address themselves."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a request says of who sent it."""

    visitor: Visitor | None
    """None: they have to prove who they are."""
    wrong: bool = False
    """A token was given, and is none of ours."""
    users: bool = False
    """Whether there are users, so that one can sign in."""
    note: bool = False
    """Whether the use of the API token is to be remembered."""


class Guard:
    """Tells who sent a request, from its headers and the database."""

    def __init__(self, engine: Engine, secret: bytes, *, token: str | None, closed: bool) -> None:
        """`token` is the shared one; a `closed` server lets nobody in unknown, even where no user is left."""
        self.engine, self.secret, self.closed = engine, secret, closed or token is not None
        self.digest = hashlib.sha256(token.encode()).digest() if token else None

    def shares(self, given: str | None) -> bool:
        """Whether it is the token that all share."""
        if given is None or self.digest is None:
            return False
        return hmac.compare_digest(hashlib.sha256(given.encode("utf8", "replace")).digest(), self.digest)

    def who(self, given: str | None, cookie: str) -> Found:
        """Who it is, by a token or a session's cookie; reads the database."""
        with read_session(self.engine) as session:
            if given and (found := tokens.bearer(session, given)) is not None:
                return Found(found[0], users=True, note=found[1])
            number = sessions.user_in(cookie)
            user = accounts.signed_in(session, number) if number is not None else None
            if user is not None and given is None and sessions.genuine(self.secret, cookie, user.stamp):
                return Found(Visitor(user.role, user.name, user.id, session=True), users=True)
            users = accounts.any_users(session)
        if not users and not self.closed:
            return Found(LOCAL)
        return Found(None, wrong=given is not None, users=users)


class Access:
    """Puts the visitor into the request's state; sends whoever is unknown to the login, or answers 401."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard, self.tries = app, guard, Buckets(TRIES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        given = token_in(asked.headers.get("authorization", ""))
        if self.guard.shares(given):
            await self._pass(scope, receive, send, SHARED)
            return
        if scope["path"].startswith("/static/") and self.guard.digest is None:
            await self._pass(scope, receive, send, NOBODY)
            return
        try:
            found = await run_in_threadpool(self.guard.who, given, asked.cookies.get(sessions.COOKIE, ""))
        except (DBAPIError, PoolTimeoutError) as error:
            log.error("who asks cannot be looked up", exc_info=error)
            await _refuse(send, 503, "the database cannot be used at present: try again, or see `pactwatch doctor`")
            return
        if found.visitor is not None:
            await self._pass(scope, receive, send, found.visitor)
            if found.note and found.visitor.token_id is not None:
                await run_in_threadpool(self._note, found.visitor.token_id)  # the answer has been sent by now
            return
        if _is_open(scope, found):
            await self._pass(scope, receive, send, NOBODY)
            return
        await self._send_away(scope, send, asked, found)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor) -> None:
        scope.setdefault("state", {})["visitor"] = visitor

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                # What one visitor sees, no proxy may keep for another.
                MutableHeaders(scope=message).setdefault("Cache-Control", "private, no-cache")
            await send(message)

        await self.app(scope, receive, send if visitor in (LOCAL, NOBODY) else sending)

    async def _send_away(self, scope: Scope, send: Send, asked: HTTPConnection, found: Found) -> None:
        address = (scope.get("client") or ("unknown", 0))[0]
        if found.wrong and (wait := math.ceil(self.tries.take(address))):
            await _refuse(send, 429, f"too many wrong tokens: wait {wait} s", {"Retry-After": str(wait)})
        elif found.users and scope["method"] in ("GET", "HEAD") and _for_people(scope["path"]) and not found.wrong:
            asks = scope["query_string"].decode("latin-1")
            here = quote(scope["path"]) + (f"?{asks}" if asks else "")
            headers = [(b"location", f"/login?next={quote(here, safe='/')}".encode()), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 303, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        elif found.users:
            told = "sign in at /login, or give your API token as Bearer or as a password"
            await _refuse(send, 401, told, {"WWW-Authenticate": "Bearer"})
        else:
            told = "give the token, as Bearer or as a password"
            if self.guard.digest is None:
                told = "no user is left: `pactwatch users add NAME` adds one"
            await _refuse(send, 401, told, {"WWW-Authenticate": BASIC})

    def _note(self, number: int) -> None:
        try:
            with write_session(self.guard.engine) as session:
                tokens.note_use(session, number)
        except (DBAPIError, PoolTimeoutError) as error:  # nobody waits for it, and the next request tries again
            log.warning("the use of an API token could not be noted", exc_info=error)


def _is_open(scope: Scope, found: Found) -> bool:
    path = scope["path"]
    return bool(OPEN.fullmatch(path) or path.startswith("/static/")) and not found.wrong and (
        found.users or not path.startswith(("/login", "/static/"))
    )  # fmt: skip


def _for_people(path: str) -> bool:
    return not path.startswith("/api/") and not path.endswith(".json")


async def _refuse(send: Send, status: int, detail: str, more: dict[str, str] | None = None) -> None:
    title = HTTPStatus(status).phrase.capitalize()
    content = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    headers = {"Content-Type": "application/problem+json", "Content-Length": str(len(content))} | (more or {})
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content})


def token_in(header: str) -> str | None:
    """The token of an Authorization header; None where there is none."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(rest, validate=True).decode("utf8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
