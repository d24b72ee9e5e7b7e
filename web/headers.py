"""Security headers, a request id and one log line for every answer. Plain ASGI, so that streams stay streams."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere."""
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Headers:
    """Outermost of all: also what fails inside gets headers, an id and a line."""

    def __init__(self, app: ASGIApp, on_defect: Callable[[Request, Exception], Response]) -> None:
        self.app, self.on_defect = app, on_defect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = request_id(scope)
        scope.setdefault("state", {})["request_id"] = number
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                headers["X-Request-ID"] = number
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:  # whatever it is: the answer says that it is our defect, the log says which
            if status:
                raise  # too late for another answer: the connection is cut, so that half a file is not taken for whole
            await self.on_defect(Request(scope), error)(scope, receive, sending)
        finally:
            took = (time.perf_counter() - began) * 1000
            log.info("%s %s %s %.0f ms %s", scope["method"], scope["path"], status, took, number)


def request_id(scope: Scope) -> str:
    """The id that a proxy gave the request, if it is harmless; else a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
