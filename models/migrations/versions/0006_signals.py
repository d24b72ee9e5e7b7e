"""What a site says of the use of a document, and the digest of a feed's entries.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; of earlier captures nothing is known."""
    op.add_column("capture", Column("entries", sa.String(80), nullable=True))
    op.add_column("capture", Column("signals", sa.String(64), nullable=True))
