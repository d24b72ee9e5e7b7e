"""`pactwatch archive`: what the archive holds of a URL, and the bytes as they were captured."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import database, settings
from cli.errors import CommandError
from cli.output import check_target, print_json, say, table, write_bytes

if TYPE_CHECKING:
    from config.settings import Settings
    from pipeline.archive import Archive
    from pipeline.captures import Held

app = typer.Typer(help="What was captured when, as it was captured.", no_args_is_help=True)


@app.command()
def show(
    url: Annotated[str, typer.Argument(help="A URL, as it was asked for or where redirects led.")],
    at: Annotated[
        str | None,
        typer.Option(help="The last capture up to this day or time (2026-01-31, 2026-01-31T12:00; UTC)."),
    ] = None,
    body: Annotated[
        bool, typer.Option("--body", help="Write the captured bytes of that (else the last) capture to the output.")
    ] = False,
    output: Annotated[Path | None, typer.Option(help="Write the captured bytes to this file instead.")] = None,
    index: Annotated[
        bool, typer.Option("--index", help="Search the indexes in the archive; no database is needed.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """List every capture of a URL: when, status, type, size, run, and which are the same; or give one of them back.

    A revisit found what an earlier capture holds: it is read from there.

    Example: pactwatch archive show https://www.some-cluster.example/news/mou --at 2026-01-31 --output mou.html
    """
    from pipeline.archive import Archive

    if json_ and (body or output):
        raise CommandError("--json goes with the list or --at alone: leave out --body and --output, or --json")
    if output is not None:
        check_target(output)
    moment = None if at is None else _moment(at)
    loaded = settings()
    archive = Archive(loaded.archive)
    held = _captures(loaded, archive, url, index=index)
    chosen = _chosen(url, held, moment)
    if body or output is not None:
        _give(archive, chosen, output)
    elif moment is not None:
        _tell(archive, chosen, json_=json_)
    elif json_:
        print_json({"url": url, "captures": [_plain(one) for one in held]})
    else:
        _list(held)


def _captures(loaded: Settings, archive: Archive, url: str, *, index: bool) -> list[Held]:
    from models.session import read_session
    from pipeline.captures import captures_in_indexes, captures_of

    try:
        if index:
            held = captures_in_indexes(archive, url)
        else:
            with database(loaded) as engine, read_session(engine) as session:
                held = captures_of(session, url)
    except ValueError as err:
        raise CommandError(f"'{url}' is no URL: write it whole, such as https://example.org/news") from err
    if not held:
        where = f"the indexes of archive {archive.url} have" if index else "the database knows"
        mend = "check its spelling" if index else "check its spelling, or look into the archive itself with --index"
        raise CommandError(f"{where} no capture of {url}: {mend}")
    return held


def _chosen(url: str, held: list[Held], moment: datetime | None) -> Held:
    from pipeline.captures import at_or_before

    if moment is None:
        return held[-1]
    found = at_or_before(held, moment)
    if found is None:
        raise CommandError(f"no capture of {url} up to {_time(moment)}: the first is of {_time(held[0].at)}")
    return found


def _moment(text: str) -> datetime:
    """A day (its end) or a time, in UTC where no zone is said."""
    with suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), time.max, UTC)
    try:
        given = datetime.fromisoformat(text)
    except ValueError as err:
        raise CommandError(f"--at {text}: write a day or time such as 2026-01-31 or 2026-01-31T12:00") from err
    # A time to the second means all of it: captures bear milliseconds.
    given = given.replace(tzinfo=given.tzinfo or UTC)
    return given if given.microsecond else given.replace(microsecond=999_999)


def _give(archive: Archive, one: Held, output: Path | None) -> None:
    _, payload = archive.read(one.file, one.offset, one.length)
    if output is None:
        write_bytes(payload)
    else:
        output.write_bytes(payload)


def _list(held: list[Held]) -> None:
    rows = [(_time(one.at), one.status, one.media_type, one.size, _kind(held, one), one.run_id) for one in held]
    table("", ("captured (UTC)", "status", "type", "bytes", "payload", "run"), rows)


def _kind(held: list[Held], one: Held) -> str:
    if one.same_as is not None:
        return f"{'revisit' if one.revisit else 'same'} of {_time(one.same_as)}"
    if one.revisit:
        return "revisit"
    return "first" if one is held[0] else "changed"


def _tell(archive: Archive, one: Held, *, json_: bool) -> None:
    record = archive.record(one.file, one.offset, one.length)
    rendered = record.warc.get("WARC-Rendered-By")
    if json_:
        print_json(_plain(one) | {"rendered_by": rendered, "headers": record.headers})
        return
    say(one.url)
    say(f"captured {_time(one.at)} UTC in run {one.run_id}")
    again = f", revisit of the capture of {_time(one.same_as)}" if one.revisit and one.same_as else ""
    say(f"status {one.status}, {one.media_type or 'no type'}, {one.size if one.size is not None else '?'} bytes{again}")
    say(f"payload {one.digest or 'without digest'}")
    say(f"archive: {one.file} at byte {one.offset}, {one.length} bytes")
    if rendered:
        say(f"made from its scripts by {rendered}")
    for name, value in record.headers.items():
        say(f"{name}: {value}")


def _plain(one: Held) -> dict[str, Any]:
    return asdict(one) | {"run_id": one.run_id}


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
