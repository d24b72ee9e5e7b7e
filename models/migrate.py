"""The schema's version: bring a database up to date, or say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from models.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 7_262_846_173
"""PostgreSQL advisory lock that upgrades take, so that two at once run one after the other; an arbitrary number."""
LOCK_TIMEOUT = "30s"
"""How long a migration waits for a table that a long query holds, before it gives up and leaves all as it was."""


class SchemaError(Exception):
    """The database's schema is not the one this version works with; the message is one line and says how to mend."""


def head() -> str:
    """The revision that this version of Pactwatch works with."""
    revision = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if revision is None:
        raise SchemaError(f"{MIGRATIONS}: no migrations; install Pactwatch anew")
    return revision


def current(engine: Engine) -> str | None:
    """The revision of the database; None for an empty one."""
    with engine.connect() as connection:
        return _current(connection)


def check(engine: Engine) -> None:
    """Raise SchemaError unless the database has exactly the schema of this version."""
    found = current(engine)
    if found == head():
        return
    if found is None:
        raise SchemaError(f"database {_name(engine)} has no tables yet: run 'pactwatch db upgrade'")
    _refuse_newer(engine, found)
    raise SchemaError(f"database {_name(engine)} is at schema {found}, needed is {head()}: run 'pactwatch db upgrade'")


def upgrade(engine: Engine) -> None:
    """Bring the database to `head`; safe to run twice and by several processes at once.

    PostgreSQL: one transaction a migration, under an advisory lock. SQLite has one lock only, its write lock: there
    the whole upgrade is one transaction. Raises SchemaError where the database is newer than this version, or has
    tables that no migration made.
    """
    with engine.execution_options(writes=True).connect() as connection, _locked(connection):
        found = _current(connection)
        if found is not None:
            _refuse_newer(engine, found)
        elif Base.metadata.tables.keys() & set(inspect(connection).get_table_names()):
            raise SchemaError(f"database {_name(engine)} has tables but no schema version: use an empty database")
        if connection.dialect.name != "sqlite":
            connection.commit()
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "sqlite":
        with connection.begin():  # BEGIN IMMEDIATE: the engine's option "writes"
            yield
        return
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("RESET lock_timeout"))
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(engine: Engine, found: str) -> None:
    if found not in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}:
        raise SchemaError(
            f"database {_name(engine)} comes from a newer version of Pactwatch (schema {found}): upgrade Pactwatch"
        )


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
