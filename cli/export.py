"""`pactwatch export`: whole tables as CSV, JSON Lines, Parquet or Excel."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, settings
from cli.errors import CommandError
from cli.output import check_target, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from config.settings import Settings


class Table(StrEnum):
    """What can be exported."""

    DOCUMENTS = "documents"
    PARTNERSHIPS = "partnerships"
    ORGANISATIONS = "organisations"
    MENTIONS = "mentions"
    OUTCOMES = "outcomes"


class Format(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(export)


def export(
    table: Annotated[Table, typer.Argument(help="What to export.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write; appears only when complete.")],
    format_: Annotated[Format | None, typer.Option("--format", "-f", help="Left out: by the file's ending.")] = None,
    query: Annotated[str | None, typer.Option(help="Documents only: those that this search finds.")] = None,
) -> None:
    """Export a whole table, complete, whatever its size.

    Example: pactwatch export partnerships --output partnerships.xlsx
    """
    from models.session import read_session
    from search.export import TABLES, ExportError
    from search.export import export as write

    if query is not None and table is not Table.DOCUMENTS:
        raise CommandError("--query goes with documents only: leave it out, or export documents")
    chosen = format_ or _by_ending(output)
    check_target(output)
    loaded = settings()
    with database(loaded) as engine, read_session(engine) as session:
        columns, rows = TABLES[table.value]
        listed = rows(session) if query is None else _found(loaded, engine, session, query)
        try:
            number = write(listed, columns, chosen.value, output)
        except ExportError as err:
            raise CommandError(str(err)) from err
    say(f"{number} {table.value} written to {output}")


def _found(loaded: Settings, engine: Engine, session: Session, query: str) -> Iterator[dict[str, object]]:
    from search.index import open_index
    from search.query import Query
    from search.service import found_ids
    from search.tables import document_rows

    return document_rows(session, found_ids(session, open_index(engine, loaded.index), Query(query)))


def _by_ending(output: Path) -> Format:
    ending = output.suffix.lstrip(".").lower()
    try:
        return Format({"ndjson": "jsonl"}.get(ending, ending))
    except ValueError as err:
        known = ", ".join(one.value for one in Format)
        raise CommandError(f"{output}: no format of that ending: use --format with one of {known}") from err
