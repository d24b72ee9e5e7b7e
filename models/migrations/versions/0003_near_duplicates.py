"""The texts of stories, with the signatures by which near-duplicates are found.

Texts that are stored already get their signatures with the next run that processes documents, not here: that takes
reading them.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

revision = "0003"
down_revision = "0002"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables; every story of equal texts so far is one text."""
    op.create_table(
        "story_text",
        Column("id", BIGINT, nullable=False),
        Column("digest", sa.String(80), nullable=False),
        Column("story_id", BIGINT, nullable=False),
        Column("signature", sa.LargeBinary(), nullable=True),
        Column("published_first", sa.Date(), nullable=True),
        Column("published_last", sa.Date(), nullable=True),
        ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_text_story_id_story"),
        PrimaryKeyConstraint("id", name="pk_story_text"),
        UniqueConstraint("digest", name="uq_story_text_digest"),
    )
    op.create_index("ix_story_text_story_id", "story_text", ["story_id"])
    unsigned = sa.text("signature IS NULL")
    op.create_index("ix_story_text_unsigned", "story_text", ["id"], sqlite_where=unsigned, postgresql_where=unsigned)
    op.create_table(
        "story_band",
        Column("key", BIGINT, nullable=False, autoincrement=False),
        Column("text_id", BIGINT, nullable=False, autoincrement=False),
        PrimaryKeyConstraint("key", "text_id", name="pk_story_band"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO story_text (digest, story_id) SELECT digest, id FROM story ORDER BY id")
