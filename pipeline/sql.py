"""The one piece of SQL that the databases spell differently."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.base import Base


def insert_ignoring(session: Session, table: type[Base], key: Sequence[str]) -> Executable:
    """An INSERT that passes over rows whose unique `key` is there already."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=key)
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=key)
