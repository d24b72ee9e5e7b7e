"""`pactwatch users`: who may use the pages and the API."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, secret_line, settings
from cli.errors import CommandError
from cli.output import plain, print_json, say, table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

app = typer.Typer(help="Users of the pages and the API.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the user.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="File whose first line is the password; left out: it is asked.")
]


class UserRole(StrEnum):
    """What a user may do."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"


@app.command()
def add(
    name: Name,
    role: Annotated[
        UserRole,
        typer.Option(
            help="reader: reads everything, keeps searches of their own; editor: also keeps searches for everybody and "
            "starts crawls; admin: also manages users."
        ),
    ] = UserRole.READER,
    password_file: PasswordFile = None,
) -> None:
    """Add a user; from the first one on, the pages and the API let nobody in who has not signed in.

    The password is asked for twice on a terminal, else read from standard input. A running server takes it up at once.

    Example: pactwatch users add anna --role editor
    """
    from web.users import accounts
    from web.users.passwords import Passwords

    with _session(writes=False) as session:
        first = not accounts.any_users(session)
    password = _password(password_file)
    with _session() as session:
        accounts.add(session, Passwords(), name, password, role.value)
    say(f"{accounts.normal(name)!r} may sign in as {role.value}")
    if first:
        say("from now on nobody is let in without signing in; on other addresses: `pactwatch serve --host 0.0.0.0`")


@app.command("list")
def list_(json_: Json = False) -> None:
    """List the users with their roles and last sign-in.

    Example: pactwatch users list
    """
    from web.users.accounts import listed

    with _session(writes=False) as session:
        rows = listed(session)
    if json_:
        print_json([asdict(row) for row in rows])
        return
    shown = [(row.name, row.role, f"{row.created_at:%Y-%m-%d}", _moment(row.last_login_at), row.tokens) for row in rows]
    table(f"{len(rows)} users", ("name", "role", "since", "last signed in", "API tokens"), shown)


@app.command()
def remove(name: Name) -> None:
    """Remove a user with their API tokens and own saved searches; sessions and feeds end at once.

    Example: pactwatch users remove anna
    """
    from web.users import accounts

    with _session() as session:
        owned = accounts.remove(session, name)
        left = accounts.any_users(session)
    say(f"{accounts.normal(name)!r} is removed, with {owned} saved searches")
    if not left:
        say("no user is left: a server started anew without a token asks for nothing, and is reached from here alone")


@app.command()
def password(name: Name, password_file: PasswordFile = None) -> None:
    """Give a user another password; they are signed out everywhere. API tokens stay.

    Example: pactwatch users password anna
    """
    from web.users import accounts
    from web.users.passwords import Passwords

    with _session(writes=False) as session:
        accounts.get(session, name)  # before a password is asked for
    given = _password(password_file)
    with _session() as session:
        accounts.set_password(session, Passwords(), name, given)
    say(f"{accounts.normal(name)!r} has another password, and is signed out everywhere")


@app.command()
def role(name: Name, role: Annotated[UserRole, typer.Argument(help="reader, editor or admin.")]) -> None:
    """Give a user another role; they have to sign in anew.

    Example: pactwatch users role anna admin
    """
    from web.users import accounts

    with _session() as session:
        accounts.set_role(session, name, role.value)
    say(f"{accounts.normal(name)!r} is {role.value} now, and has to sign in anew")


@app.command()
def token(
    name: Name,
    label: Annotated[str, typer.Option("--name", help="What the token is for; left out: a number.")] = "",
    json_: Json = False,
) -> None:
    """Make an API token of a user and print it: once, for only its digest is kept.

    Example: pactwatch users token anna --name notebook
    """
    from web.users import tokens

    with _session() as session:
        made, given = tokens.issue(session, name, label)
    if json_:
        print_json({"token": made, "label": given})
        return
    sys.stderr.write(f"pactwatch: token {plain(given)!r}, shown this once; send it as Authorization: Bearer TOKEN\n")
    say(made)


@app.command()
def tokens(
    name: Annotated[str | None, typer.Argument(help="Name of the user; left out: all users.")] = None,
    json_: Json = False,
) -> None:
    """List API tokens with their last use, to the hour.

    Example: pactwatch users tokens anna
    """
    from web.users.tokens import listed

    with _session(writes=False) as session:
        rows = listed(session, name)
    if json_:
        print_json([asdict(row) for row in rows])
        return
    shown = [(row.user, plain(row.label), f"{row.created_at:%Y-%m-%d}", _moment(row.last_used_at)) for row in rows]
    table(f"{len(rows)} API tokens", ("user", "token", "made", "last used"), shown)


@app.command()
def revoke(name: Name, label: Annotated[str, typer.Argument(help="Name of the token.")]) -> None:
    """End an API token at once.

    Example: pactwatch users revoke anna notebook
    """
    from web.users.tokens import revoke as end

    with _session() as session:
        end(session, name, label)
    say(f"token {label!r} is at an end")


@contextmanager
def _session(*, writes: bool = True) -> Iterator[Session]:
    """A session, which commits if it writes; what cannot be done with a user ends the command in one line."""
    from models.session import read_session, write_session
    from web.users.accounts import UserError

    make = write_session if writes else read_session
    try:
        with database(settings()) as engine, make(engine) as session:
            yield session
    except UserError as err:
        raise CommandError(str(err)) from err


def _password(path: Path | None) -> str:
    """The password: of a file, typed twice, or the first line of standard input."""
    if path is not None:
        with path.open("rb") as file:
            line = secret_line(file, str(path))
        if not line:
            raise CommandError(f"{path}: empty: its first line is to be the password")
        return line
    if not sys.stdin.isatty():
        line = secret_line(sys.stdin.buffer, "standard input")
        if not line:
            raise CommandError("no password on standard input: type it on a terminal, or name a file: --password-file")
        return line
    from getpass import getpass

    once = getpass("Password: ")
    if getpass("Again: ") != once:
        raise CommandError("the two passwords differ: try again")
    return once


def _moment(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if value else "never"
