"""Addresses of feeds that a news reader can use, which cannot sign in: each holds a key of the user it was given to."""

from __future__ import annotations

import hmac
import re

from sqlalchemy.orm import Session

from models.tables import UserAccount
from search.saved import SavedRow
from web.users.roles import SHARED, Role, Visitor
from web.users.sessions import feed_key

SHAPE = re.compile(r"(\d{1,18})-([0-9a-f]{40})")
NO_USER = 0
"""Number of whoever has the shared token."""


def key_for(session: Session, secret: bytes, shared: str, visitor: Visitor, saved: SavedRow) -> str:
    """The key for an address that is given to the visitor; empty where nobody has to prove anything.

    `shared` is the stamp of the shared token, empty where there is none.
    """
    number = visitor.user_id or NO_USER
    stamp = _stamp(session, shared, number)
    return f"{number}-{feed_key(secret, saved.id, saved.created_at, stamp)}" if stamp else ""


def holder(session: Session, secret: bytes, shared: str, key: str, saved: SavedRow) -> Visitor | None:
    """To whom the address with this key was given; None where it is no key of ours, or at an end."""
    found = SHAPE.fullmatch(key)
    number = int(found[1]) if found else NO_USER
    stamp = _stamp(session, shared, number)
    if found is None or not stamp:
        return None
    if not hmac.compare_digest(found[2], feed_key(secret, saved.id, saved.created_at, stamp)):
        return None
    user = session.get(UserAccount, number)
    return Visitor(Role(user.role), user.name, user.id) if user else SHARED


def _stamp(session: Session, shared: str, number: int) -> str:
    if number == NO_USER:
        return shared
    user = session.get(UserAccount, number)
    return user.feed_stamp if user else ""
