"""Saved searches and watches: a query under a name, and what of its results its owner has not seen yet."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.base import now
from models.tables import Revision, SavedSearch, Visit
from search.dates import day
from search.index import Index
from search.parsing import parse
from search.partnerships import PartnershipFilter, PartnershipRow, count_partnerships, list_partnerships
from search.query import Query, QueryError
from search.service import found_part

ANYBODY = "me"
"""Owner where nobody is told apart: one person at one machine; where there are users, everybody."""
LONGEST_NAME = 200
About = Literal["documents", "partnerships"]
PARAMETERS = {
    "with": "organisation", "partner": "partner", "kind": "kind", "status": "status", "theme": "theme",
    "since": "since", "until": "until", "min_confidence": "min_confidence",
}  # fmt: skip
"""What a watch of partnerships may ask: the parameter, and the field of `PartnershipFilter`. A second ``with`` is the
partner."""


class SavedSearchError(ValueError):
    """What cannot be saved, or is not there; one line."""


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved search."""

    id: int
    name: str
    owner: str
    about: str
    query: str
    created_at: datetime
    seen_revision: int


@dataclass(frozen=True, slots=True)
class News:
    """What a saved search finds that came after a revision: how many, and the last of them, newest first."""

    total: int
    documents: tuple[int, ...] = ()
    partnerships: tuple[PartnershipRow, ...] = ()


_COLUMNS = tuple(getattr(SavedSearch, one.name) for one in fields(SavedRow))


def save(session: Session, name: str, query: str, *, about: About = "documents", owner: str = ANYBODY) -> SavedRow:
    """Save a search; everything that is there now counts as seen. Raises `SavedSearchError` or `QueryError`."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise SavedSearchError(f"a saved search needs a name of 1 to {LONGEST_NAME} characters")
    if about == "documents":
        parse(query, now().date())
    else:
        partnership_filter(session, query)
    if session.scalar(select(SavedSearch.id).where(SavedSearch.owner == owner, SavedSearch.name == name)):
        raise SavedSearchError(f"there is a saved search {name!r} already: choose another name, or remove it first")
    row = SavedSearch(name=name, owner=owner, about=about, query=query, seen_revision=current_revision(session))
    session.add(row)
    session.flush()
    return get(session, row.id)


def listed(session: Session, *owners: str) -> list[SavedRow]:
    """All saved searches, or those of some owners, by name."""
    statement = select(*_COLUMNS).order_by(SavedSearch.name, SavedSearch.id)
    if owners:
        statement = statement.where(SavedSearch.owner.in_(owners))
    return [SavedRow(*row) for row in session.execute(statement)]


def get(session: Session, number: int) -> SavedRow:
    """One saved search by id; raises `SavedSearchError` where there is none."""
    row: Any = session.execute(select(*_COLUMNS).where(SavedSearch.id == number)).one_or_none()
    if row is None:
        raise SavedSearchError(f"there is no saved search {number}: `pactwatch saved list` shows all")
    return SavedRow(*row)


def named(session: Session, name: str, owner: str = ANYBODY) -> SavedRow:
    """One saved search by name, or by id; raises `SavedSearchError` where there is none."""
    for row in listed(session, owner):
        if name in (row.name, str(row.id)):
            return row
    raise SavedSearchError(f"there is no saved search {name!r}: `pactwatch saved list` shows all")


def same(session: Session, owner: str, about: str, query: str) -> SavedRow | None:
    """The owner's saved search that asks exactly this, of several the first; None where there is none."""
    asked = (SavedSearch.owner == owner, SavedSearch.about == about, SavedSearch.query == query)
    row = session.execute(select(*_COLUMNS).where(*asked).order_by(SavedSearch.id).limit(1)).one_or_none()
    return SavedRow(*row) if row else None


def free_name(session: Session, owner: str, name: str) -> str:
    """The name, or with a number behind it where the owner has a saved search of this name already."""
    taken = set(session.scalars(select(SavedSearch.name).where(SavedSearch.owner == owner)))
    name = " ".join(name.split())[: LONGEST_NAME - 8]
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def remove(session: Session, number: int) -> None:
    """Forget a saved search."""
    session.delete(session.get_one(SavedSearch, get(session, number).id))
    session.execute(delete(Visit).where(Visit.place == place(number)))


def place(number: int) -> str:
    """Where `search.visits` keeps what others than its owner have seen of a saved search."""
    return f"saved:{number}"


def mark_seen(session: Session, number: int, revision: int) -> None:
    """Everything up to the revision has been seen; an earlier revision than the present one changes nothing."""
    row = session.get_one(SavedSearch, number)
    row.seen_revision = max(row.seen_revision, revision)


def current_revision(session: Session) -> int:
    """The last revision given out."""
    return session.scalar(select(func.max(Revision.value))) or 0


def news(session: Session, index: Index, saved: SavedRow, *, after: int | None = None, limit: int = 50) -> News:
    """What came after a revision (the owner's last visit, where none is given), newest first."""
    after = saved.seen_revision if after is None else after
    if saved.about == "documents":
        reader = index.reader()
        total, ids = reader.added_after(found_part(session, index, reader, Query(saved.query)), after, limit)
        return News(total, documents=tuple(ids))
    wanted = partnership_filter(session, saved.query, added_after=after, sort="added", limit=limit)
    return News(count_partnerships(session, wanted), partnerships=tuple(list_partnerships(session, wanted)))


def partnership_filter(session: Session, query: str, **more: Any) -> PartnershipFilter:
    """The filter that parameters stand for; raises `QueryError` for one that is unknown or means nothing."""
    values: dict[str, Any] = {}
    for given, value in parse_qsl(query, keep_blank_values=True):
        name = "partner" if given == "with" and "organisation" in values else given
        if name not in PARAMETERS:
            raise QueryError(f"a watch of partnerships has no {name!r}: known are {', '.join(PARAMETERS)}")
        values[PARAMETERS[name]] = _typed(name, value)
    wanted = PartnershipFilter(**(values | more))
    list_partnerships(session, PartnershipFilter(**values, limit=1))  # so that a mistake shows now, not in a feed
    return wanted


def _typed(name: str, value: str) -> Any:
    try:
        if name in ("since", "until"):
            return day(value, _today(), last=name == "until")
        return float(value) if name == "min_confidence" else value
    except ValueError as error:
        raise QueryError(f"{name}: {error}") from None


def _today() -> date:
    return now().date()
