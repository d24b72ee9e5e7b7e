"""Run by Alembic; the connection comes from `models.migrate.upgrade`, one transaction a migration."""

from __future__ import annotations

from alembic import context

from models.tables import Base


def _run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise SystemExit("migrations run through 'pactwatch db upgrade', not through the alembic command")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
