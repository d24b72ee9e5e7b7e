"""`pactwatch review`: the questions about organisations that only a person can answer, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, settings
from cli.output import print_json, say, table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.answers import Question

app = typer.Typer(help="Questions about organisations, and a person's answers.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON line for each question.")]
By = Annotated[str | None, typer.Option("--by", help="Who answers; is kept with the answer.")]
Ids = Annotated[list[int], typer.Argument(help="Numbers of questions, as `pactwatch review list` shows them.", min=1)]
One = Annotated[str, typer.Argument(help="A name, as the texts have it.")]
Other = Annotated[str, typer.Argument(help="The other name.")]
Kind = Annotated[bool, typer.Option("--project", help="The names are of projects, not of organisations.")]


class State(StrEnum):
    """Which questions."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ALL = "all"


class Subject(StrEnum):
    """What a question is about."""

    MERGE = "organisation-merge"
    SPLIT = "organisation-split"
    LINK = "register-link"
    CONFLICT = "register-conflict"


@app.command("list")
def list_(
    state: Annotated[State, typer.Option(help="Open questions, answered ones, or all.")] = State.OPEN,
    subject: Annotated[Subject | None, typer.Option(help="What they are about.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", help="Most rows.", min=1, max=1000)] = 50,
    json_: Json = False,
) -> None:
    """List the questions that wait for a person: near names, names of several bodies, bodies of two register entries.

    Example: pactwatch review list
    """
    from models.session import read_session
    from pipeline.answers import questions

    with database(settings()) as engine, read_session(engine) as session:
        wanted = None if state is State.ALL else state.value
        total, found = questions(session, wanted, subject and subject.value, limit)
    if json_:
        for one in found:
            print_json(asdict(one))
        return
    shown = f", the first {len(found)} are shown" if len(found) < total else ""
    table(
        f"{total} {'' if state is State.ALL else state.value + ' '}questions{shown}",
        ("id", "question", "why", "state", "register entries"),
        [(one.id, _asked(one), one.why, one.state, " ".join(one.entries)) for one in found],
    )


@app.command()
def accept(
    ids: Ids,
    entry: Annotated[
        str | None, typer.Option("--entry", help="ROR id of the entry that it is, where the question is which.")
    ] = None,
    by: By = None,
    json_: Json = False,
) -> None:
    """Answer yes: the two names are the same; or, with --entry, the name is that entry. Applied at once, and for good.

    Example: pactwatch review accept 12 13
    """
    _answer(ids, True, entry, by, json_)


@app.command()
def reject(ids: Ids, by: By = None, json_: Json = False) -> None:
    """Answer no: the two names are two bodies (parted if they were one), or the name is none of the entries.

    Example: pactwatch review reject 12
    """
    _answer(ids, False, None, by, json_)


@app.command()
def merge(one: One, other: Other, project: Kind = False, by: By = None, json_: Json = False) -> None:
    """Say, without being asked, that two names are the same organisation.

    Example: pactwatch review merge "KU Leuven" "Katholieke Universiteit Leuven"
    """
    _pair(one, other, True, project, by, json_)


@app.command()
def split(one: One, other: Other, project: Kind = False, by: By = None, json_: Json = False) -> None:
    """Say that two names are two organisations; what hangs on the one is parted from the other.

    Example: pactwatch review split "Health Hub" "Health Hub Vienna"
    """
    _pair(one, other, False, project, by, json_)


def _answer(ids: Sequence[int], accept: bool, entry: str | None, by: str | None, json_: bool) -> None:
    from pipeline.answers import answer

    _apply(lambda session: answer(session, ids, accept=accept, entry=entry, by=by), json_)


def _pair(one: str, other: str, same: bool, project: bool, by: str | None, json_: bool) -> None:
    from pipeline.answers import decide_pair

    kind = "project" if project else "organisation"
    _apply(lambda session: [decide_pair(session, one, other, same=same, kind=kind, by=by)], json_)


def _apply(decide: Callable[[Session], list[Question]], json_: bool) -> None:
    from models.session import write_session
    from pipeline.answers import apply_answers
    from pipeline.load.revision import lock_writer

    with database(settings()) as engine, write_session(engine) as session:
        lock_writer(session)
        answered = decide(session)
        apply_answers(session, answered)
    for one in answered:
        if json_:
            print_json(asdict(one))
        else:
            say(f"[{one.id}] {_asked(one)}: {one.state}" + (f", {one.entry}" if one.entry else ""))


def _asked(one: Question) -> str:
    names = " = ".join(one.names) if one.subject != Subject.LINK else ", ".join(one.names)
    return f"{one.subject}: {names or one.key}"
