"""Accounts: added, listed, changed and removed. The caller gives the session, and commits."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.base import now
from models.tables import ApiToken, SavedSearch, UserAccount, Visit
from search.saved import ANYBODY
from web.users.passwords import Passwords, problem
from web.users.roles import Role

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
STAMP_BYTES = 16


class UserError(ValueError):
    """What cannot be done with an account; one line for people."""


@dataclass(frozen=True, slots=True)
class UserRow:
    """An account, as people see it."""

    name: str
    role: str
    created_at: datetime
    last_login_at: datetime | None
    tokens: int
    """API tokens."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session is made of."""

    id: int
    name: str
    role: Role
    stamp: str


def any_users(session: Session) -> bool:
    """Whether there is a user at all."""
    return session.scalar(select(UserAccount.id).limit(1)) is not None


def add(session: Session, passwords: Passwords, name: str, password: str, role: str) -> None:
    """A new account; raises `UserError`."""
    name = normal(name)
    if not NAME.fullmatch(name):
        raise UserError(f"{name!r} is no name of a user: up to 64 letters, digits and . _ @ + - without accents")
    if name == ANYBODY:
        raise UserError(f"{name!r} stands for everybody: choose another name")
    if _find(session, name) is not None:
        raise UserError(f"there is a user {name!r} already: `pactwatch users password {name}` changes the password")
    _acceptable(password, name)
    made = UserAccount(
        name=name, role=_role(role), password=passwords.hash(password), session_stamp=_stamp(), feed_stamp=_stamp()
    )
    session.add(made)
    session.flush()


def listed(session: Session) -> list[UserRow]:
    """Every account, by name."""
    tokens = select(func.count(ApiToken.id)).where(ApiToken.user_id == UserAccount.id).scalar_subquery()
    columns = (UserAccount.name, UserAccount.role, UserAccount.created_at, UserAccount.last_login_at, tokens)
    return [UserRow(*row) for row in session.execute(select(*columns).order_by(UserAccount.name))]


def remove(session: Session, name: str) -> int:
    """Remove an account with its tokens and saved searches; how many of those there were. Raises `UserError`."""
    found = get(session, name)
    for table in (ApiToken, Visit):
        session.execute(delete(table).where(table.user_id == found.id))
    owned = session.scalars(select(SavedSearch).where(SavedSearch.owner == found.name)).all()
    for row in owned:
        session.delete(row)
    session.delete(found)
    session.flush()
    return len(owned)


def set_password(session: Session, passwords: Passwords, name: str, password: str) -> SignedIn:
    """Another password; every session ends, and what a new one is made of is returned. Raises `UserError`."""
    found = get(session, name)
    _acceptable(password, found.name)
    found.password, found.session_stamp = passwords.hash(password), _stamp()
    return _signed_in(found)


def set_role(session: Session, name: str, role: str) -> None:
    """Another role; every session ends. Raises `UserError`."""
    found = get(session, name)
    found.role, found.session_stamp = _role(role), _stamp()


def end_sessions(session: Session, name: str) -> None:
    """Sign the user out everywhere."""
    get(session, name).session_stamp = _stamp()


def renew_feeds(session: Session, name: str) -> None:
    """New addresses for all feeds of the user; the old ones are at an end."""
    get(session, name).feed_stamp = _stamp()


def sign_in(session: Session, passwords: Passwords, name: str, password: str) -> SignedIn | None:
    """The user, if the password is right; None in the same time where it is not or there is no such user."""
    found = _find(session, normal(name)[:64])
    if not passwords.check(found.password if found else None, password[:1024]) or found is None:
        return None
    return _signed_in(found)


def signed_in(session: Session, number: int) -> SignedIn | None:
    """The user of this id; None where there is none any more."""
    found = session.get(UserAccount, number)
    return _signed_in(found) if found else None


def note_login(session: Session, passwords: Passwords, number: int, password: str) -> None:
    """Remember when they signed in, and hash the password anew where the parameters have changed since."""
    found = session.get(UserAccount, number)
    if found is not None:
        found.last_login_at = now()
        if passwords.outdated(found.password):
            found.password = passwords.hash(password)


def feed_stamp(session: Session, name: str) -> str:
    """What the addresses of the user's feeds are signed with; empty where there is no such user."""
    return session.scalar(select(UserAccount.feed_stamp).where(UserAccount.name == name)) or ""


def get(session: Session, name: str) -> UserAccount:
    """The account; raises `UserError` where there is none."""
    found = _find(session, normal(name))
    if found is None:
        raise UserError(f"there is no user {name!r}: `pactwatch users list` shows all")
    return found


def normal(name: str) -> str:
    """A name as it is kept."""
    return name.replace("\0", "").strip().lower()


def _find(session: Session, name: str) -> UserAccount | None:
    return session.scalar(select(UserAccount).where(UserAccount.name == name))


def _signed_in(found: UserAccount) -> SignedIn:
    return SignedIn(found.id, found.name, Role(found.role), found.session_stamp)


def _acceptable(password: str, name: str) -> None:
    if (why := problem(password, name)) is not None:
        raise UserError(why)


def _role(role: str) -> str:
    try:
        return Role(role).value
    except ValueError:
        raise UserError(f"{role!r} is no role: use {', '.join(Role)}") from None


def _stamp() -> str:
    return secrets.token_hex(STAMP_BYTES)
