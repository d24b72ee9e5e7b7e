"""Fields that a form leaves empty ask nothing: they are taken out of the addresses of pages, not out of the API's."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

API = "/api/v1/"


class EmptyFields:
    """Drops empty parameters of every page, so that each page's parameters can be as strict as the API's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on without its empty parameters."""
        if scope["type"] == "http" and scope["query_string"] and not scope["path"].startswith(API):
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, encoding="latin-1")
            if any(not value for _, value in pairs):
                kept = urlencode([pair for pair in pairs if pair[1]], encoding="latin-1")
                scope = {**scope, "query_string": kept.encode("latin-1")}
        await self.app(scope, receive, send)
