"""What came since somebody's last visit: a visit ends when they have not looked for an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.base import now
from models.tables import Visit

PAUSE = timedelta(hours=1)
"""Without looking, until the next look is another visit."""
PRECISION = timedelta(minutes=5)
"""Of the time of the last look: not every look is to write."""
PARTNERSHIPS = "partnerships"
"""The table of partnerships, as a place that is visited."""


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody has seen of a place."""

    before: int
    """Revision seen on the visit before the present one: what is later is new to them."""
    seen: int
    """Revision seen now."""
    at: datetime


def look(last: Look | None, revision: int, at: datetime) -> Look:
    """Look again: within a visit the same stays new; at the first nothing is."""
    if last is None or last.seen > revision:  # of another database, or of one that was begun anew
        return Look(revision, revision, at)
    return Look(last.seen if at - last.at > PAUSE else last.before, revision, at)


def worth_keeping(last: Look | None, present: Look) -> bool:
    """Whether a look changes what is kept by more than a few minutes."""
    return (
        last is None or (last.before, last.seen) != (present.before, present.seen) or present.at - last.at > PRECISION
    )


def last_look(session: Session, user_id: int, place: str) -> Look | None:
    """The user's last look at the place."""
    row = session.get(Visit, (user_id, place))
    return Look(row.before, row.seen, row.at) if row else None


def keep_look(session: Session, user_id: int, place: str, one: Look) -> None:
    """Remember a look; of two at the same time the later revision counts."""
    row = session.get(Visit, (user_id, place))
    if row is None:
        session.add(Visit(user_id=user_id, place=place, before=one.before, seen=one.seen, at=one.at))
    else:
        row.before, row.seen, row.at = one.before, one.seen, max(row.at, one.at)


def mark(session: Session, user_id: int, place: str, revision: int) -> None:
    """Everything up to the revision has been seen."""
    keep_look(session, user_id, place, Look(revision, revision, now()))
