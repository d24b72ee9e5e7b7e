"""`pactwatch saved` and `pactwatch digest`: searches under a name, their feeds, and what is new in them."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.context import database, settings
from cli.errors import CommandError
from cli.output import check_target, plain, print_json, say, table

app = typer.Typer(help="Saved searches and watches.", no_args_is_help=True)

Owner = Annotated[str, typer.Option(help="User whose saved search it is; me: everybody's.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Base = Annotated[str, typer.Option(help="Address of the pages, for the links.")]
ME = "me"
PAGES = "http://127.0.0.1:8000"


class About(StrEnum):
    """What a saved search finds."""

    DOCUMENTS = "documents"
    PARTNERSHIPS = "partnerships"


class FeedFormat(StrEnum):
    """How a feed is written."""

    ATOM = "atom"
    JSON = "json"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the saved search.")],
    query: Annotated[
        str, typer.Argument(help="In the query language; for partnerships: with=…&kind=…&theme=…&status=…&since=….")
    ],
    about: Annotated[About, typer.Option(help="What is searched.")] = About.DOCUMENTS,
    owner: Owner = ME,
) -> None:
    """Save a search; what it finds now counts as seen.

    Example: pactwatch saved add "MoUs of EIT Health" 'with=EIT Health&kind=mou' --about partnerships
    """
    from models.session import write_session
    from search.saved import SavedSearchError, save

    with database(settings()) as engine, write_session(engine) as session:
        try:
            row = save(session, name, query, about=about.value, owner=owner)
        except SavedSearchError as err:
            raise CommandError(str(err)) from err
    say(f"saved as {row.name!r} (id {row.id})")


@app.command("list")
def list_(json_: Json = False) -> None:
    """List saved searches, with the number of news in each.

    Example: pactwatch saved list
    """
    from models.session import read_session
    from search.index import open_index
    from search.saved import listed, news

    loaded = settings()
    with database(loaded) as engine:
        index = open_index(engine, loaded.index)
        with read_session(engine) as session:
            rows = [(row, news(session, index, row, limit=1).total) for row in listed(session)]
    if json_:
        print_json([asdict(row) | {"new": new} for row, new in rows])
        return
    shown = [(str(row.id), plain(row.name), row.owner, row.about, plain(row.query), str(new)) for row, new in rows]
    table("saved searches", ("id", "name", "owner", "about", "query", "new"), shown)


@app.command()
def remove(name: Annotated[str, typer.Argument(help="Name or id.")], owner: Owner = ME) -> None:
    """Forget a saved search.

    Example: pactwatch saved remove "MoUs of EIT Health"
    """
    from models.session import write_session
    from search.saved import SavedSearchError, named
    from search.saved import remove as forget

    with database(settings()) as engine, write_session(engine) as session:
        try:
            forget(session, named(session, name, owner).id)
        except SavedSearchError as err:
            raise CommandError(str(err)) from err
    say(f"{name!r} is forgotten")


@app.command()
def feed(
    name: Annotated[str, typer.Argument(help="Name or id.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write; appears only when complete.")],
    format_: Annotated[FeedFormat, typer.Option("--format", "-f", help="Atom or JSON Feed.")] = FeedFormat.ATOM,
    owner: Owner = ME,
    base: Base = PAGES,
) -> None:
    """Write the feed of a saved search: its newest 50 results.

    Example: pactwatch saved feed "MoUs of EIT Health" --output mous.atom
    """
    from models.session import read_session
    from search.feeds import atom, json_feed, of_saved
    from search.index import open_index
    from search.saved import SavedSearchError, named

    check_target(output)
    loaded = settings()
    with database(loaded) as engine:
        index = open_index(engine, loaded.index)
        with read_session(engine) as session:
            try:
                made = of_saved(session, index, named(session, name, owner), base)
            except SavedSearchError as err:
                raise CommandError(str(err)) from err
    part = output.with_name(f"{output.name}.part")
    part.write_bytes(atom(made) if format_ is FeedFormat.ATOM else json_feed(made))
    part.replace(output)
    say(f"{len(made.entries)} entries written to {output}")


def digest(
    owner: Owner = ME,
    mail: Annotated[str | None, typer.Option(help="Address to send it to; left out: it is printed.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Do not count the news as seen.")] = False,
    base: Base = PAGES,
) -> None:
    """Print or send what is new in the saved searches of an owner; afterwards it counts as seen.

    Nothing is sent where there is no news. The mail server is set by PACTWATCH_SMTP_HOST and others (docs/settings.md).

    Example: pactwatch digest --mail analyst@example.org
    """
    from cli.mail import send
    from models.session import read_session, write_session
    from search.digest import digest as made
    from search.index import open_index
    from search.saved import current_revision, listed, mark_seen

    loaded = settings()
    if mail is not None and not loaded.smtp_host:
        raise CommandError("no mail server is set: set PACTWATCH_SMTP_HOST, or leave --mail out to print the digest")
    with database(loaded) as engine:
        index = open_index(engine, loaded.index)
        with read_session(engine) as session:
            revision = current_revision(session)
            searches = listed(session, owner)
            news = made(session, index, searches, base)
        if mail is None:
            for line in news.text.splitlines():
                say(line)
        elif news.total:
            send(loaded, mail, news.subject, news.text)
            say(f"{news.subject}, sent to {mail}")
        else:
            say(f"nothing new, nothing sent to {mail}")
        if not keep:
            with write_session(engine) as session:
                for row in searches:
                    mark_seen(session, row.id, revision)


def register(main: typer.Typer) -> None:
    """Add the commands to the application."""
    main.add_typer(app, name="saved")
    main.command()(digest)
