"""The revision counter: its one row is the writer lock, so revisions become visible in the order they are given."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.document import Revision


def next_revision(session: Session) -> int:
    """Give out the next revision; other writers wait until this transaction ends."""
    return _move(session, 1)


def lock_writer(session: Session) -> int:
    """Wait until no other writer is under way and keep others out; return the last revision given out."""
    return _move(session, 0)


def _move(session: Session, step: int) -> int:
    value = session.scalar(
        update(Revision)
        .where(Revision.id == 1)
        .values(value=Revision.value + step)
        .returning(Revision.value)
        .execution_options(synchronize_session=False)
    )
    if value is None:
        raise RuntimeError("table 'revision' has no row: the database was not made by 'pactwatch db upgrade'")
    return value


class Ticket:
    """The revision of one transaction: taken when the first change needs it, so that no change takes none."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._value: int | None = None

    @property
    def value(self) -> int:
        """The revision; the same one for every change of the transaction."""
        if self._value is None:
            self._value = next_revision(self._session)
        return self._value
