"""`pactwatch export`: whole tables as files, documents as references, the network as a graph or picture."""

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
    from search.about import About


class Table(StrEnum):
    """What can be exported."""

    DOCUMENTS = "documents"
    PARTNERSHIPS = "partnerships"
    ORGANISATIONS = "organisations"
    MENTIONS = "mentions"
    OUTCOMES = "outcomes"
    NETWORK = "network"


class Format(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"
    BIB = "bib"
    RIS = "ris"
    GRAPHML = "graphml"
    SVG = "svg"
    PNG = "png"


ROWS = (Format.CSV, Format.JSONL, Format.PARQUET, Format.XLSX)
FORMATS = {Table.DOCUMENTS: (*ROWS, Format.BIB, Format.RIS), Table.NETWORK: (Format.GRAPHML, Format.SVG, Format.PNG)}
"""Formats of a table, where they are not `ROWS`."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(export)


def export(
    table: Annotated[Table, typer.Argument(help="What to export.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write; appears only when complete.")],
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="Left out: by the file's ending. bib and ris (references) for documents, graphml, svg and png for the "
            "network, the others for every table.",
        ),
    ] = None,
    query: Annotated[str | None, typer.Option(help="Documents only: those that this search finds.")] = None,
    about: Annotated[
        bool, typer.Option(help="Let the file say what was asked, when, and how the sources stood.")
    ] = True,
) -> None:
    """Export a whole table, complete, whatever its size.

    Example: pactwatch export documents --query "memorandum theme:health-data" --output memoranda.bib
    """
    from models.session import read_session

    if query is not None and table is not Table.DOCUMENTS:
        raise CommandError("--query goes with documents only: leave it out, or export documents")
    chosen = _chosen(table, format_ or _by_ending(output))
    check_target(output)
    loaded = settings()
    with database(loaded) as engine, read_session(engine) as session:
        told = _about(session, table, query or "") if about else None
        if table is Table.NETWORK:
            number = _write_network(session, output, chosen, told)
        else:
            number = _write_rows(loaded, engine, session, table, output, chosen, query, told)
    say(f"{number} {'organisations' if table is Table.NETWORK else table.value} written to {output}")


def _chosen(table: Table, wanted: Format) -> Format:
    known = FORMATS.get(table, ROWS)
    if wanted not in known:
        listed = ", ".join(one.value for one in known)
        raise CommandError(f"{table.value} cannot be written as {wanted.value}: use one of {listed}")
    return wanted


def _about(session: Session, table: Table, query: str) -> About:
    from models.base import now
    from search.about import About
    from search.standing import standing

    at = now()
    return About(table.value, query, at, standing(session, at).told())


def _write_rows(
    loaded: Settings,
    engine: Engine,
    session: Session,
    table: Table,
    output: Path,
    chosen: Format,
    query: str | None,
    told: About | None,
) -> int:
    from search.export import TABLES, ExportError
    from search.export import export as write

    columns, rows = TABLES[table.value]
    listed = rows(session) if query is None else _found(loaded, engine, session, query)
    try:
        return write(listed, columns, chosen.value, output, told)
    except ExportError as err:
        raise CommandError(str(err)) from err


def _found(loaded: Settings, engine: Engine, session: Session, query: str) -> Iterator[dict[str, object]]:
    from search.index import open_index
    from search.query import Query
    from search.service import found_ids
    from search.tables import document_rows

    return document_rows(session, found_ids(session, open_index(engine, loaded.index), Query(query)))


def _write_network(session: Session, output: Path, chosen: Format, told: About | None) -> int:
    """The graph of all partnerships, or a drawing of its best linked organisations; how many these are."""
    from search.pages_network import NetworkFilter, network
    from web.graphml import graphml
    from web.picture import PICTURE_WIDTH, PictureError, draw_network, png

    line = told.line() if told else None
    if chosen is Format.GRAPHML:
        found = network(session, NetworkFilter(most=None))
        content = graphml(found, line)
    else:
        found = network(session, NetworkFilter())
        try:
            made = draw_network(found, line)
            content = png(made, PICTURE_WIDTH) if chosen is Format.PNG else made.encode()
        except PictureError as err:
            raise CommandError(str(err)) from err
    unfinished = output.with_name(f".{output.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(found.nodes)


def _by_ending(output: Path) -> Format:
    ending = output.suffix.lstrip(".").lower()
    try:
        return Format({"ndjson": "jsonl", "bibtex": "bib"}.get(ending, ending))
    except ValueError as err:
        known = ", ".join(one.value for one in Format)
        raise CommandError(f"{output}: no format of that ending: use --format with one of {known}") from err
