"""The declarative base: constraint names, column types, UTC time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes on every database; SQLite, which knows no zones, keeps them as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: whose hour it is must be known."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonB(TypeDecorator[Any]):
    """JSON; JSONB on PostgreSQL."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """JSONB where the database has it."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())


BigInt = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit key; SQLite autoincrements only INTEGER."""


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy's own way of declaring it
        str: Text(),
        datetime: UtcDateTime(),
        dict[str, Any]: JsonB(),
        list[Any]: JsonB(),
    }


PartialDate = String(10)
"""Partial ISO date (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``): its length is its precision; sorts as text."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def first_revision(context: Any) -> int:
    """Default of a row's ``added_revision``: the revision that it is inserted with."""
    return int(context.get_current_parameters()["revision"])
