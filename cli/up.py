"""`pactwatch up`: the server, the schedule, the runner and the pages as one command."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import database, settings
from cli.errors import CommandError

READY = "Pactwatch is up: {api}%s (Ctrl-C stops it)\n"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(up)


def up(
    port: Annotated[int, typer.Option(help="Port of Prefect's server on 127.0.0.1.", min=1, max=65535)] = 4200,
    web_port: Annotated[
        int, typer.Option(help="Port of the pages on 127.0.0.1; 0: no pages.", min=0, max=65535)
    ] = 8000,
) -> None:
    """Start Prefect's server, the nightly schedule, the runner and the pages; Ctrl-C stops all of it.

    With PACTWATCH_PREFECT_API_URL the server is an existing one and only schedule, runner and pages start.

    Example: pactwatch up --port 4200
    """
    from flows.up import ServiceError, run_services

    loaded = settings()
    with database(loaded):
        pass  # an unusable database is told now, not at two in the morning
    try:
        pages = {"pages": ["-m", "cli", "serve", "--port", str(web_port)]} if web_port else {}
        ready = READY % (f", pages on http://127.0.0.1:{web_port}" if web_port else "")
        run_services(loaded, port, ready, more=pages)
    except ServiceError as err:
        raise CommandError(str(err)) from err
