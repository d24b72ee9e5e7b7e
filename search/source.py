"""What the index is built from: documents of the database with all that is found in them, in order of revision."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from models.tables import Document, DocumentTheme, Mention, Organisation, OrganisationAlias, PartnershipReport

ID_BITS = 43
"""The order of dates is one number, day above id, so that no two documents have the same place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as the index holds it."""

    id: int
    revision: int
    story: int
    mark: int
    """`fingerprint`: tells whether this very state of the document is in the database."""
    title: str
    text: str
    kind: str
    source: str
    language: str | None
    published: date | None
    organisations: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    """Names and aliases of the organisations."""
    countries: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    partners: tuple[int, ...] = ()
    """Organisations that are parties of an agreement which the document reports."""
    partner_names: tuple[str, ...] = ()
    added: int = 0
    """Revision with which the document came."""

    def numbers(self) -> dict[str, tuple[int, ...]]:
        """Values of the index's unsigned fields."""
        return {
            "id": (self.id,),
            "revision": (self.revision,),
            "added": (self.added,),
            "story": (self.story,),
            "mark": (self.mark,),
            "year": (self.published.year,) if self.published else (),
            "month": (self.published.year * 100 + self.published.month,) if self.published else (),
            "organisation": self.organisations,
            "partner": self.partners,
        }

    def days(self) -> dict[str, int]:
        """Values of the index's signed fields: the day, and the place in the order of dates (undated come first)."""
        if self.published is None:
            return {"place": self.id}
        number = self.published.toordinal()
        return {"day": number, "place": number << ID_BITS | self.id}

    def texts(self) -> dict[str, tuple[str, ...]]:
        """Values of the index's text fields."""
        return {
            "title": (self.title,),
            "text": (self.text,),
            "words": (self.title, self.text),
            "names": self.names,
            "partners": self.partner_names,
            "theme": self.themes,
            "kind": (self.kind,),
            "agreement": self.agreements,
            "source": (self.source,),
            "country": self.countries,
            "language": (self.language,) if self.language else (),
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database holds now."""

    count: int
    revision: int
    """The highest of a document; 0 where there is none."""


@dataclass(slots=True)
class _Found:
    """What was found in one document."""

    organisations: set[int] = field(default_factory=set)
    themes: set[str] = field(default_factory=set)
    agreements: set[str] = field(default_factory=set)
    partners: set[int] = field(default_factory=set)


def fingerprint(url: str, text_digest: str) -> int:
    """A 32-bit mark of a document's state."""
    return zlib.crc32(f"{url}\n{text_digest}".encode())


def snapshot(engine: Engine) -> Engine:
    """The engine with transactions that see one state of the database throughout (SQLite's always do)."""
    return (
        engine.execution_options(isolation_level="REPEATABLE READ") if engine.dialect.name == "postgresql" else engine
    )


def facts(session: Session) -> Facts:
    """Count the documents and find the highest revision."""
    count, revision = session.execute(select(func.count(Document.id), func.max(Document.revision))).one()
    return Facts(count, revision or 0)


def count_until(session: Session, revision: int) -> int:
    """Number of documents whose revision is not above the given one."""
    return session.scalar(select(func.count(Document.id)).where(Document.revision <= revision)) or 0


def states(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Revision and `fingerprint` of the documents, by id; unknown ids are left out."""
    rows = session.execute(
        select(Document.id, Document.revision, Document.url, Document.text_digest).where(Document.id.in_(ids))
    )
    return {row.id: (row.revision, fingerprint(row.url, row.text_digest)) for row in rows}


def document_ids(session: Session, ids: Sequence[int]) -> set[int]:
    """Which of the ids are documents."""
    return set(session.scalars(select(Document.id).where(Document.id.in_(ids))))


def changed(session: Session, after: int, batch: int) -> Iterator[list[Entry]]:
    """Documents with a higher revision than `after`, by revision, `batch` at a time; memory does not grow."""
    rows = session.execute(_changed(after).execution_options(yield_per=batch))
    for part in rows.partitions():
        yield _entries(session, part)


def _changed(after: int) -> Select[*tuple[Any, ...]]:
    columns = (
        Document.id,
        Document.revision,
        Document.story_id,
        Document.url,
        Document.text_digest,
        Document.title,
        Document.text,
        Document.kind,
        Document.source_id,
        Document.language,
        Document.published_date,
        Document.added_revision,
    )
    return select(*columns).where(Document.revision > after).order_by(Document.revision, Document.id)


def _entries(session: Session, rows: Sequence[Row[Any]]) -> list[Entry]:
    found = _found(session, [row.id for row in rows])
    used = set().union(*(one.organisations | one.partners for one in found.values())) if found else set()
    names, countries, canonical = _organisations(session, used)
    entries = []
    for row in rows:
        one = found.get(row.id) or _Found()
        organisations = sorted({canonical.get(number, number) for number in one.organisations})
        partners = sorted({canonical.get(number, number) for number in one.partners})
        entries.append(
            Entry(
                id=row.id,
                revision=row.revision,
                story=row.story_id,
                mark=fingerprint(row.url, row.text_digest),
                title=row.title,
                text=row.text,
                kind=row.kind,
                source=row.source_id,
                language=row.language,
                published=row.published_date,
                organisations=tuple(organisations),
                names=tuple(name for number in organisations for name in names[number]),
                countries=tuple(sorted({countries[number] for number in organisations if number in countries})),
                themes=tuple(sorted(one.themes)),
                agreements=tuple(sorted(one.agreements)),
                partners=tuple(partners),
                partner_names=tuple(name for number in partners for name in names[number]),
                added=row.added_revision,
            )
        )
    return entries


def _found(session: Session, ids: Sequence[int]) -> dict[int, _Found]:
    """Organisations, themes and agreements of the documents."""
    found: dict[int, _Found] = defaultdict(_Found)
    mentions = select(Mention.document_id, Mention.organisation_id).distinct()
    for number, organisation in session.execute(
        mentions.where(Mention.document_id.in_(ids), Mention.organisation_id.is_not(None))
    ):
        found[number].organisations.add(int(organisation or 0))
    themes = select(DocumentTheme.document_id, DocumentTheme.theme_id)
    for number, theme in session.execute(themes.where(DocumentTheme.document_id.in_(ids))):
        found[number].themes.add(theme)
    reports = select(PartnershipReport.document_id, PartnershipReport.kind, PartnershipReport.parties)
    for number, kind, parties in session.execute(reports.where(PartnershipReport.document_id.in_(ids))):
        found[number].agreements.add(kind)
        found[number].partners.update(party["organisation_id"] for party in parties if party.get("organisation_id"))
    return found


def _organisations(session: Session, ids: set[int]) -> tuple[dict[int, list[str]], dict[int, str], dict[int, int]]:
    """Names and country of the organisations that count, and which organisation each merged one became."""
    target = aliased(Organisation)
    statement = (
        select(Organisation.id, func.coalesce(target.id, Organisation.id).label("canonical"))
        .outerjoin(target, target.id == Organisation.merged_into_id)
        .where(Organisation.id.in_(ids))
    )
    canonical = {row.id: row.canonical for row in session.execute(statement)}
    kept = set(canonical.values())
    names: dict[int, list[str]] = defaultdict(list)
    countries: dict[int, str] = {}
    rows = select(Organisation.id, Organisation.name, Organisation.country).where(Organisation.id.in_(kept))
    for number, name, country in session.execute(rows):
        names[number].append(name)
        if country:
            countries[number] = country.lower()
    aliases = select(OrganisationAlias.organisation_id, OrganisationAlias.alias)
    ordered = aliases.where(OrganisationAlias.organisation_id.in_(kept)).order_by(OrganisationAlias.id)
    for number, alias in session.execute(ordered):
        if alias not in names[number]:
            names[number].append(alias)
    return names, countries, canonical
