"""Users with their API tokens, and what they have seen.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from models.base import UtcDateTime

revision = "0008"
down_revision = "0007"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "user_account",
        Column("id", BIGINT, nullable=False),
        Column("name", sa.String(64), nullable=False),
        Column("role", sa.String(8), nullable=False),
        Column("password", sa.Text(), nullable=False),
        Column("session_stamp", sa.String(32), nullable=False),
        Column("feed_stamp", sa.String(32), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("last_login_at", UtcDateTime(), nullable=True),
        PrimaryKeyConstraint("id", name="pk_user_account"),
        UniqueConstraint("name", name="uq_user_account_name"),
    )
    op.create_table(
        "api_token",
        Column("id", BIGINT, nullable=False),
        Column("user_id", BIGINT, nullable=False),
        Column("label", sa.String(64), nullable=False),
        Column("digest", sa.String(64), nullable=False),
        Column("created_at", UtcDateTime(), nullable=False),
        Column("last_used_at", UtcDateTime(), nullable=True),
        _of_user("api_token"),
        PrimaryKeyConstraint("id", name="pk_api_token"),
        UniqueConstraint("user_id", "label", name="uq_api_token_user_id_label"),
        UniqueConstraint("digest", name="uq_api_token_digest"),
    )
    op.create_table(
        "visit",
        Column("user_id", BIGINT, nullable=False),
        Column("place", sa.String(64), nullable=False),
        Column("before", BIGINT, nullable=False),
        Column("seen", BIGINT, nullable=False),
        Column("at", UtcDateTime(), nullable=False),
        _of_user("visit"),
        PrimaryKeyConstraint("user_id", "place", name="pk_visit"),
    )


def _of_user(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["user_id"], ["user_account.id"], name=f"fk_{table}_user_id_user_account")
