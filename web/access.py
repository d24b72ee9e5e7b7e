"""One token for all: what lets somebody in where the server can be reached from the network.

Programs send ``Authorization: Bearer TOKEN``; browsers ask for a name (any) and a password (the token).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.limits import Buckets, Limits

LEAST = 32
"""Characters of a token."""
TRIES = Limits(burst=10, per_second=0.1)
"""How often an address may be wrong."""


class Access:
    """Answers 401 to whoever does not have the token, and 429 to an address that has guessed too often."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.tries = app, Buckets(TRIES)
        self.digest = hashlib.sha256(token.encode()).digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = token_in(Headers(scope=scope).get("authorization", ""))
        if given is not None and hmac.compare_digest(hashlib.sha256(given.encode()).digest(), self.digest):
            await self.app(scope, receive, send)
            return
        address = (scope.get("client") or ("unknown", 0))[0]
        wait = math.ceil(self.tries.take(address)) if given is not None else 0
        await _refuse(send, wait)


async def _refuse(send: Send, wait: int) -> None:
    status, title = (429, "Too many requests") if wait else (401, "Unauthorized")
    detail = f"too many wrong tokens: wait {wait} s" if wait else "give the token, as Bearer or as a password"
    content = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(content)).encode())]
    if wait:
        headers.append((b"retry-after", str(wait).encode()))
    else:
        headers.append((b"www-authenticate", b'Basic realm="Pactwatch", charset="UTF-8"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
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
