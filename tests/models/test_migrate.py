"""The migrated schema is the models' schema; upgrades are safe; a foreign database is refused with a mend."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, inspect, make_url, select, text

from models import views
from models.base import Base
from models.migrate import SchemaError, check, current, head, upgrade
from models.session import make_engine
from tests.conftest import administer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgresql_server")
    administer(server, "CREATE DATABASE migrate_empty")
    engine = make_engine(make_url(server).set(database="migrate_empty").render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    administer(server, "DROP DATABASE migrate_empty WITH (FORCE)")


def test_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("view", views.metadata.sorted_tables, ids=lambda view: view.name)
def test_views_have_the_declared_columns(engine: Engine, view: Table) -> None:
    with engine.connect() as connection:
        columns = [column["name"] for column in inspect(connection).get_columns(view.name)]
        assert columns == [column.name for column in view.columns]
        assert connection.execute(select(view)).all() == []


def test_every_view_of_the_database_is_declared(engine: Engine) -> None:
    assert set(inspect(engine).get_view_names()) == set(views.metadata.tables)


def test_the_revision_counter_starts_at_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id, value FROM revision")).all() == [(1, 0)]


def test_an_empty_database_is_named_and_upgraded(empty: Engine) -> None:
    assert current(empty) is None
    with pytest.raises(SchemaError, match="pactwatch db upgrade"):
        check(empty)
    upgrade(empty)
    check(empty)
    upgrade(empty)
    assert current(empty) == head()


def test_several_upgrades_at_once_are_safe(empty: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(upgrade, empty) for _ in range(3)]:
            future.result()
    check(empty)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (check, upgrade):
        with pytest.raises(SchemaError, match="newer version of Pactwatch"):
            act(empty)
    assert current(empty) == "9999"


def test_tables_that_no_migration_made_are_refused(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE document (id INTEGER)"))
    with pytest.raises(SchemaError, match="use an empty database"):
        upgrade(empty)
    assert inspect(empty).get_table_names() == ["document"]
