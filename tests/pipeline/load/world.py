"""A database with one source and as many captures as a test asks for; documents written in one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models.session import write_session
from models.tables import Capture, CrawlRun, Source
from pipeline.load import LoadItem, LoadResult, load_batch
from pipeline.records import Analysis, Entity, Extracted, Mention, Party, Report, ThemeScore

START = datetime(2026, 1, 1, tzinfo=UTC)
SITE = "https://news.example.org"


class World:
    """Adds captures and loads what was read of them, one transaction a call."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.days = 0
        with write_session(engine) as session:
            session.add(Source(id="news", name="News", kind="feed", declaration={}))
        self.next_run()

    def next_run(self) -> None:
        """A new crawl, a day after the last."""
        self.days += 1
        with write_session(self.engine) as session:
            session.add(
                CrawlRun(id=f"run-{self.days}", source_id="news", trigger="demo", started_at=self.now, state="running")
            )

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.days)

    def item(
        self, path: str, read: Extracted, found: Analysis | None, payload: str | None = None, **more: Any
    ) -> LoadItem:
        """An item of the present run, with its capture row."""
        url = path if "://" in path else f"{SITE}/{path}"
        values = {"at": self.now, "digest": payload, "source_id": "news"} | more
        with write_session(self.engine) as session:
            capture = Capture(
                run_id=f"run-{self.days}", url=url, role="document", outcome="fetched",
                state="fetched", claimed_by="worker", claimed_at=self.now, **values,
            )  # fmt: skip
            session.add(capture)
            session.flush()
            return LoadItem(capture.id, values.get("final_url") or url, values["source_id"], values["at"], read, found)

    def load(self, *items: LoadItem) -> LoadResult:
        with write_session(self.engine) as session:
            return load_batch(session, items)

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        with Session(self.engine) as session:
            return [tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1"))]

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of what loading writes."""
        tables = (
            "document document_version story mention document_theme organisation organisation_alias partnership "
            "partnership_party partnership_report review revision"
        )
        return {table: sorted(self.rows(table), key=str) for table in tables.split()}

    def revision(self) -> int:
        (value,) = self.rows("revision", "value")[0]
        return int(value)


def entity(body: str, name: str, *defined: str, kind: str = "organisation") -> Entity:
    """An entity with a mention for each place where the name or a short form stands."""
    mentions = tuple(
        Mention(form, at, at + len(form))
        for form in (name, *defined)
        for at in range(len(body))
        if body.startswith(form, at)
    )
    return Entity(name, kind, mentions, defined)


def read(body: str, **more: Any) -> Extracted:
    values = {"title": "A title", "published": "2021-04-05", "published_from": "meta", "extractor": "reader/1"} | more
    return Extracted("ok", text=body, **values)


def found(
    entities: Sequence[Entity] = (), reports: Sequence[Report] = (), analyser: str = "analyser/1", **more: Any
) -> Analysis:
    themes = (ThemeScore("education-skills", 0.9, ("training",)),)
    values = {"language": "en", "kind": "partnership", "kind_score": 0.9, "themes": themes} | more
    return Analysis(entities=tuple(entities), reports=tuple(reports), analyser=analyser, **values)


def report(*parties: str, body: str = "", kind: str = "mou", status: str = "signed", **more: Any) -> Report:
    values = {"confidence": 0.8, "evidence_start": 0, "evidence_end": len(body)} | more
    return Report(kind, status, tuple(Party(party) for party in parties), **values)


def pact(body: str, *names: str, **more: Any) -> tuple[Extracted, Analysis]:
    """A text in which all of `names` sign; keyword arguments go to the report."""
    return read(body), found([entity(body, name) for name in names], [report(*names, body=body, **more)])
