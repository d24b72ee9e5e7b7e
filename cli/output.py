"""How commands print: results alone on standard output, in any encoding, and quietly gone when its reader goes."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cli.errors import CommandError, OutputClosedError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

WIDTH = 120
"""Columns where standard output is no terminal, so that tables are not cut to 80."""
CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)])
"""Control characters but tab and newline: in a crawled title they could steer the terminal that shows it."""


def tolerant() -> None:
    """Write characters that the locale's encoding lacks as escapes instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write(text: str) -> None:
    """Write to standard output; raises OutputClosedError where nobody reads it any more."""
    try:
        sys.stdout.write(text)
    except BrokenPipeError as err:
        raise OutputClosedError from err


def write_bytes(data: bytes) -> None:
    """Write bytes as they are to standard output; errors as in `write`."""
    flush()
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError as err:
        raise OutputClosedError from err


def flush() -> None:
    """Hand over what is still buffered; errors as in `write`."""
    try:
        sys.stdout.flush()
    except BrokenPipeError as err:
        raise OutputClosedError from err


def discard() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not fail on it at its end."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    os.close(sink)


def plain(text: str) -> str:
    """The text without control characters."""
    return text.translate(CONTROLS)


def say(line: str = "") -> None:
    """Print one line of plain text."""
    write(plain(line) + "\n")


def print_json(value: object) -> None:
    """Print one line of JSON; in ASCII where the output's encoding is not a Unicode one."""
    write(json_line(value))


def json_line(value: object) -> str:
    """One line of JSON that the encoding of standard output can hold."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    line = json.dumps(value, ensure_ascii=not unicode, default=str, allow_nan=False)
    # Half a surrogate pair cannot be encoded; as an escape it can be.
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in line) + "\n"


def console() -> Console:
    """Standard output as wide as the terminal."""
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            raise OutputClosedError

    return _Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers are right-aligned, None is an empty cell."""
    from rich.markup import escape
    from rich.table import Table

    out = Table(title=title, title_justify="left", header_style="bold")
    listed = [["" if cell is None else cell for cell in row] for row in rows]
    for position, name in enumerate(columns):
        numeric = bool(listed) and all(isinstance(row[position], int | float) for row in listed)
        # What stands first is an id: it is copied from here, so it must stay in one piece where there is room for it.
        whole = position == 0 and all(len(str(row[0])) <= WIDTH // 2 for row in listed)
        out.add_column(name, justify="right" if numeric else "left", overflow="fold", no_wrap=whole)
    for row in listed:
        out.add_row(*(escape(plain(str(cell))) for cell in row))
    console().print(out)


def check_target(path: Path) -> None:
    """Raise CommandError where a file cannot be written at the path, before any work is done."""
    if path.is_dir():
        raise CommandError(f"{path}: is a folder: name a file in it")
    if not path.parent.is_dir():
        raise CommandError(f"{path.parent}: no such folder: make it, or choose another path")
