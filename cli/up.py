"""`pactwatch up`: the server, the schedule and the runner as one command."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import database, settings
from cli.errors import CommandError

READY = "Pactwatch is up: {api} (Ctrl-C stops it)\n"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(up)


def up(
    port: Annotated[int, typer.Option(help="Port of Prefect's server on 127.0.0.1.", min=1, max=65535)] = 4200,
) -> None:
    """Start Prefect's server, the nightly schedule and the runner; Ctrl-C stops all of it.

    With PACTWATCH_PREFECT_API_URL the server is an existing one and only schedule and runner start.

    Example: pactwatch up --port 4200
    """
    from flows.up import ServiceError, run_services

    loaded = settings()
    with database(loaded):
        pass  # an unusable database is told now, not at two in the morning
    try:
        run_services(loaded, port, READY)
    except ServiceError as err:
        raise CommandError(str(err)) from err
