"""How commands print: results alone on standard output, in any encoding, and quietly gone when its reader goes."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cli.errors import CommandError, OutputClosedError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

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
    """Standard output as wide as the terminal; where it is none, as `COLUMNS` says."""
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            raise OutputClosedError

    width = None if sys.stdout.isatty() else _asked_width() or WIDTH
    return _Console(width=width, highlight=False, soft_wrap=False)


def _asked_width() -> int | None:
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isascii() and given.isdigit() and 0 < int(given) < 10_000 else None


def flow(text: str, indent: int = 0) -> None:
    """Print a paragraph, broken at words where the terminal ends; in one line where there is no terminal."""
    if not sys.stdout.isatty() and _asked_width() is None:
        say(" " * indent + text)
        return
    from rich.padding import Padding
    from rich.text import Text

    console().print(Padding(Text(plain(text)), (0, 0, 0, indent)))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], spare: Sequence[str] = ()) -> None:
    """Print a table; numbers are right-aligned, None is an empty cell.

    Where it is wider than the terminal, columns of `spare` are left out, the last first, so that no word is cut; where
    that is not enough, each row is printed as lines of its own.
    """
    listed = [["" if cell is None else cell if _is_number(cell) else plain(str(cell)) for cell in row] for row in rows]
    out = console()
    for left_out in range(len(spare) + 1):
        hidden = set(spare[len(spare) - left_out :])
        shown = [position for position, name in enumerate(columns) if name not in hidden]
        needs = [_need(columns[position], [row[position] for row in listed], position == 0) for position in shown]
        room = out.width - GAP * (len(needs) - 1)
        if sum(needs) <= room:
            names, cut = [columns[position] for position in shown], [[row[one] for one in shown] for row in listed]
            wants = [_want(name, [row[place] for row in cut]) for place, name in enumerate(names)]
            out.print(_grid(title, names, cut, _widths(needs, wants, room)))
            return
    _print_blocks(out, title, columns, listed)


GAP = 3
"""Columns of the terminal between two of a table."""
WORD = 16
"""A longer word of a table may be cut, as addresses are."""


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float)


def _need(name: str, cells: Sequence[object], first: bool) -> int:
    """Least width of a column in which no word is cut."""
    from rich.cells import cell_len

    texts = [str(cell) for cell in cells]
    # What stands first is an id: it is copied from here, so it must stay in one piece where there is room for it. A
    # column without a name holds marks.
    if ((first or not name) and all(len(text) <= WIDTH // 2 for text in texts)) or _numeric(cells):
        return max(map(cell_len, (name, *texts)))
    words = [cell_len(word) for text in texts for word in text.split()]
    return max(*map(cell_len, name.split()), min(max(words, default=0), WORD), 1)


def _want(name: str, cells: Sequence[object]) -> int:
    """Width of a column that needs no second line."""
    from rich.cells import cell_len

    return max(cell_len(line) for text in (name, *map(str, cells)) for line in text.split("\n"))


def _widths(needs: Sequence[int], wants: Sequence[int], room: int) -> list[int]:
    """Widths of columns: first what each needs, then the rest of the room to those that lack most."""
    widths = list(needs)
    for _ in range(room - sum(widths)):
        lacks = [(want - width, -place) for place, (want, width) in enumerate(zip(wants, widths, strict=True))]
        most, place = max(lacks)
        if most <= 0:
            break
        widths[-place] += 1
    return widths


def _numeric(cells: Sequence[object]) -> bool:
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _grid(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[int]) -> Table:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    out = Table(
        title=escape(title), title_justify="left", title_style="bold", header_style="bold", box=box.SIMPLE_HEAD,
        show_edge=False, pad_edge=False,
    )  # fmt: skip
    for position, (name, width) in enumerate(zip(columns, widths, strict=True)):
        numeric = _numeric([row[position] for row in rows])
        out.add_column(name, justify="right" if numeric else "left", overflow="fold", width=width)
    for row in rows:
        out.add_row(*(escape(str(cell)) for cell in row))
    return out


def _print_blocks(out: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows too wide for the terminal: what stands first, and below it the rest by name."""
    if title:
        out.print(title, style="bold", markup=False)
    for row in rows:
        out.print(f"\n{columns[0]} {row[0]}", style="bold", markup=False, overflow="fold")
        for name, cell in zip(columns[1:], row[1:], strict=True):
            if cell != "":
                out.print(f"  {name}: {cell}", markup=False, overflow="fold")


def print_csv(columns: Mapping[str, type], rows: Iterable[Mapping[str, object]]) -> None:
    """Print rows as CSV with these columns, harmless in a spreadsheet; for lists of a few thousand rows at most."""
    from search.export import export

    held = io.BytesIO()
    export(rows, columns, "csv", held)
    write(held.getvalue().decode("utf-8-sig"))


def check_target(path: Path) -> None:
    """Raise CommandError where a file cannot be written at the path, before any work is done."""
    if path.is_dir():
        raise CommandError(f"{path}: is a folder: name a file in it")
    if not path.parent.is_dir():
        raise CommandError(f"{path.parent}: no such folder: make it, or choose another path")
