"""When documents and partnerships were added, and what a saved search is about.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Number what is there by its present revision: it is known already, so nothing of it is news later."""
    for table in ("document", "partnership"):
        op.add_column(table, sa.Column("added_revision", BIGINT, nullable=False, server_default="0"))
        op.execute(f"UPDATE {table} SET added_revision = revision")  # noqa: S608  # two names of our own
        op.create_index(f"ix_{table}_added_revision", table, ["added_revision"])
    op.add_column("saved_search", sa.Column("about", sa.String(16), nullable=False, server_default="documents"))
