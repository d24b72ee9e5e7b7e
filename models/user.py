"""Who may use the pages and the API, and up to where each has seen what came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigInt, now


class UserAccount(Base):
    """Somebody who signs in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    """In lower case; also the owner of their saved searches (`SavedSearch.owner`)."""
    role: Mapped[str] = mapped_column(String(8))
    """``reader``, ``editor``, ``admin``."""
    password: Mapped[str]
    """Argon2 hash with its parameters and salt."""
    session_stamp: Mapped[str] = mapped_column(String(32))
    """Random; every session is signed with it, so that a new one ends them all."""
    feed_stamp: Mapped[str] = mapped_column(String(32))
    """Random; the addresses of feeds are signed with it."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]


class ApiToken(Base):
    """A token with which a program asks in a user's name."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("user_id", "label"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    label: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token, which is random and long: nothing slower is needed."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    """To the hour."""


class Visit(Base):
    """Up to which revision a user has seen a place."""

    __tablename__ = "visit"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(64), primary_key=True)
    """``partnerships`` (the table), or ``saved:7`` (a saved search that is not their own)."""
    before: Mapped[int] = mapped_column(BigInt)
    """Revision seen on the visit before the present one: what is later is new to them."""
    seen: Mapped[int] = mapped_column(BigInt)
    """Revision seen on the present visit."""
    at: Mapped[datetime] = mapped_column(default=now)
    """When they last looked."""
