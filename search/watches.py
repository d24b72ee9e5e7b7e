"""What can be watched about an organisation, a partnership or a theme: saved searches with a query of a fixed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from models.tables import Theme
from search.organisations import get_organisation
from search.partnerships import get_partnership
from search.saved import About, SavedRow, free_name, same, save

Subject = Literal["organisation", "partnership", "theme"]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that can be watched."""

    about: About
    name: str
    query: str


def of_organisation(number: int, name: str) -> list[Watch]:
    """New partnerships of an organisation; new documents that name it."""
    # A quotation mark would end the phrase; names are compared by their words alone.
    quoted = " ".join(name.replace('"', " ").split())
    return [
        Watch("partnerships", f"{name}: partnerships", urlencode({"with": number})),
        Watch("documents", f"{name}: documents", f'org:"{quoted}"'),
    ]


def of_parties(parties: Sequence[tuple[int, str]]) -> list[Watch]:
    """New partnerships between the first two parties of one, by id and name; none where there is one party only."""
    if len(parties) < 2:
        return []
    query = urlencode([("with", number) for number, _ in parties[:2]])
    return [Watch("partnerships", " and ".join(name for _, name in parties[:2]), query)]


def of_theme(number: str, label: str) -> list[Watch]:
    """New partnerships and documents with a theme."""
    return [
        Watch("partnerships", f"{label}: partnerships", urlencode({"theme": number})),
        Watch("documents", f"{label}: documents", f"theme:{number}"),
    ]


def of_subject(session: Session, subject: Subject, number: str) -> list[Watch]:
    """What can be watched about the thing with this id; nothing where there is no such thing."""
    if subject == "theme":
        theme = session.get(Theme, number)
        return of_theme(theme.id, theme.label) if theme else []
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return []
    if subject == "organisation":
        organisation = get_organisation(session, int(number))
        return of_organisation(organisation.id, organisation.name) if organisation else []
    partnership = get_partnership(session, int(number))
    return of_parties([(party.id, party.name) for party in partnership.parties]) if partnership else []


def watched(session: Session, owner: str, watches: Sequence[Watch]) -> list[tuple[Watch, SavedRow | None]]:
    """Each watch with the owner's saved search that is it, where there is one."""
    return [(watch, same(session, owner, watch.about, watch.query)) for watch in watches]


def begin(session: Session, owner: str, watch: Watch) -> SavedRow:
    """Save the watch, if the owner has not done so; raises `SavedSearchError` or `QueryError`."""
    return same(session, owner, watch.about, watch.query) or save(
        session, free_name(session, owner, watch.name), watch.query, about=watch.about, owner=owner
    )  # fmt: skip
