"""Organisations suggested while somebody types: by the beginning of any word of any of their names, or by a near name.

All names are held in memory as one text, the most named organisation first, so that the first places at which the typed
beginning stands are the best answers: no table is searched, and a hundred thousand organisations take milliseconds.
"""

from __future__ import annotations

import re
import threading
import time
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.session import read_session
from models.tables import Mention, Organisation, OrganisationAlias, PartnershipParty
from search.merged import canonical_id
from search.saved import current_revision

SHORTEST_NEAR = 4
"""Letters of a name for which near ones are sought."""
MOST_PLACES = 5_000
"""Places of a beginning that are looked at: more are other names of what has been found already."""
REST = timedelta(minutes=1)
"""At least so long the names are kept; where reading them took long, twenty times as long as it took."""
LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An organisation or project that may be meant."""

    id: int
    name: str
    also: str | None
    """The other name of it by which it was found."""
    type: str
    country: str | None
    documents: int
    partnerships: int


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation with all its names, the present one first."""

    id: int
    names: tuple[str, ...]
    type: str
    country: str | None
    documents: int
    partnerships: int


class Names:
    """The names of all organisations at one moment. Does not change, so threads may share it."""

    def __init__(self, organisations: Sequence[Named]) -> None:
        self._organisations = sorted(organisations, key=lambda one: (-one.documents, -one.partnerships, one.names[0]))
        self._owners, self._forms, self._starts = array("L"), array("L"), array("L")
        self._lines: list[str] = []
        self._by_letter: dict[str, list[int]] = {}
        held, at = [], 1
        for number, one in enumerate(self._organisations):
            for form, name in enumerate(one.names):
                if line := folded(name):
                    self._owners.append(number)
                    self._forms.append(form)
                    self._starts.append(at)
                    self._by_letter.setdefault(line[0], []).append(len(self._lines))
                    self._lines.append(line)
                    held.append(line.encode())
                    at += len(held[-1]) + 1
        self._text = b"\n" + b"\n".join(held) + b"\n"

    def suggest(self, text: str, limit: int = 10) -> list[Suggestion]:
        """The most named organisations with a name, or a word of one, that begins so; without any, near names."""
        typed = folded(text)
        if not typed:
            return [self._suggestion(number, 0) for number in range(min(limit, len(self._organisations)))]
        found: dict[int, int] = {}
        for seek in (self._beginning, self._words, self._near):
            if found and seek == self._near:
                break
            for place in seek(typed):
                if len(found) >= limit:
                    break
                found.setdefault(self._owners[place], self._forms[place])
        return [self._suggestion(number, form) for number, form in found.items()]

    def nearest(self, name: str, limit: int = 3) -> list[Suggestion]:
        """Organisations that somebody may have meant by a name that no organisation bears; of signs alone none."""
        words = folded(name).split()
        if name and not words:
            return []
        return self.suggest(name, limit) or self.suggest(max(words, key=len, default=""), limit)

    def _beginning(self, typed: str) -> Iterator[int]:
        """Names that are the text, then names, then words of names, that begin with it."""
        raw = typed.encode()
        for pattern in (b"\n" + raw + b"\n", b"\n" + raw, b" " + raw):
            yield from self._places(pattern)

    def _places(self, pattern: bytes) -> Iterator[int]:
        at = 0
        for _ in range(MOST_PLACES):
            at = self._text.find(pattern, at)
            if at < 0:
                return
            yield bisect_right(self._starts, at + 1) - 1
            at += 1

    def _words(self, typed: str) -> Iterator[int]:
        """Names in which each word of the text begins a word, in whatever order."""
        words = typed.split()
        if len(words) < 2:
            return
        for place in self._beginning(max(words, key=len)):
            line = f" {self._lines[place]}"
            if all(f" {word}" in line for word in words):
                yield place

    def _near(self, typed: str) -> Iterator[int]:
        """Names with the same first letter whose beginning differs by a letter or two."""
        size = len(typed)
        if size < SHORTEST_NEAR:
            return
        most = 1 if size < 8 else 2
        among = self._by_letter.get(typed[0], [])
        beginnings = [self._lines[place][:size] for place in among]
        found = process.extract(typed, beginnings, scorer=OSA.distance, score_cutoff=most, limit=50)
        yield from (among[place] for _, _, place in sorted(found, key=lambda one: (one[1], one[2])))

    def _suggestion(self, number: int, form: int) -> Suggestion:
        one = self._organisations[number]
        also = one.names[form] if form else None
        return Suggestion(one.id, one.names[0], also, one.type, one.country, one.documents, one.partnerships)


