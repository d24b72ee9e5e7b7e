"""`pactwatch crawl`, `nightly` and `reprocess`: from the web, or the archive, to the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, settings
from cli.errors import EXIT_FAILED, CommandError
from cli.output import print_json, say
from cli.progress import progress_bar, spinner
from cli.report import not_fetched, print_found, print_not_fetched, print_runs, print_unread, totals, unread
from cli.server import require_prefect
from cli.sources import find_source

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from config.settings import Settings
    from config.sources import Source
    from flows.params import Summary
    from pipeline.own import Processed
    from pipeline.run import RunReport

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
    since: Annotated[
        str | None, typer.Option(help="Source only: go back to this day (YYYY-MM-DD) for what is not known yet.")
    ] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow loopback and private hosts.")] = False,
    json_: Json = False,
) -> None:
    """Crawl one source, or any URL, now; ends with its documents searchable and prints what was found.

    With --since it walks the whole archive of a source back to that day; stopped with Ctrl-C, it goes on where it was
    when the same command is given again.

    Example: pactwatch crawl https://example.org/news/some-announcement
    """
    loaded = settings(allow_private=allow_private or None)
    source = _source(loaded, target, depth, max_pages)
    back = _day(since, target)
    if loaded.prefect_api_url and back is None:  # going back may take a day: it is no job for a flow's task
        _crawl_with_prefect(loaded, target, depth, max_pages, json_)
        return
    from pipeline.run import crawl_source

    with database(loaded) as engine, ExitStack() as holding:
        with spinner(f"crawling {target}"):
            report = crawl_source(loaded, engine, source, "ad-hoc", since=back, holding=holding)
        processed = finish(loaded, engine, [report])
        lost = not_fetched(engine, [report.run_id])
        if not json_:
            print_found(engine, [report.run_id])
            print_not_fetched(lost)
            say()
        _conclude(engine, processed, json_, Counter(f"{row.outcome} {row.reason}" for row in lost))


def nightly(
    sources: Annotated[list[str] | None, typer.Argument(help="Ids; left out: every source that is due.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Crawl sources that are not due, too.")] = False,
    json_: Json = False,
) -> None:
    """Crawl every source that is due, read, analyse and index what is new.

    Example: pactwatch nightly
    """
    from config.sources import load_sources
    from models.base import now
    from models.session import read_session
    from pipeline.run import due_sources, recover

    loaded = settings()
    declared = [find_source(loaded, name) for name in sources] if sources else load_sources(loaded.sources_file)
    if loaded.prefect_api_url:
        _nightly_with_prefect(loaded, sources or (), force, json_)
        return
    with database(loaded) as engine:
        recover(loaded, engine)  # a crawl that was killed counts as under way until then, and its source as not due
        with read_session(engine) as session:
            due = due_sources(session, declared, now())
        if force:
            due = declared if sources else [source for source in declared if source.enabled]
        if not json_ and len(due) < len(declared):
            say(f"{len(declared) - len(due)} of {len(declared)} sources are not due (--force crawls them, too)")
        processed = run_sources(loaded, engine, due, "nightly")
        _conclude(engine, processed, json_, turned=health_turned(engine, declared, processed))


def reprocess(
    source: Annotated[str | None, typer.Option(help="Only documents of this source.")] = None,
    analyser: Annotated[str | None, typer.Option(help="Only documents analysed by this version.")] = None,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Only what an older extractor or analyser has read.")
    ] = False,
    older_than_extractor: Annotated[
        bool, typer.Option("--older-than-extractor", help="Only what an older extractor has read.")
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
            loaded, engine, source_id=source, analyser_version=analyser, outdated=outdated,
            older_than_extractor=older_than_extractor, failed=failed, progress=progress,
        )  # fmt: skip
        refresh(engine, loaded.index)
    if json_:
        print_json({"documents": documents})
    else:
        say("documents: " + (", ".join(f"{n} {name}" for name, n in sorted(documents.items())) or "none to reprocess"))


def run_sources(loaded: Settings, engine: Engine, sources: Sequence[Source], trigger: str) -> Processed:
    """Crawl the sources, then read, analyse, load and index."""
    from pipeline.run import crawl_many

    with ExitStack() as holding:
        with spinner(f"crawling {len(sources)} sources"):
            reports = crawl_many(loaded, engine, sources, trigger, holding=holding)
        return finish(loaded, engine, reports)


def finish(loaded: Settings, engine: Engine, reports: Sequence[RunReport]) -> Processed:
    """Process what these runs brought, then leftovers of dead runs, and bring the index up to date."""
    from pipeline.own import process_own
    from search.index import refresh

    with progress_bar() as progress:
        processed = process_own(loaded, engine, reports, progress=progress)
    refresh(engine, loaded.index)
    return processed


def _day(since: str | None, target: str) -> date | None:
    """The day to go back to; raises CommandError where it is none, or the target is no source."""
    if since is None:
        return None
    if "://" in target:
        raise CommandError("--since goes with a declared source: `pactwatch sources add` declares one")
    try:
        day = date.fromisoformat(since)
    except ValueError as err:
        raise CommandError(f"--since {since}: write a day such as 2020-01-01") from err
    if day > date.today():  # noqa: DTZ011  # the day of whoever asks
        raise CommandError(f"--since {since}: lies in the future")
    return day


def _source(loaded: Settings, target: str, depth: int, max_pages: int) -> Source:
    from pipeline.errors import PipelineError
    from pipeline.run import adhoc_source

    if "://" in target:
        try:
            return adhoc_source(target, depth, max_pages)
        except PipelineError as err:
            raise CommandError(f"{err}: write a whole URL such as https://example.org/news") from err
    if "/" in target or "." in target:
        raise CommandError(f"'{target}' is neither a source nor a whole URL: begin it with https:// or http://")
    return find_source(loaded, target)


def _crawl_with_prefect(loaded: Settings, target: str, depth: int, max_pages: int, json_: bool) -> None:
    require_prefect(loaded)
    from flows.remote import crawl_with_prefect

    with database(loaded):
        pass  # an unusable database is told before the flow begins
    conclude_flow(crawl_with_prefect(loaded, target, depth, max_pages), json_)


def _nightly_with_prefect(loaded: Settings, sources: Sequence[str], force: bool, json_: bool) -> None:
    require_prefect(loaded)
    from flows.remote import nightly_with_prefect

    with database(loaded):
        pass
    conclude_flow(nightly_with_prefect(loaded, sources, force=force), json_)


def conclude_flow(summary: Summary, json_: bool) -> None:
    """Print what a flow says it did; exit code as in `_conclude`."""
    if json_:
        not_green = dict(line.partition(": ")[::2] for line in summary.not_green)
        runs, documents = list(summary.runs), summary.documents
        print_json({**summary.outcomes, "runs": runs, "documents": documents, "not_green": not_green})
    else:
        say("outcomes: " + ", ".join(f"{number} {name}" for name, number in summary.outcomes.items()))
        say("documents: " + (", ".join(f"{n} {name}" for name, n in sorted(summary.documents.items())) or "none"))
        for line in summary.not_green:
            say(f"not green: {line}")
    if summary.not_green or summary.documents.get("failed"):
        raise typer.Exit(EXIT_FAILED)


def health_turned(engine: Engine, declared: Sequence[Source], processed: Processed) -> list[str]:
    """The sources whose health these runs have changed, worst first, each with the reason."""
    from models.base import now
    from models.session import read_session
    from search.health import Expected
    from search.history import turned

    expected = {one.id: Expected(one.enabled, one.every_hours, one.expect.days) for one in declared}
    with read_session(engine) as session:
        runs = [report.run_id for report in processed.reports]
        return [turn.told() for turn in turned(session, expected, now(), runs)]


def _conclude(
    engine: Engine,
    processed: Processed,
    json_: bool,
    reasons: Counter[str] | None = None,
    turned: Sequence[str] = (),
) -> None:
    """Print the outcome of it all; the exit code is 1 where a source is not green or a document failed."""
    reports = processed.reports
    not_green = {report.source_id: report.message for report in reports if not report.green}
    lost = unread(engine, [report.run_id for report in reports])
    if json_:
        told = {
            "runs": [report.run_id for report in reports],
            "documents": processed.documents,
            "taken_over": processed.taken_over,
            "unread": [{"url": row.url, "reason": row.state_reason} for row in lost],
            "not_green": not_green,
            "turned": list(turned),
        }
        print_json({**totals(reports), **told, **({} if reasons is None else {"reasons": dict(reasons)})})
    else:
        print_runs(processed)
        print_unread(lost)
        for line in turned:
            say(f"health: {line}")
    if not_green or processed.documents.get("failed"):
        raise typer.Exit(EXIT_FAILED)
