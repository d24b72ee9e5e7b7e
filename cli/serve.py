"""`pactwatch serve`: the pages and the API."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import database, secret_line, settings
from cli.errors import CommandError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from config.settings import Settings

PORT = 8000


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = PORT,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="Name it goes by in the network (behind a proxy); may be repeated."),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="File whose first line is the token that everybody needs.")
    ] = None,
) -> None:
    """Serve the pages and the API; Ctrl-C stops it.

    Only this machine can reach it. Another address is refused unless there are users (`pactwatch users add NAME`) or a
    token is asked for, which is the same for everybody: programs send it as Bearer, browsers as a password.

    Example: pactwatch serve --port 8000
    """
    from cli.crawls import ProcessCrawls
    from flows.up import environment
    from pipeline.archive import Archive
    from search.index import open_index
    from web.app import create_app
    from web.hosts import LOOPBACK, is_loopback
    from web.limits import Limits

    token = _token(token_file) if token_file else None
    loaded = settings()
    with database(loaded) as engine:
        closed = token is not None or _users(engine)
        if not closed and not is_loopback(host):
            raise CommandError(
                f"--host {host}: nobody has to log in, so everyone in the network could read and change everything: "
                "leave --host out, add a user (`pactwatch users add NAME`), or let a token be asked for (--token-file)"
            )
        index = open_index(engine, loaded.index)
        crawls = ProcessCrawls(environment(loaded), lambda *asked: _check(loaded, *asked))
        app = create_app(
            loaded,
            engine,
            index,
            read_capture=Archive(loaded.archive).read,
            crawls=crawls,
            secret=secret_of(loaded.data_dir),
            limits=Limits(),
            # A page that gets here by another name carries no token and no session, so only an open server needs to
            # know its names.
            hosts=None if closed else [*LOOPBACK, host.strip("[]").lower(), *(one.lower() for one in name or [])],
            token=token,
            closed=closed,
        )
        try:
            _listen(app, host, port)
        finally:
            crawls.close()


def _users(engine: Engine) -> bool:
    """Whether somebody can sign in."""
    from models.session import read_session
    from web.users.accounts import any_users

    with read_session(engine) as session:
        return any_users(session)


def _listen(app: Any, host: str, port: int) -> None:
    """Answer requests until told to stop."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False))
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    # Listening begins here, so that what is printed is true, and a taken port is a mistake told in one line.
    with socket.create_server((bare, port), family=family) as listening, _stopping_quietly():
        shown = f"[{bare}]" if ":" in bare else bare
        sys.stdout.write(f"Pactwatch serves http://{shown}:{listening.getsockname()[1]} (Ctrl-C stops it)\n")
        sys.stdout.flush()
        server.run(sockets=[listening])


@contextmanager
def _stopping_quietly() -> Iterator[None]:
    """uvicorn ends on SIGINT and SIGTERM, then raises them again: that would end us before the crawls are stopped."""
    former = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _check(loaded: Settings, target: str, depth: int, max_pages: int) -> None:
    """Raise CommandError for what cannot be crawled."""
    from cli.crawling import _source

    _source(loaded, target, depth, max(1, max_pages))


def _token(path: Path) -> str:
    """The token of a file; raises CommandError where it is none, or others can read it."""
    from web.access import LEAST

    with path.open("rb") as file:
        token = secret_line(file, str(path)).strip()
    if len(token) < LEAST or not token.isascii():
        raise CommandError(
            f"{path}: its first line is no token of {LEAST} or more characters: `openssl rand -hex 32` makes one"
        )
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise CommandError(f"{path}: others can read it: chmod 600 {path}")
    return token


def secret_of(folder: Path) -> bytes:
    """The secret that signs forms and cookies, kept in the data folder for its owner alone; made at the first call."""
    path = folder / "web-secret"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        held = path.read_bytes()
        if len(held) < 32:
            raise CommandError(f"{path}: too short to be a secret: delete it") from None
        return held
    with os.fdopen(handle, "wb") as file:
        made = secrets.token_bytes(32)
        file.write(made)
    return made
