"""Signed cookies of those who are signed in, and signed addresses of feeds. Nothing of either is stored."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from datetime import datetime

COOKIE = "pactwatch_session"
LASTS = 14 * 24 * 3600
"""Seconds from signing in to having to do it again."""
SHAPE = re.compile(r"(\d{1,18})\.(\d{1,12})\.([0-9a-f]{64})")


def make(secret: bytes, user_id: int, stamp: str, issued: int | None = None) -> str:
    """The cookie's value: who, since when (seconds), and a signature that also depends on the user's stamp."""
    issued = int(time.time()) if issued is None else issued
    return f"{user_id}.{issued}.{_sign(secret, 'session', user_id, issued, stamp)}"


def user_in(value: str, at: float | None = None) -> int | None:
    """The user whose cookie it says it is; None where it is none or too old. `genuine` tells whether it is true."""
    found = SHAPE.fullmatch(value)
    at = time.time() if at is None else at
    if found is None or not int(found[2]) - 60 <= at < int(found[2]) + LASTS:
        return None
    return int(found[1])


def genuine(secret: bytes, value: str, stamp: str) -> bool:
    """Whether we made the cookie's value for a user with this stamp."""
    found = SHAPE.fullmatch(value)
    return found is not None and hmac.compare_digest(
        found[3], _sign(secret, "session", int(found[1]), int(found[2]), stamp)
    )


def feed_key(secret: bytes, number: int, created: datetime, stamp: str) -> str:
    """What proves that somebody was given the address of a saved search's feed; `stamp` is the reader's."""
    return _sign(secret, "feed", number, int(created.timestamp()), stamp)[:40]


def _sign(secret: bytes, what: str, one: int, other: int, stamp: str) -> str:
    return hmac.new(secret, f"{what}:{one}:{other}:{stamp}".encode(), hashlib.sha256).hexdigest()