class Suggestions:
    """Keeps the names of a database; read again once it has changed, but not all the time."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lock, self._renewing = engine, threading.Lock(), threading.Lock()
        self._names: Names | None = None
        self._revision, self._read_at, self._took = -1, 0.0, 0.0

    def names(self) -> Names:
        """The names as they were lately; whoever asks first waits until they are read."""
        with self._lock:
            if self._names is None:
                self._read()
            assert self._names is not None
            return self._names

    def stale(self) -> bool:
        """Whether it is time to `renew` them."""
        rest = max(REST.total_seconds(), 20 * self._took)
        return self._names is not None and time.monotonic() - self._read_at > rest

    def renew(self) -> None:
        """Read the names again if the database has changed since; those who ask meanwhile get the old ones."""
        if not self._renewing.acquire(blocking=False):
            return  # somebody else is at it
        try:
            with read_session(self._engine) as session:
                changed = current_revision(session) != self._revision
            if changed:
                self._read()
            self._read_at = time.monotonic()
        finally:
            self._renewing.release()

    def _read(self) -> None:
        begun = time.monotonic()
        with read_session(self._engine) as session:
            revision = current_revision(session)
            made = Names(read_names(session))
        self._names, self._revision = made, revision
        self._read_at, self._took = time.monotonic(), time.monotonic() - begun


def read_names(session: Session) -> list[Named]:
    """All organisations that count, with the names of those merged into them."""
    names: dict[int, dict[str, None]] = {}
    kept = canonical_id().label("kept")
    aliases = select(kept, OrganisationAlias.alias).join(
        OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id
    )
    for number, alias in session.execute(aliases.order_by(OrganisationAlias.id)):
        names.setdefault(number, {})[alias] = None
    merged = select(Organisation.merged_into_id, Organisation.name).where(Organisation.merged_into_id.is_not(None))
    for number, name in session.execute(merged.order_by(Organisation.id)):
        if number is not None:
            names.setdefault(number, {})[name] = None
    documents, partnerships = _counts(session, Mention), _counts(session, PartnershipParty)
    columns = (Organisation.id, Organisation.name, Organisation.type, Organisation.country)
    return [
        Named(
            id=row.id,
            names=tuple(dict.fromkeys((row.name, *names.get(row.id, ())))),
            type=row.type,
            country=row.country,
            documents=documents.get(row.id, 0),
            partnerships=partnerships.get(row.id, 0),
        )
        for row in session.execute(select(*columns).where(Organisation.merged_into_id.is_(None)))
    ]


def _counts(session: Session, table: type[Mention] | type[PartnershipParty]) -> dict[int, int]:
    """How many different documents or partnerships each organisation that counts is in."""
    kept = canonical_id().label("kept")
    counted = Mention.document_id if table is Mention else PartnershipParty.partnership_id
    statement = select(kept, func.count(counted.distinct())).join_from(
        Organisation, table, table.organisation_id == Organisation.id
    )
    return {row[0]: row[1] for row in session.execute(statement.group_by(kept))}


def folded(text: str) -> str:
    """A name as names are compared here: small letters and digits without accents, words parted by one blank."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return LETTERS.sub(" ", bare.casefold()).strip()
