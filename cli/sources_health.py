"""`pactwatch sources health`: how each source stands, why, and when it was last good."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, settings
from cli.errors import EXIT_FAILED
from cli.output import print_json, say, table
from cli.sources import find_source

if TYPE_CHECKING:
    from search.health import Health


def register(app: typer.Typer) -> None:
    """Add the command to `pactwatch sources`."""
    app.command()(health)


def health(
    sources: Annotated[list[str] | None, typer.Argument(help="Ids; left out: every declared source.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON line for each source.")] = False,
) -> None:
    """Say how each source stands, with the reason and the last good run; worst first. Exit code 1 if one is broken.

    Example: pactwatch sources health
    """
    from config.sources import load_sources
    from models.base import now
    from models.session import read_session
    from search.health import ORDER, Expected, HealthState
    from search.history import sources_health

    loaded = settings()
    declared = [find_source(loaded, name) for name in sources] if sources else load_sources(loaded.sources_file)
    expected = {one.id: Expected(one.enabled, one.every_hours, one.expect.days) for one in declared}
    with database(loaded) as engine, read_session(engine) as session:
        found = sources_health(session, expected, now())
    found.sort(key=lambda one: -ORDER.index(one.state))
    if json_:
        for one in found:
            print_json(asdict(one))
    else:
        _print(found)
    if any(one.state is HealthState.BROKEN for one in found):
        raise typer.Exit(EXIT_FAILED)


def _print(found: list[Health]) -> None:
    from search.health import ORDER

    table(
        "How the sources stand",
        ("source", "state", "why", "last good run", "last new"),
        [
            (
                one.source_id,
                one.state,
                "; ".join((one.reason, *one.also)),
                f"{one.last_good_at:%Y-%m-%d}" if one.last_good_at else None,
                f"{one.last_new_at:%Y-%m-%d}" if one.last_new_at else None,
            )
            for one in found
        ],
    )
    numbers = {state: sum(one.state is state for one in found) for state in reversed(ORDER)}
    say(", ".join(f"{number} {state}" for state, number in numbers.items() if number))
