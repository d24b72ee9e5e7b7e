"""What commands share: settings, an engine with a checked schema, and how they print."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from config.settings import Settings, load

if TYPE_CHECKING:
    from sqlalchemy import Engine


def settings(**overrides: Any) -> Settings:
    """Settings in force; overrides that are None are left to the environment. Sets logging up."""
    loaded = load(**{name: value for name, value in overrides.items() if value is not None})
    logging.basicConfig(
        level=loaded.log_level if not sys.stderr.isatty() else max(logging.WARNING, _level(loaded.log_level)),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("alembic", "trafilatura", "htmldate", "httpx", "asyncio", "fsspec"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    return loaded


def _level(name: str) -> int:
    return logging.getLevelNamesMapping()[name]


@contextmanager
def database(loaded: Settings, *, create: bool = True) -> Iterator[Engine]:
    """An engine on the settings' database, disposed of at the end.

    A new SQLite database is made on the way (`create`); one with an older or newer schema ends in SchemaError.
    """
    from models.migrate import check, current, upgrade
    from models.session import make_engine

    engine = make_engine(loaded.database)
    try:
        if create and engine.dialect.name == "sqlite" and current(engine) is None:
            upgrade(engine)
        check(engine)
        yield engine
    finally:
        engine.dispose()


def console() -> Console:
    """Standard output as wide as the terminal; 120 columns where it is none, so that tables are not cut to 80."""
    return Console(width=None if sys.stdout.isatty() else 120, highlight=False, soft_wrap=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers are right-aligned, None is an empty cell."""
    out = Table(title=title, title_justify="left", header_style="bold")
    listed = [[("" if cell is None else cell) for cell in row] for row in rows]
    for position, name in enumerate(columns):
        numeric = bool(listed) and all(isinstance(row[position], int | float) for row in listed)
        out.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        out.add_row(*(_escape(str(cell)) for cell in row))
    console().print(out)


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def say(line: str = "") -> None:
    """Print one line of plain text to standard output."""
    sys.stdout.write(line + "\n")


def print_json(value: object) -> None:
    """Print one line of JSON."""
    say(json.dumps(value, ensure_ascii=False, default=str))
