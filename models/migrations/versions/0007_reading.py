"""What a page says of itself beyond title, date and authors.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import JsonB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; documents that were read before get it when they are read again."""
    op.add_column("document", sa.Column("reading", JsonB(), nullable=False, server_default="{}"))
