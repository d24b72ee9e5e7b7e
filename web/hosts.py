"""Which names the server answers to: on loopback only its own, or any web page could read it by DNS rebinding."""

from __future__ import annotations

import json
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to the address."""
    name = host.strip("[]").lower()
    return name in LOOPBACK or name.startswith("127.")


class Hosts:
    """Answers 421 to requests for other names."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or name_of(Headers(scope=scope).get("host", "")) in self.names:
            await self.app(scope, receive, send)
            return
        detail = "this server does not go by that name: see `pactwatch serve --name`"
        content = json.dumps({"type": "about:blank", "title": "Misdirected request", "status": 421, "detail": detail})
        headers = [(b"content-type", b"application/problem+json")]
        await send({"type": "http.response.start", "status": 421, "headers": headers})
        await send({"type": "http.response.body", "body": content.encode()})


def name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
