"""One set of visits for each kind of database; every test of this folder reads what they stored."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url

from config.settings import load
from models.session import make_engine
from pipeline.declared import build_analyser
from pipeline.process import Analyses
from tests.conftest import TEMPLATE, administer
from tests.e2e.visits import Visits, visit_thrice

VisitsOf = Callable[[str], Visits]


@pytest.fixture(scope="session")
def visits_of(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, postgresql_server: str) -> VisitsOf:
    """What the three visits stored in a kind of database; made once a process, whatever order the tests come in."""
    analyser: Analyses = build_analyser(load())

    @functools.cache
    def of(kind: str) -> Visits:
        folder = tmp_path_factory.mktemp(f"e2e-{kind}")
        url = _sqlite(sqlite_template, folder) if kind == "sqlite" else _postgresql(postgresql_server)
        engine = make_engine(url)
        try:
            return visit_thrice(engine, folder, analyser)
        finally:
            engine.dispose()

    return of


@pytest.fixture(params=["sqlite", "postgresql"])
def visits(request: pytest.FixtureRequest, visits_of: VisitsOf) -> Visits:
    """What the three visits stored, in each kind of database."""
    return visits_of(request.param)


def _sqlite(template: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copy(template, folder / 'pactwatch.db')}"


def _postgresql(server: str) -> str:
    administer(server, f"CREATE DATABASE end_to_end TEMPLATE {TEMPLATE}")
    return make_url(server).set(database="end_to_end").render_as_string(hide_password=False)
