"""Three visits to the sample sites, as `pactwatch demo` pays them, and what is stored after each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from config.settings import Settings, load
from models.session import read_session
from models.tables import Document, DocumentVersion, Mention, Organisation, Partnership, PartnershipReport, Review
from pipeline.process import Analyses
from pipeline.run import RunReport, crawl_many, process_pending
from samples.declare import sample_sources
from samples.server import Server, serve
from samples.site import Sites
from search.documents import DocumentRow, get_document
from search.follow import RefreshResult
from search.index import open_index, refresh
from search.partnerships import PartnershipFilter, PartnershipRow, list_partnerships
from search.query import Query
from search.results import Page
from search.runs import OutcomeRow, outcomes
from search.service import search

QUESTIONS = {
    "phrase": Query('"memorandum of understanding"', fold=False),
    "folded": Query('"memorandum of understanding"'),
    "filtered": Query("theme:entrepreneurship with:biomed kind:partnership since:2021-04-08", fold=False),
    "changed": Query('"Berlin Institute of Health"'),
    "pdf": Query('"Osaka Bio Headquarters"'),
}
"""What an analyst asks after each visit."""


@dataclass(frozen=True)
class Stored:
    """What the read side tells after a visit."""

    runs: tuple[RunReport, ...]
    processed: dict[str, int]
    refreshed: RefreshResult
    outcomes: dict[tuple[str, str], OutcomeRow]
    """Of the visit's own runs, by source and URL."""
    documents: dict[str, DocumentRow]
    stories: dict[str, int]
    """Story of each document, by URL."""
    partnerships: tuple[PartnershipRow, ...]
    pages: dict[str, Page]
    rows: dict[str, int]
    """Number of rows of each table of findings."""

    def mergers(self, url: str) -> list[PartnershipRow]:
        """The partnerships of which a document is a report."""
        return [one for one in self.partnerships if any(report.url == url for report in one.reports)]


@dataclass(frozen=True)
class Visits:
    """The sites and their three visits: edition 1, edition 2, and edition 2 once more."""

    url: str
    """Of the database, which stays."""
    sites: Sites
    first: Stored
    second: Stored
    third: Stored
    conditional: tuple[int, int]
    """Of the third visit: its requests for documents, and how many were conditional."""


def visit_thrice(engine: Engine, folder: Path, analyser: Analyses) -> Visits:
    """Visit the sites over HTTP and take note of everything after each visit."""
    settings = load(data_dir=folder, database_url="", allow_private=True, delay=0.0)
    with serve(edition=1) as server:
        first = _visit(engine, settings, server, analyser)
        server.edition = 2
        second = _visit(engine, settings, server, analyser)
        before = len(server.requests)
        third = _visit(engine, settings, server, analyser)
        asked = [one for one in server.requests[before:] if "robots" not in one.path]
        url = engine.url.render_as_string(hide_password=False)
        return Visits(url, server.sites, first, second, third, (len(asked), sum(one.conditional for one in asked)))


def _visit(engine: Engine, settings: Settings, server: Server, analyser: Analyses) -> Stored:
    runs = crawl_many(settings, engine, sample_sources(server.sites), "demo")
    processed = process_pending(settings, engine, analyser=analyser)
    refreshed = refresh(engine, settings.index)
    index = open_index(engine, settings.index)
    with read_session(engine) as session:
        found = [row for run in runs for row in outcomes(session, run.run_id)]
        documents = [get_document(session, number) for number in session.scalars(select(Document.id))]
        return Stored(
            runs=tuple(runs),
            processed=processed,
            refreshed=refreshed,
            outcomes={(row.source_id, row.url): row for row in found},
            documents={one.url: one for one in documents if one},
            stories={row.url: row.story_id for row in session.execute(select(Document.url, Document.story_id))},
            partnerships=tuple(list_partnerships(session, PartnershipFilter(limit=500))),
            pages={name: search(session, index, query) for name, query in QUESTIONS.items()},
            rows=dict(_count(engine)),
        )


def _count(engine: Engine) -> Iterator[tuple[str, int]]:
    tables = (Document, DocumentVersion, Mention, Organisation, Partnership, PartnershipReport, Review)
    with read_session(engine) as session:
        for table in tables:
            yield table.__tablename__, len(session.scalars(select(table.id)).all())
