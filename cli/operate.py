"""`pactwatch runs`, `reindex`, `db upgrade` and `doctor`: for who runs it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import database, opened, settings
from cli.errors import EXIT_FAILED, CommandError
from cli.output import print_json, say, table
from cli.report import targets
from models.states import RunState

database_app = typer.Typer(help="The database's schema.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(runs)
    app.command()(reindex)
    app.command()(doctor)


def runs(
    run: Annotated[str | None, typer.Argument(help="Id of a run: every URL of it.")] = None,
    source: Annotated[str | None, typer.Option(help="Only runs of this source.")] = None,
    state: Annotated[RunState | None, typer.Option(help="How they ended.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Most rows.", min=1, max=1000)] = 20,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List crawl runs, the latest first; with the id of one, what became of each of its URLs.

    Example: pactwatch runs --state empty
    """
    from dataclasses import asdict

    from models.session import read_session
    from models.tables import CrawlRun
    from search import runs as read

    loaded = settings()
    with database(loaded) as engine, read_session(engine) as session:
        listed = read.list_runs(session, source=source, state=state and state.value, limit=limit) if run is None else []
        asked = targets(session, listed)
        urls = [] if run is None else read.outcomes(session, run)
        if run is not None and session.get(CrawlRun, run) is None:
            raise CommandError(f"no run '{run}': `pactwatch runs` lists them")
    if json_:
        for row in listed:
            print_json(asdict(row) | ({"target": asked[row.id]} if row.id in asked else {}))
        for url in urls:
            print_json(asdict(url))
    elif run is None:
        table(
            f"{len(listed)} runs",
            ("run", "state", "began", "urls", "target", "message"),
            [
                (r.id, r.state, f"{r.started_at:%Y-%m-%d %H:%M}", sum(r.counts.values()), asked.get(r.id), r.message)
                for r in listed
            ],
        )
    else:
        table(
            f"{len(urls)} URLs",
            ("outcome", "reason", "became", "url", "detail"),
            [(u.outcome, u.reason, u.state, u.url, u.state_reason or u.detail) for u in urls],
        )


def reindex() -> None:
    """Build the full-text index anew from the database alone.

    Example: pactwatch reindex
    """
    from search.index import rebuild

    loaded = settings()
    with database(loaded) as engine:
        result = rebuild(engine, loaded.index)
    say(f"{result.added} documents indexed in {loaded.index}")


@database_app.command()
def upgrade() -> None:
    """Bring the database's schema to that of this version; safe to repeat.

    Example: pactwatch db upgrade
    """
    from models.migrate import current, head
    from models.migrate import upgrade as migrate

    with opened(settings()) as engine:
        before = current(engine)
        migrate(engine)
    say(f"schema {head()}" + ("" if before else " (new database)") + (": nothing to do" if before == head() else ""))


def doctor(
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON line for each check.")] = False,
) -> None:
    """Check model, declarations, database, index, archive, free disk and Prefect; says how to mend what is not well.

    Example: pactwatch doctor
    """
    from cli.checks import diagnose

    findings = diagnose(settings())
    if json_:
        for finding in findings:
            print_json({"check": finding.name, "well": finding.well, "detail": finding.detail, "mend": finding.mend})
    else:
        table(
            "pactwatch doctor",
            ("check", "", "detail", "how to mend it"),
            [(f.name, "well" if f.well else "NOT WELL", f.detail, f.mend) for f in findings],
        )
    if not all(finding.well for finding in findings):
        raise typer.Exit(EXIT_FAILED)
