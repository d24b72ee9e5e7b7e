"""A rate limit for each address: a bucket of tokens that fills again with time."""

from __future__ import annotations

import json
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

REMEMBERED = 10_000
"""Addresses that are remembered; of more, those that asked longest ago are forgotten."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often one address may ask."""

    burst: int = 240
    """Requests at once."""
    per_second: float = 20.0
    """Requests a second in the long run."""


class Buckets:
    """Tokens of each address; not for several threads, which ASGI middleware does not need."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits, self.clock = limits, clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> float:
        """Take a token: 0 where there was one, else the seconds until there is."""
        at = self.clock()
        tokens, since = self._held.pop(address, (float(self.limits.burst), at))
        tokens = min(float(self.limits.burst), tokens + (at - since) * self.limits.per_second)
        allowed = tokens >= 1
        self._held[address] = (tokens - 1 if allowed else tokens, at)
        while len(self._held) > REMEMBERED:
            self._held.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self.limits.per_second

    def give(self, address: str) -> None:
        """Give back a token that was taken."""
        if address in self._held:
            tokens, since = self._held[address]
            self._held[address] = (min(float(self.limits.burst), tokens + 1), since)


class RateLimit:
    """Answers 429 with Retry-After where an address asks too often; the static files do not count."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.buckets = app, Buckets(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        address = (scope.get("client") or ("unknown", 0))[0]
        wait = math.ceil(self.buckets.take(address))
        if not wait:
            await self.app(scope, receive, send)
            return
        content = {
            "type": "about:blank",
            "title": "Too many requests",
            "status": 429,
            "detail": f"this address asks too often: wait {wait} s",
        }
        headers = [(b"content-type", b"application/problem+json"), (b"retry-after", str(wait).encode())]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(content).encode()})
