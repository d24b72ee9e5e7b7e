"""A small world that can be asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from models.session import read_session
from search.index import Index, open_index
from search.query import Query
from search.results import Page
from search.service import search

TODAY = date(2026, 6, 15)


class Site:
    """A world with an index that is brought up to date before each question."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.index: Index | None = None

    def ask(self, text: str = "", **more: object) -> Page:
        if self.index is None:
            self.index = open_index(self.engine, self.folder)
        with read_session(self.engine) as session:
            return search(session, self.index, Query(text, **more), today=TODAY)  # type: ignore[arg-type]

    def titles(self, text: str = "", **more: object) -> list[str]:
        return [hit.title for hit in self.ask(text, **more).hits]
