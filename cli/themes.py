"""`pactwatch themes`: what a changed vocabulary of themes would do, before it is applied."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, settings
from cli.output import print_json, say, table
from cli.progress import counting

if TYPE_CHECKING:
    from pipeline.trial import Change, Outcome

app = typer.Typer(help="The themes that documents are filed under.", no_args_is_help=True)


@app.command("try")
def try_(
    file: Annotated[
        Path, typer.Argument(help="YAML file of new or changed themes, or of one theme, as in themes.yaml.")
    ],
    whole: Annotated[
        bool, typer.Option("--whole", help="The file is the whole vocabulary: themes that it lacks go.")
    ] = False,
    examples: Annotated[int, typer.Option(help="Documents named for each theme, each way.", min=0, max=1000)] = 3,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show which stored documents new or changed themes would add and drop. Nothing is stored.

    Example: pactwatch themes try wood.yaml
    """
    from config.kinds import load_kinds
    from config.themes import load_themes
    from models.session import read_session
    from pipeline.analyse.subjects.trial import Trial
    from pipeline.trial import changed_vocabulary, read_changes, try_themes

    loaded = settings()
    changes, current = read_changes(file), load_themes(loaded.themes_file)
    wanted = changed_vocabulary(current, changes, whole=whole)
    with database(loaded) as engine, read_session(engine) as session, counting("documents") as advance:
        judge = Trial(current, wanted, load_kinds(loaded.kinds_file)).judge
        outcome = try_themes(session, judge, current, wanted, examples=examples, advance=advance)
    if json_:
        print_json(asdict(outcome))
    else:
        print_outcome(outcome, loaded.themes_file)


def print_outcome(outcome: Outcome, vocabulary: Path) -> None:
    """Print a trial for people: every theme that changes, with documents that it would gain and lose."""
    shown = [one for one in outcome.themes if one.state != "as it was" or one.added_count or one.dropped_count]
    table(
        f"{outcome.changed} of {outcome.documents} documents would change",
        ("theme", "label", "declaration", "now", "then", "added", "dropped"),
        [(t.id, t.label, t.state, t.before, t.after, t.added_count, t.dropped_count) for t in shown],
    )
    for change in shown:
        _print_change(change)
    if outcome.outdated:
        say(f"the stored themes of {outcome.outdated} documents are not those of {vocabulary.name}: they were analysed "
            "with another one")  # fmt: skip
    say(f"nothing is stored; to apply it, change {vocabulary} and run `pactwatch reprocess`")


def _print_change(change: Change) -> None:
    if change.words:
        found = sorted(change.words.items(), key=lambda item: (-item[1], item[0]))
        say(f"{change.id}: documents with its words: " + ", ".join(f"{word} {number}" for word, number in found))
    for sign, count, documents in (
        ("+", change.added_count, change.added), ("-", change.dropped_count, change.dropped)
    ):  # fmt: skip
        for document in documents:
            say(f"{change.id} {sign} [{document.id}] {document.title or document.url}")
        if documents and count > len(documents):
            say(f"{change.id} {sign} and {count - len(documents)} more")
