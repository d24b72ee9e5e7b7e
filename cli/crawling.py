"""`pactwatch crawl`, `nightly` and `reprocess`: from the web, or the archive, to the index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, print_json, say, settings
from cli.errors import EXIT_FAILED, CommandError
from cli.report import print_found, print_runs, totals
from cli.sources import find_source
from config.sources import Source, load_sources

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from config.settings import Settings
    from pipeline.run import RunReport
    from pipeline.workers import Progress

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object with the counts as the last line.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(crawl)
    app.command()(nightly)
    app.command()(reprocess)


def crawl(
    target: Annotated[str, typer.Argument(help="Id of a declared source, or a URL.")],
    depth: Annotated[int, typer.Option(help="URL only: how far links on the same host are followed.", min=0)] = 0,
    max_pages: Annotated[int, typer.Option(help="URL only: most pages fetched.", min=1)] = 200,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow loopback and private hosts.")] = False,
    json_: Json = False,
) -> None:
    """Crawl one source, or any URL, now; ends with its documents searchable and prints what was found.

    Example: pactwatch crawl https://example.org/news/some-announcement
    """
    loaded = settings(allow_private=allow_private or None)
    source = _source(loaded, target, depth, max_pages)
    if loaded.prefect_api_url:
        from flows.remote import crawl_with_prefect

        raise typer.Exit(0 if crawl_with_prefect(loaded, target, depth, max_pages) else EXIT_FAILED)
    from pipeline.run import crawl_source

    with database(loaded) as engine:
        report = crawl_source(loaded, engine, source, "ad-hoc")
        documents = finish(loaded, engine)
        if not json_:
            print_found(engine, [report.run_id])
            say()
    _conclude([report], documents, json_)


def nightly(
    sources: Annotated[list[str] | None, typer.Argument(help="Ids; left out: every source that is due.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Crawl sources that are not due, too.")] = False,
    json_: Json = False,
) -> None:
    """Crawl every source that is due, read, analyse and index what is new.

    Example: pactwatch nightly
    """
    from models.base import now
    from models.session import read_session
    from pipeline.run import due_sources

    loaded = settings()
    declared = [find_source(loaded, name) for name in sources] if sources else load_sources(loaded.sources_file)
    if loaded.prefect_api_url:
        from flows.remote import nightly_with_prefect

        raise typer.Exit(0 if nightly_with_prefect(loaded, sources or (), force=force) else EXIT_FAILED)
    with database(loaded) as engine:
        with read_session(engine) as session:
            due = declared if force else due_sources(session, declared, now())
        reports, documents = run_sources(loaded, engine, due, "nightly")
    _conclude(reports, documents, json_)


def reprocess(
    source: Annotated[str | None, typer.Option(help="Only documents of this source.")] = None,
    analyser: Annotated[str | None, typer.Option(help="Only documents analysed by this version.")] = None,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Only what an older extractor or analyser has read.")
    ] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Also captures that could not be read.")] = False,
    json_: Json = False,
) -> None:
    """Read and analyse documents again from the archive, without network, and index what changed.

    Example: pactwatch reprocess --outdated
    """
    from pipeline import run
    from search.index import refresh

    loaded = settings()
    with database(loaded) as engine, progress_bar() as progress:
        documents = run.reprocess(
            loaded, engine, source_id=source, analyser_version=analyser, outdated=outdated, failed=failed,
            progress=progress,
        )  # fmt: skip
        refresh(engine, loaded.index)
    if json_:
        print_json({"documents": documents})
    else:
        say("documents: " + (", ".join(f"{n} {name}" for name, n in sorted(documents.items())) or "none to reprocess"))


def run_sources(
    loaded: Settings, engine: Engine, sources: Sequence[Source], trigger: str
) -> tuple[list[RunReport], dict[str, int]]:
    """Crawl the sources, then read, analyse, load and index; the reports, and the documents by what became of them."""
    from pipeline.run import crawl_many

    reports = crawl_many(loaded, engine, sources, trigger)
    return reports, finish(loaded, engine)


def finish(loaded: Settings, engine: Engine) -> dict[str, int]:
    """Process what waits (leftovers of dead runs as well) and bring the index up to date."""
    from pipeline.run import process_pending
    from search.index import refresh

    with progress_bar() as progress:
        documents = process_pending(loaded, engine, progress=progress)
    refresh(engine, loaded.index)
    return documents


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A progress bar on standard error where it is a terminal; None elsewhere, where the log tells the same."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipeline.process import BatchResult

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("documents", total=None)

        def advance(result: BatchResult) -> None:
            bar.advance(task, sum(result.counts.values()))

        yield advance


def _source(loaded: Settings, target: str, depth: int, max_pages: int) -> Source:
    from pipeline.run import adhoc_source

    if "://" in target:
        return adhoc_source(target, depth, max_pages)
    if "/" in target or "." in target:
        raise CommandError(f"'{target}' is neither a source nor a whole URL: begin it with https:// or http://")
    return find_source(loaded, target)


def _conclude(reports: Sequence[RunReport], documents: dict[str, int], json_: bool) -> None:
    """Print the outcome of it all; the exit code is 1 where a source is not green or a document failed."""
    not_green = {report.source_id: report.message for report in reports if not report.green}
    if json_:
        runs = [report.run_id for report in reports]
        print_json({**totals(reports), "runs": runs, "documents": documents, "not_green": not_green})
    else:
        print_runs(reports, documents)
    if not_green or documents.get("failed"):
        raise typer.Exit(EXIT_FAILED)
