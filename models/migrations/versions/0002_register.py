"""The organisation register, and what organisations are in it.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint

revision = "0002"
down_revision = "0001"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()


def upgrade() -> None:
    """Create the register's tables; give organisations their kind and the body that they are part of."""
    _entries()
    op.create_table(
        "organisation_register",
        Column("organisation_id", BIGINT, nullable=False),
        Column("entry_id", sa.String(64), nullable=False),
        Column("relation", sa.String(8), nullable=False),
        _fk("organisation_register", "organisation_id", "organisation"),
        _fk("organisation_register", "entry_id", "register_entry"),
        PrimaryKeyConstraint("organisation_id", "entry_id", "relation", name="pk_organisation_register"),
    )
    op.create_index("ix_organisation_register_entry_id", "organisation_register", ["entry_id"])
    op.add_column("organisation", Column("kind", sa.String(16), nullable=True))
    op.add_column("organisation", Column("parent_register_id", TEXT, nullable=True))


def _entries() -> None:
    op.create_table(
        "register_entry",
        Column("id", sa.String(64), nullable=False),
        Column("name", TEXT, nullable=False),
        Column("country", sa.String(2), nullable=True),
        Column("kind", sa.String(16), nullable=True),
        Column("city", TEXT, nullable=True),
        Column("status", sa.String(16), nullable=False),
        Column("branch", sa.Boolean(), nullable=False),
        Column("digest", sa.String(64), nullable=False),
        PrimaryKeyConstraint("id", name="pk_register_entry"),
    )
    op.create_table(
        "register_name",
        Column("id", BIGINT, nullable=False),
        Column("entry_id", sa.String(64), nullable=False),
        Column("key", TEXT, nullable=False),
        Column("name", TEXT, nullable=False),
        Column("how", sa.String(8), nullable=False),
        Column("weak", sa.Boolean(), nullable=False),
        _fk("register_name", "entry_id", "register_entry"),
        PrimaryKeyConstraint("id", name="pk_register_name"),
    )
    op.create_index("ix_register_name_key", "register_name", ["key"])
    op.create_index("ix_register_name_entry_id", "register_name", ["entry_id"])
    op.create_table(
        "register_relation",
        Column("entry_id", sa.String(64), nullable=False),
        Column("relation", sa.String(16), nullable=False),
        Column("other_id", sa.String(64), nullable=False),
        _fk("register_relation", "entry_id", "register_entry"),
        PrimaryKeyConstraint("entry_id", "relation", "other_id", name="pk_register_relation"),
    )


def _fk(table: str, column: str, target: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")
