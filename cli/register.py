"""`pactwatch register`: the offline register of organisations (ROR) that gives ids, countries, kinds and names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.context import database, settings
from cli.output import print_json, say
from cli.progress import counting

app = typer.Typer(help="The register of organisations (ROR).", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="ROR data dump: JSON (schema 1 or 2) or lines of it; zip, gzip or plain.")
    ],
    json_: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON line.")] = False,
) -> None:
    """Import a register file; the register is then what the file says. A bad file changes nothing.

    Organisations are linked as documents are processed; `pactwatch register link` links those that are there already.

    Example: pactwatch register import ror-data.zip
    """
    from models.session import write_session
    from pipeline.load.revision import lock_writer
    from pipeline.register.reading import read_register
    from pipeline.register.store import import_register

    loaded = settings()
    with database(loaded) as engine, counting("entries") as advance, write_session(engine) as session:
        lock_writer(session)
        counts = import_register(session, read_register(file), advance)
    if json_:
        print_json(counts)
    else:
        say(", ".join(f"{number} {what}" for what, number in counts.items()))


@app.command()
def link(json_: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON line.")] = False) -> None:
    """Link the organisations of the database to the imported register, and merge those that are one entry.

    Example: pactwatch register link
    """
    from models.session import read_session, write_session
    from pipeline.errors import PipelineError
    from pipeline.register.link import link_organisations
    from pipeline.register.lookup import is_imported

    loaded = settings()
    with database(loaded) as engine:
        with read_session(engine) as session:
            if not is_imported(session):
                raise PipelineError("no register is imported: run `pactwatch register import FILE` first")
        with counting("organisations") as advance, write_session(engine) as session:
            counts = link_organisations(session, advance)
    if json_:
        print_json(counts)
    else:
        say(", ".join(f"{number} {what}" for what, number in counts.items()))
