"""`pactwatch sources add`: look at a site, propose a declaration, show what it finds, write it after a yes."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import settings
from cli.errors import CommandError
from cli.output import say
from cli.progress import spinner
from cli.sources import Tried, show, try_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.settings import Settings
    from config.sources import Source
    from crawlers.survey import Proposal, Seen

SHARE = 0.8
"""Share of the documents tried that must have a field before it is expected of all."""
MOST_FALLBACKS = 2
FEW = 3
"""Documents that must be tried for that."""


def register(app: typer.Typer) -> None:
    """Add the command to `pactwatch sources`."""
    app.command()(add)


def add(
    url: Annotated[str, typer.Argument(help="A page, a feed or a sitemap of the site.")],
    id_: Annotated[str | None, typer.Option("--id", help="Id of the source; left out: from the host's name.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the declaration without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show it.")] = False,
    max_documents: Annotated[int, typer.Option(help="Most documents fetched to try it.", min=1)] = 5,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow loopback and private hosts.")] = False,
) -> None:
    """Look at a site, propose a declaration, show what a dry run of it finds, and add it to the sources after a yes.

    Example: pactwatch sources add https://www.some-cluster.example/
    """
    from config.append import append_source, declaration

    loaded = settings(allow_private=allow_private or None)
    name = _id(loaded, url, id_)
    with spinner(f"looking at {url}"):
        seen = look(loaded, url)
    proposed = _proposed(url, seen, name)
    chosen, tried = _first_that_works(loaded, proposed, max_documents)
    source = _with_fallbacks(_expecting(chosen.source, tried), proposed[proposed.index(chosen) + 1 :])
    show(source, tried)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    comment = f"Seen on {day}: {chosen.because}. Assumed: nothing yet; read the site's terms."
    say(f"\n{chosen.because}. The declaration for {loaded.sources_file}:\n")
    say(declaration(source, comment))
    if dry_run:
        return
    if not yes and not _agreed():
        say("nothing was written")
        return
    append_source(loaded.sources_file, source, comment)
    say(f"written to {loaded.sources_file}; `pactwatch crawl {source.id}` crawls it")


def look(loaded: Settings, url: str) -> dict[str, Seen]:
    """Fetch the page, then what it and robots.txt lead to; everything that was seen, by URL.

    Raises CommandError where the page itself cannot be had.
    """
    from crawlers.survey import first_look, second_look

    seen, why = _fetch(loaded, first_look(url))
    if first_look(url)[0] not in seen:
        raise CommandError(f"{url}: {why.get(first_look(url)[0], 'nothing came')}: see whether a browser can open it")
    more, _ = _fetch(loaded, second_look(url, seen))
    return seen | more


def _fetch(loaded: Settings, urls: Sequence[str]) -> tuple[dict[str, Seen], dict[str, str]]:
    """Fetch pages as a crawl would, robots.txt and private addresses minded: what came, and why the others did not."""
    from config.sources import Source
    from crawlers.contract import OutcomeKind
    from crawlers.survey import seen_of
    from pipeline.archive import Archive
    from pipeline.crawl import dry_run

    if not urls:
        return {}, {}
    source = Source.model_validate({"id": "look", "name": "A look", "kind": "page", "start": list(urls)})
    seen: dict[str, Seen] = {}
    why: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="pactwatch-look-") as folder:
        archive = Archive(folder)
        for one in dry_run(loaded, source, Path(folder), probe=True):
            if one.outcome is OutcomeKind.FETCHED:
                _, body = archive.read(one.warc or "", one.offset or 0, one.length or 0)
                seen[one.url] = seen_of(one.final_url or one.url, body, one.media_type or "")
            else:
                why[one.url] = " ".join(filter(None, (one.outcome, one.reason)))
    return seen, why


def _proposed(url: str, seen: Mapping[str, Seen], name: str) -> list[Proposal]:
    from crawlers.survey import proposals

    return proposals(url, seen, id_=name)


def _id(loaded: Settings, url: str, wanted: str | None) -> str:
    """An id that no source has; raises CommandError where the URL is none, or the wanted id is taken or malformed."""
    from config.sources import Source, load_sources
    from crawlers.survey import slug

    try:
        Source.model_validate({"id": wanted or slug(url), "name": "x", "kind": "page", "start": url})
    except ValueError as err:
        mend = "write a whole URL such as https://example.org/news, and an --id of a-z, 0-9 and hyphens"
        raise CommandError(f"'{wanted or url}': {mend}") from err
    file = loaded.sources_file
    taken = {source.id for source in load_sources(file)} if file.exists() and file.read_text("utf8").strip() else set()
    if wanted is not None:
        if wanted in taken:
            raise CommandError(f"{file}: source '{wanted}' is declared already: choose another id with --id")
        return wanted
    name, number = slug(url), 1
    while name in taken:
        number += 1
        name = f"{slug(url)}-{number}"
    return name


def _first_that_works(loaded: Settings, proposed: Sequence[Proposal], max_documents: int) -> tuple[Proposal, Tried]:
    """The first proposal whose dry run finds documents that can be read; raises CommandError where none does."""
    from pipeline.process import READABLE

    for one in proposed:
        say(f"trying: {one.source.kind}: {one.because}")
        with spinner("crawling a little of it"):
            tried = try_source(loaded, one.source, max_documents)
        if any(read.outcome in READABLE for _, read in tried.read):
            return one, tried
        say(f"  no document: {_reasons(tried)}")
    raise CommandError("no way to documents was found: declare the source by hand (docs/sources.md)")


def _reasons(tried: Tried) -> str:
    told = (" ".join(filter(None, (one.outcome, one.reason))) for one in tried.outcomes)
    return ", ".join(dict.fromkeys(told)) or "nothing was listed"


def _with_fallbacks(source: Source, others: Sequence[Proposal]) -> Source:
    """The source with the next proposals as its fallbacks; no sitemap, which would take the whole site in."""
    from config.sources import SourceKind

    listing = (SourceKind.FEED, SourceKind.LISTING)
    ways = tuple(one.source.ways[0] for one in others if one.source.kind in listing)[:MOST_FALLBACKS]
    return source.model_copy(update={"fallbacks": ways}) if ways and source.kind in listing else source


def _expecting(source: Source, tried: Tried) -> Source:
    """The source with the fields expected that nearly all documents tried have filled."""
    from config.sources import Expect

    read = [one for _, one in tried.read]
    has = {
        "title": sum(bool(one.title) for one in read),
        "published": sum(one.published is not None for one in read),
    }
    fields = tuple(name for name, number in has.items() if len(read) >= FEW and number >= SHARE * len(read))
    declared = source.expect.model_dump(exclude_unset=True) | ({"fields": fields} if fields else {})
    return source.model_copy(update={"expect": Expect.model_validate(declared)})


def _agreed() -> bool:
    try:
        return typer.confirm("Add it?")
    except typer.Abort:
        raise CommandError("nobody answered: nothing was written; --yes writes without asking") from None
