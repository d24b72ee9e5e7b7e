"""`pactwatch demo`: the nightly run over the sample sites, then what an analyst would ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.analyst import print_page, print_partnerships
from cli.context import database, settings
from cli.crawling import run_sources
from cli.output import say, table
from cli.report import print_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

QUESTION = '"memorandum of understanding"'


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(demo)


def demo(
    data_dir: Annotated[Path, typer.Option(help="Folder of the demo's database, archive and index.")] = Path(
        "data/demo"
    ),
    port: Annotated[
        int,
        typer.Option(
            help="First of the three ports of the sample sites; keep it from run to run.", min=1024, max=65533
        ),
    ] = 38641,
) -> None:
    """Serve the sample sites, run the nightly flow over them into SQLite, and show what was found.

    From the second run on, one page of the sites has changed and one has vanished; all the rest is unchanged.

    Example: pactwatch demo
    """
    from models.session import read_session
    from samples.declare import sample_sources
    from samples.server import serve
    from search.index import open_index
    from search.partnerships import PartnershipFilter, list_partnerships
    from search.query import Query
    from search.service import search

    # The sample sites are on this machine, and the demo must not touch a database that somebody has set up.
    loaded = settings(
        data_dir=data_dir, index_dir=data_dir / "index", spool_dir=data_dir / "spool", database_url="", archive_url="",
        allow_private=True, delay=0.0,
    )  # fmt: skip
    with database(loaded) as engine:
        edition = 2 if _ran_before(engine) else 1
        with serve(edition, port) as server:
            say(f"Sample sites, edition {edition}: {', '.join(vars_of(server.sites))}")
            processed = run_sources(loaded, engine, sample_sources(server.sites), "demo")
        _print_outcomes(engine, [report.run_id for report in processed.reports])
        print_runs(processed)
        say(
            "(the sample sites hold a broken PDF, a page behind robots.txt and a source that yields nothing on purpose)"
        )
        say(f"\n$ pactwatch search '{QUESTION}'")
        with read_session(engine) as session:
            print_page(search(session, open_index(engine, loaded.index), Query(QUESTION, limit=3)))
            say('\n$ pactwatch partnerships --with "EIT Health"')
            print_partnerships(list_partnerships(session, PartnershipFilter(organisation="EIT Health")))


def vars_of(sites: object) -> list[str]:
    """The addresses of the sample sites."""
    return [str(getattr(sites, name)) for name in ("news_url", "cluster_url", "tank_url")]


def _ran_before(engine: Engine) -> bool:
    from models.session import read_session
    from search.runs import list_runs

    with read_session(engine) as session:
        return bool(list_runs(session, limit=1))


def _print_outcomes(engine: Engine, run_ids: Sequence[str]) -> None:
    from models.session import read_session
    from search.runs import outcomes

    with read_session(engine) as session:
        rows = [row for run_id in run_ids for row in outcomes(session, run_id)]
    table(
        "Outcome of every URL",
        ("source", "outcome", "reason", "became", "url"),
        [(row.source_id, row.outcome, row.reason or row.state_reason, row.state, row.url) for row in rows],
    )
