"""What commands share: the settings in force and an engine with a checked schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from cli import log
from cli.errors import CommandError, first_line

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from config.settings import Settings

URLS = "write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"


def settings(**overrides: Any) -> Settings:
    """Settings in force; overrides that are None are left to the environment. Sets logging up."""
    from config.settings import load

    loaded = load(**{name: value for name, value in overrides.items() if value is not None})
    log.start(loaded.log_level)
    return loaded


@contextmanager
def opened(loaded: Settings) -> Iterator[Engine]:
    """An engine on the settings' database, whatever its schema; disposed of at the end.

    Raises CommandError where the URL is none, or names a database or driver that is not supported.
    """
    from sqlalchemy.exc import ArgumentError

    from models.session import make_engine

    try:
        engine = make_engine(loaded.database)
    except ArgumentError as err:
        raise CommandError(f"PACTWATCH_DATABASE_URL: {first_line(err)}: {URLS}") from err
    except ModuleNotFoundError as err:  # the driver that the URL names
        raise CommandError(f"PACTWATCH_DATABASE_URL: no driver '{err.name}' is installed: {URLS}") from err
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def database(loaded: Settings, *, create: bool = True) -> Iterator[Engine]:
    """An engine on the settings' database, disposed of at the end.

    A new SQLite database is made on the way (`create`); one with an older or newer schema ends in SchemaError.
    """
    from models.migrate import check, current, upgrade

    with opened(loaded) as engine:
        if create and engine.dialect.name == "sqlite" and current(engine) is None:
            upgrade(engine)
        check(engine)
        yield engine


def secret_line(stream: BinaryIO, name: str) -> str:
    """The first line, which holds a password or token; raises CommandError where it is no text."""
    try:
        return stream.readline().decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as err:
        raise CommandError(f"{name}: its first line is not UTF-8: convert it") from err
