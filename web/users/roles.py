"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from search.saved import ANYBODY


class Role(StrEnum):
    """What a user may do; each may also do what the ones before it may."""

    READER = "reader"
    """Read everything, keep saved searches of their own."""
    EDITOR = "editor"
    """Also keep saved searches for everybody, and start crawls."""
    ADMIN = "admin"
    """Also manage users."""


ORDER = tuple(Role)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sent a request."""

    role: Role | None
    """None: nobody who may read anything."""
    name: str = ""
    """Of the user; empty where nobody has signed in."""
    user_id: int | None = None
    token_id: int | None = None
    """Of the API token that was given."""
    session: bool = False
    """Whether they signed in with a browser."""

    @property
    def owner(self) -> str:
        """Owner of what they save for themselves."""
        return self.name or ANYBODY

    def may(self, role: str) -> bool:
        """Whether they may do what the role may."""
        return self.role is not None and ORDER.index(self.role) >= ORDER.index(Role(role))

    def sees(self, owner: str) -> bool:
        """Whether they may read what the owner saved: their own and everybody's; who is at this machine, all."""
        return self.role is not None and (self == LOCAL or owner in (self.name, ANYBODY))

    def changes(self, owner: str) -> bool:
        """Whether they may change what the owner saved."""
        return self.sees(owner) and (owner == self.owner or self.may(Role.EDITOR))


LOCAL = Visitor(Role.ADMIN)
"""Whoever is at this machine, where no users are configured."""
SHARED = Visitor(Role.EDITOR)
"""Whoever has the token that is the same for everybody."""
NOBODY = Visitor(None)
