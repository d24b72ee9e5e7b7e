"""API tokens: shown once, kept as a digest, counted by their last use."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import now
from models.tables import ApiToken, UserAccount
from web.users.accounts import UserError, get
from web.users.roles import Role, Visitor

MARK = "pactwatch_"
"""Begins every token, so that one that leaked can be found by whoever looks for such."""
TOKEN_BYTES = 32
LONGEST_LABEL = 64
MOST = 50
"""Tokens of one user."""
PRECISION = timedelta(hours=1)
"""Of the time of last use: not every request is to write."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token, as people see it."""

    id: int
    user: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


def issue(session: Session, name: str, label: str = "") -> tuple[str, str]:
    """A new token of the user: itself, which cannot be had again, and its label. Raises `UserError`."""
    user = get(session, name)
    taken = set(session.scalars(select(ApiToken.label).where(ApiToken.user_id == user.id)))
    if len(taken) >= MOST:
        raise UserError(f"{user.name} has {MOST} tokens: revoke one that is no longer needed")
    label = " ".join(label.replace("\0", "").split()) or next(
        name for number in range(1, MOST + 2) if (name := f"token {number}") not in taken
    )
    if len(label) > LONGEST_LABEL:
        raise UserError(f"the name of a token has at most {LONGEST_LABEL} characters")
    if label in taken:
        raise UserError(f"{user.name} has a token {label!r} already: revoke it first, or choose another name")
    token = MARK + secrets.token_urlsafe(TOKEN_BYTES)
    session.add(ApiToken(user_id=user.id, label=label, digest=_digest(token)))
    session.flush()
    return token, label


def listed(session: Session, name: str | None = None) -> list[TokenRow]:
    """Tokens of all users or of one, by user and label; raises `UserError` for a user that is none."""
    statement = (
        select(ApiToken.id, UserAccount.name, ApiToken.label, ApiToken.created_at, ApiToken.last_used_at)
        .join(UserAccount, UserAccount.id == ApiToken.user_id)
        .order_by(UserAccount.name, ApiToken.label)
    )
    if name is not None:
        statement = statement.where(ApiToken.user_id == get(session, name).id)
    return [TokenRow(*row) for row in session.execute(statement)]


def revoke(session: Session, name: str, label: str) -> None:
    """End a token, given by its label; raises `UserError` where the user has none of this label."""
    user = get(session, name)
    row = session.scalar(select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.label == label))
    if row is None:
        raise UserError(f"{user.name} has no token {label!r}: `pactwatch users tokens {user.name}` shows all")
    session.delete(row)
    session.flush()


def bearer(session: Session, token: str) -> tuple[Visitor, bool] | None:
    """Whose token it is, and whether its use is to be noted; None where it is nobody's."""
    if not token.startswith(MARK):
        return None
    row = session.execute(
        select(UserAccount.id, UserAccount.name, UserAccount.role, ApiToken.id.label("token"), ApiToken.last_used_at)
        .join(ApiToken, ApiToken.user_id == UserAccount.id)
        .where(ApiToken.digest == _digest(token))
    ).one_or_none()
    if row is None:
        return None
    due = row.last_used_at is None or now() - row.last_used_at > PRECISION
    return Visitor(Role(row.role), row.name, row.id, token_id=row.token), due


def note_use(session: Session, number: int) -> None:
    """The token has been used now."""
    row = session.get(ApiToken, number)
    if row is not None:
        row.last_used_at = now()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf8", "replace")).hexdigest()
