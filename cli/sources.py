"""`pactwatch sources`: what is declared, and whether a declaration works."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import settings
from cli.errors import EXIT_FAILED, CommandError
from cli.output import print_json, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.settings import Settings
    from config.sources import Source
    from crawlers.contract import Outcome
    from pipeline.records import Extracted

app = typer.Typer(help="The declared sources.", no_args_is_help=True)


@app.command("list")
def list_(json_: Annotated[bool, typer.Option("--json", help="Print one JSON line for each source.")] = False) -> None:
    """List the declared sources.

    Example: pactwatch sources list
    """
    from config.sources import load_sources

    loaded = settings()
    declared = load_sources(loaded.sources_file)
    if json_:
        for source in declared:
            print_json(source.model_dump(mode="json"))
        return
    table(
        f"{len(declared)} sources in {loaded.sources_file.name}",
        ("id", "name", "kind", "start", "enabled", "verified"),
        [
            (s.id, s.name, s.kind, s.start[0] + (" …" if len(s.start) > 1 else ""), _mark(s.enabled), _mark(s.verified))
            for s in declared
        ],
    )


@app.command()
def check(
    target: Annotated[
        str | None, typer.Argument(help="Id of a source, or a YAML file; left out: only validate every declaration.")
    ] = None,
    max_documents: Annotated[int, typer.Option(help="Most documents fetched a source.", min=1)] = 5,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow loopback and private hosts.")] = False,
) -> None:
    """Validate declarations; with a source or a file, also crawl a little of it and show what came. Nothing is stored.

    Example: pactwatch sources check eit-health-news
    """
    from config.sources import load_sources
    from crawlers.chromium import lacking

    loaded = settings(allow_private=allow_private or None)
    if target is None:
        sources = load_sources(loaded.sources_file)
        missing = lacking(sources, loaded.chromium or None)
        if missing:
            raise CommandError(f"{loaded.sources_file}: {missing}")
        say(f"{loaded.sources_file}: {len(sources)} declarations are valid")
        return
    path = Path(target)
    chosen = load_sources(path) if path.suffix in (".yaml", ".yml") else [find_source(loaded, target)]
    poor = [source.id for source in chosen if not _try(loaded, source, max_documents)]
    if poor:
        say(f"not as expected: {', '.join(poor)}")
        raise typer.Exit(EXIT_FAILED)


def find_source(loaded: Settings, name: str) -> Source:
    """The declared source of that id; raises CommandError that names the nearest ones."""
    from config.sources import load_sources

    declared = {source.id: source for source in load_sources(loaded.sources_file)}
    if name in declared:
        return declared[name]
    near = get_close_matches(name, declared, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`pactwatch sources list` shows them all"
    raise CommandError(f"no source '{name}' in {loaded.sources_file}: {hint}")


@dataclass(frozen=True, slots=True)
class Tried:
    """What a dry run of a source gave."""

    outcomes: Sequence[Outcome]
    read: Sequence[tuple[str, Extracted]]
    """Every document: URL, and what it would become."""


def try_source(loaded: Settings, source: Source, max_documents: int) -> Tried:
    """Crawl a little of a source into a folder that is thrown away; raises PipelineError."""
    from pipeline.crawl import dry_run

    wanted = source.model_copy(update={"max_documents": min(max_documents, source.max_documents)})
    with tempfile.TemporaryDirectory(prefix="pactwatch-check-") as folder:
        outcomes = dry_run(loaded, wanted, Path(folder))
        return Tried(outcomes, _documents(Path(folder), outcomes))


def show(source: Source, tried: Tried) -> None:
    """Print each outcome of a dry run and what the documents would be."""
    table(
        f"{source.id}: {source.name}",
        ("outcome", "reason", "role", "url", "title or detail"),
        [(o.outcome, o.reason, o.role, o.url, o.hint_title or o.detail) for o in tried.outcomes],
    )
    if tried.read:
        table(
            "What the documents would become",
            ("reading", "date", "from", "title", "authors", "url"),
            [
                (r.outcome, r.published, r.published_from, r.title or r.detail, ", ".join(r.authors), url)
                for url, r in tried.read
            ],
        )


def _try(loaded: Settings, source: Source, max_documents: int) -> bool:
    """Try a source and print what came; true if it is as expected."""
    from pipeline.errors import PipelineError

    try:
        tried = try_source(loaded, source, max_documents)
    except PipelineError as err:  # the other sources of the file are still tried
        say(f"{source.id}: {err}")
        return False
    show(source, tried)
    needed, number = min(source.expect.documents, max_documents), len(tried.read)
    say(f"{source.id}: {number} documents, at least {needed} expected")
    return _fields_filled(source, [one for _, one in tried.read]) and number >= needed


def _fields_filled(source: Source, read: Sequence[Extracted]) -> bool:
    """Say which expected fields are missing, by the rule that a run is judged by."""
    from pipeline.fields import lacking_in
    from pipeline.process import READABLE

    lacking = lacking_in([one for one in read if one.outcome in READABLE], source.expect.fields)
    if lacking:
        say(f"{source.id}: {lacking}, and `expect.fields` names it")
    return lacking is None


def _documents(folder: Path, outcomes: Sequence[Outcome]) -> list[tuple[str, Extracted]]:
    """Every document of a dry run, read from its records: URL, and what it would become."""
    from crawlers.contract import OutcomeKind, UrlRole
    from pipeline.archive import Archive
    from pipeline.process import read_record

    archive = Archive(str(folder))
    return [
        (
            o.url,
            read_record(
                archive, o.warc or "", o.offset or 0, o.length or 0,
                url=o.final_url or o.url, media_type=o.media_type, hints=(o.hint_title, o.hint_published),
            ),
        )
        for o in outcomes
        if o.outcome is OutcomeKind.FETCHED and o.role is UrlRole.DOCUMENT
    ]  # fmt: skip


def _mark(value: bool) -> str:
    return "yes" if value else "no"
