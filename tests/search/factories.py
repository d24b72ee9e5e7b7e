"""A small database to search in: every row through the real tables."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.session import write_session
from models.tables import (
    Capture,
    CrawlRun,
    Document,
    DocumentTheme,
    DocumentVersion,
    Mention,
    Organisation,
    OrganisationAlias,
    Partnership,
    PartnershipParty,
    PartnershipReport,
    Revision,
    Source,
    Story,
    Theme,
)

SEEN = datetime(2026, 1, 1, 12, tzinfo=UTC)


class World:
    """Adds rows; each call is one transaction, as the pipeline would make it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, *rows: Any) -> None:
        with write_session(self.engine) as session:
            for row in rows:
                session.add(row)
                session.flush()

    def revision(self, session: Session) -> int:
        row = session.get_one(Revision, 1)
        row.value += 1
        return row.value

    def source(self, number: str = "eithealth", name: str = "EIT Health", **more: Any) -> str:
        values = {"kind": "feed", "declaration": {}, "country": "DE", "language": "en"} | more
        self.add(Source(id=number, name=name, **values))
        return number

    def run(self, number: str = "run-1", source: str = "eithealth", **more: Any) -> str:
        values = {"trigger": "ad-hoc", "started_at": SEEN, "state": "completed", "counts": {}} | more
        self.add(CrawlRun(id=number, source_id=source, **values))
        return number

    def capture(self, run: str, url: str, outcome: str = "fetched", source: str = "eithealth", **more: Any) -> None:
        values = {"role": "document", "at": SEEN} | more
        self.add(Capture(run_id=run, source_id=source, url=url, outcome=outcome, **values))

    def theme(self, number: str, label: str) -> str:
        self.add(Theme(id=number, label=label))
        return number

    def organisation(self, name: str, *aliases: str, category: str = "organisation", **more: Any) -> int:
        with write_session(self.engine) as session:
            row = Organisation(type=category, name=name, key=more.pop("key", name.lower()), **more)
            session.add(row)
            session.flush()
            for alias in aliases:
                session.add(OrganisationAlias(organisation_id=row.id, alias=alias, key=alias.lower(), how="variant"))
            return row.id

    def merge(self, loser: int, winner: int) -> None:
        with write_session(self.engine) as session:
            session.get_one(Organisation, loser).merged_into_id = winner

    def document(
        self,
        title: str,
        text: str = "",
        *,
        source: str = "eithealth",
        published: str | None = None,
        organisations: tuple[int, ...] = (),
        themes: tuple[str, ...] = (),
        story: int | None = None,
        **more: Any,
    ) -> int:
        with write_session(self.engine) as session:
            revision = self.revision(session)
            digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
            if story is None:
                told = Story(digest=f"{digest}-{revision}")
                session.add(told)
                session.flush()
                story = told.id
            values = {
                "url": f"https://news.example/{revision}",
                "language": "en",
                "kind": "news",
                "kind_score": 0.9,
                "extractor": "test 1",
                "analyser": "test 1",
                "capture_id": 1,
                "first_seen_at": SEEN,
                "last_seen_at": SEEN,
                "published_date": first_day(published),
            } | more
            row = Document(
                source_id=source,
                story_id=story,
                title=title,
                text=text,
                text_digest=digest,
                published=published,
                revision=revision,
                **values,
            )
            session.add(row)
            session.flush()
            for number in organisations:
                session.add(mention(row.id, session.get_one(Organisation, number)))
            for theme in themes:
                session.add(DocumentTheme(document_id=row.id, theme_id=theme, score=0.8, words=["data"]))
            return row.id

    def change(self, number: int, **values: Any) -> None:
        with write_session(self.engine) as session:
            row = session.get_one(Document, number)
            for name, value in values.items():
                setattr(row, name, value)
            if "text" in values:
                row.text_digest = f"sha256:{hashlib.sha256(row.text.encode()).hexdigest()}"
            row.revision = self.revision(session)

    def delete(self, number: int) -> None:
        with write_session(self.engine) as session:
            for table in (Mention, DocumentTheme, DocumentVersion, PartnershipReport):
                for row in session.scalars(select(table).where(table.document_id == number)):
                    session.delete(row)
            session.flush()
            session.delete(session.get_one(Document, number))

    def partnership(self, document: int, *parties: int, kind: str = "mou", evidence: str = "", **more: Any) -> int:
        """An agreement that one document reports; the document's revision grows, as in the pipeline."""
        with write_session(self.engine) as session:
            key = ",".join(str(number) for number in sorted(parties))
            values = {"status": "signed", "confidence": 0.9} | more
            row = Partnership(
                parties_key=key,
                kind=kind,
                reports_count=1,
                sources_count=1,
                revision=self.revision(session),
                **values,
            )
            session.add(row)
            session.flush()
            names = [session.get_one(Organisation, number).name for number in parties]
            for position, number in enumerate(parties):
                session.add(PartnershipParty(partnership_id=row.id, organisation_id=number, position=position))
            session.add(
                PartnershipReport(
                    partnership_id=row.id,
                    document_id=document,
                    parties=[
                        {"organisation_id": number, "name": name, "role": None}
                        for number, name in zip(parties, names, strict=True)
                    ],
                    parties_key=key,
                    kind=kind,
                    status=row.status,
                    signed=row.signed,
                    confidence=row.confidence,
                    evidence=evidence,
                    evidence_start=0,
                    evidence_end=len(evidence),
                    page=1,
                )
            )
            session.get_one(Document, document).revision = row.revision
            return row.id


def mention(document: int, organisation: Organisation) -> Mention:
    """The organisation's name at the head of the document."""
    name = organisation.name
    return Mention(
        document_id=document,
        organisation_id=organisation.id,
        type="organisation",
        name=name,
        text=name,
        start=0,
        end=len(name),
        confidence=0.9,
    )


def first_day(published: str | None) -> date | None:
    return date.fromisoformat((published + "-01-01")[:10]) if published else None
