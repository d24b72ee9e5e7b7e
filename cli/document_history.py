"""`pactwatch document`: the versions of a document, what changed between them, and where each field comes from."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import database, settings
from cli.document import print_story, print_versions
from cli.errors import CommandError
from cli.output import console, plain, print_json, say, table

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.trace import Trace
    from search.documents import DocumentRow, VersionRow
    from web.differences import How, Line

MOST_ID = 2**63 - 1
"""Largest number that the databases hold."""
STYLES: dict[How, str] = {"gone": "red strike", "new": "bold green", "same": ""}
MARKS: dict[How, tuple[str, str]] = {"gone": ("[-", "-]"), "new": ("{+", "+}"), "same": ("", "")}
"""What stands around words that went and came where there are no colours, as in wdiff."""


def document(
    document: Annotated[int, typer.Argument(help="Id of a document, as search prints it.", min=1, max=MOST_ID)],
    diff: Annotated[bool, typer.Option("--diff", help="What changed, word by word, with the last version.")] = False,
    from_: Annotated[int | None, typer.Option("--from", help="Earlier version of the difference.", min=1)] = None,
    to: Annotated[int | None, typer.Option("--to", help="Later version of the difference.", min=1)] = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="For each field: the capture, what read it, and by which rule.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Tell a document's history: versions, what changed, copies elsewhere, and where each field comes from.

    Example: pactwatch document 12 --diff
    """
    from models.session import read_session
    from search.documents import get_document

    loaded = settings()
    with database(loaded) as engine, read_session(engine) as session:
        row = get_document(session, document)
        if row is None:
            raise CommandError(f"no document {document}: `pactwatch search` prints ids in brackets")
        told: dict[str, object] = {"id": row.id, "url": row.url, "title": row.title, "gone_since": row.gone_since}
        if diff or from_ or to:
            old, new = _chosen(row, from_, to)
            _difference(row, old, new, told if json_ else None)
        if trace:
            from pipeline.archive import Archive
            from pipeline.trace import trace as find

            found = find(session, Archive(loaded.archive), document)
            if found is not None and json_:
                told["trace"] = asdict(found) | {"stale": found.stale}
            elif found is not None:
                _print_trace(found)
    if not (diff or from_ or to or trace):
        told |= {"versions": [asdict(one) for one in row.versions], "story": asdict(row.story)}
        if not json_:
            _print_history(row)
    if json_:
        print_json(told)


def _print_history(row: DocumentRow) -> None:
    say(row.title)
    say(row.url)
    gone = f", gone since {row.gone_since:%Y-%m-%d}" if row.gone_since else ""
    say(f"first seen {row.first_seen_at:%Y-%m-%d}, last seen {row.last_seen_at:%Y-%m-%d}{gone}")
    say(f"version {row.version} of {len(row.versions)}")
    print_versions(row.versions)
    print_story(row)


def _chosen(row: DocumentRow, from_: int | None, to: int | None) -> tuple[VersionRow, VersionRow]:
    """The versions to compare: the last two, or those asked for; raises CommandError where there are none."""
    known = {one.number: one for one in row.versions}
    later = to or (row.versions[-1].number if row.versions else 1)
    earlier = from_ or later - 1
    if len(known) < 2:
        raise CommandError(f"document {row.id} has one version: its text has not changed")
    for number in (earlier, later):
        if number not in known:
            have = f"{min(known)} to {max(known)}"
            raise CommandError(f"document {row.id} has no version {number}: choose from {have} with --from and --to")
    return known[earlier], known[later]


def _difference(row: DocumentRow, old: VersionRow, new: VersionRow, told: dict[str, object] | None) -> None:
    """Print the difference of two versions, or put it into `told`."""
    from web.differences import differences

    lines, title = differences(old.text, new.text), differences(old.title, new.title)
    if told is None:
        _print_difference(row, old, new, title if old.title != new.title else [], lines)
        return
    told["from"], told["to"] = (
        {"version": one.number, "captured_at": one.captured_at, "title": one.title} for one in (old, new)
    )
    told["title_changed"] = old.title != new.title
    told["gone_words"], told["new_words"] = (_count(lines, how) for how in ("gone", "new"))
    told["diff"] = [asdict(line) for line in lines]


def _print_difference(row: DocumentRow, old: VersionRow, new: VersionRow, title: list[Line], lines: list[Line]) -> None:
    out = console()
    out.print(plain(row.url), markup=False, soft_wrap=True)
    dates = " to ".join(f"version {one.number} ({one.captured_at:%Y-%m-%d %H:%M} UTC)" for one in (old, new))
    gone, came = _count(lines, "gone"), _count(lines, "new")
    out.print(f"{dates}: {gone:,} words gone, {came:,} words new", style="bold", markup=False, soft_wrap=True)
    for line in title:
        _print_line(out, line, "title: ")
    for line in lines:
        _print_line(out, line)


def _count(lines: list[Line], how: str) -> int:
    return sum(len(text.split()) for line in lines for text, kind in line.pieces if kind == how)


def _print_line(out: Console, line: Line, label: str = "") -> None:
    from rich.text import Text

    coloured = out.is_terminal and not out.no_color
    if line.kind == "left-out":
        out.print(f"… {line.count} unchanged {'line' if line.count == 1 else 'lines'} …", style="dim", markup=False)
        return
    told = Text(label)
    for text, how in line.pieces:
        before, after = ("", "") if coloured else MARKS[how]
        # Marks stand at the words, not at the line breaks around them
        core = text.strip("\n")
        lead, tail = text[: len(text) - len(text.lstrip("\n"))], text[len(text.rstrip("\n")) :] if core else ""
        told.append(lead)
        if core:
            told.append(f"{before}{plain(core)}{after}", style=STYLES[how] if coloured else "")
        told.append(tail)
    out.print(told, soft_wrap=True)


def _print_trace(found: Trace) -> None:
    capture = found.capture
    if capture is not None:
        say(f"capture {capture.id} of run {capture.run_id}, {capture.at:%Y-%m-%d %H:%M} UTC: {capture.url}")
        place = f"{capture.archive_file} at byte {capture.archive_offset}, {capture.archive_length} bytes"
        say(f"archive: {place if capture.archive_file else 'none'}; payload {capture.digest or 'without digest'}")
        if capture.problem:
            say(f"not read again: {capture.problem}")
    say(f"read by {found.extractor}")
    say(f"analysed by {found.analyser}")
    stages = {found.extractor: "reading", found.analyser: "analysis"}
    differs = any(one.now is not None for one in found.fields)
    columns = ("field", "value", "rule", "from", *(("would be read as",) if differs else ()))
    rows = [
        (one.field, one.value, one.rule, stages.get(one.by, one.by), *((one.now,) if differs else ()))
        for one in found.fields
    ]
    table("", columns, rows)
    if found.stale:
        say(f"an older extractor has read it, present is {found.present_extractor}:")
        say("`pactwatch reprocess --older-than-extractor` renews what is stale")
