"""One set of visits for each kind of database; every test of this folder reads what they stored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from config.settings import load
from models.session import make_engine
from pipeline.declared import build_analyser
from pipeline.process import Analyses
from tests.conftest import TEMPLATE
from tests.e2e.visits import Visits, visit_thrice

DATABASE = "end_to_end"


@pytest.fixture(scope="package")
def analyser() -> Analyses:
    """The analyser of the declarations as they are shipped."""
    return build_analyser(load())


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def visits(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, analyser: Analyses) -> Visits:
    """What the three visits stored."""
    folder = tmp_path_factory.mktemp(f"e2e-{request.param}")
    if request.param == "sqlite":
        url = _sqlite(request.getfixturevalue("sqlite_template"), folder)
    else:
        url = _postgresql(request.getfixturevalue("postgresql_server"))
    engine = make_engine(url)
    try:
        return visit_thrice(engine, folder, analyser)
    finally:
        engine.dispose()


def _sqlite(template: Path, folder: Path) -> str:
    return f"sqlite:///{shutil.copy(template, folder / 'pactwatch.db')}"


def _postgresql(server: str) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}"))
    engine.dispose()
    return make_url(server).set(database=DATABASE).render_as_string(hide_password=False)
