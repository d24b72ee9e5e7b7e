"""What the analyst's commands print fits the terminal, whatever its width; and comes as CSV where that is asked."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import table
from search.tables import DOCUMENT_COLUMNS, ORGANISATION_COLUMNS, PARTNERSHIP_COLUMNS
from tests.cli.calling import PROGRAM, ROOT, call, environment

COMMANDS = (["search", "health", "-n", "4"], ["partnerships", "-n", "6"], ["organisations", "-n", "12"], ["show", "1"])


def words(text: str) -> set[str]:
    return {word.strip('",.;:()[]') for word in text.split()}


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_lines_fit_the_terminal_and_no_word_is_cut(filled: Path, command: list[str], width: int) -> None:
    ran = call(filled, *command, COLUMNS=str(width))
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert [line for line in lines if len(line) > width and "http://" not in line] == []
    assert max(map(len, lines)) > width // 2
    whole = call(filled, *command, COLUMNS="400").out
    ours = {word for word in words(whole) if len(word) <= 16 and "http" not in word}
    missing = ours - words(ran.out)
    if command[0] == "organisations":  # columns that found no room are left out, the ids and names are not
        rows = call(filled, *command, "--json").rows
        missing = {word for row in rows for word in words(f"{row['id']} {row['name']}")} - words(ran.out)
    assert missing == set()


def test_a_real_terminal_is_asked_for_its_width(filled: Path) -> None:
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 64, 0, 0))
    values = environment(filled, {"TERM": "xterm"})
    values.pop("COLUMNS", None)
    command = [*PROGRAM, "organisations", "-n", "12"]
    with subprocess.Popen(command, stdout=follower, stdin=subprocess.DEVNULL, cwd=ROOT, env=values) as process:
        os.close(follower)
        said = b"".join(_read(leader))
    os.close(leader)
    assert process.returncode == 0
    rule = max((line for line in said.decode().splitlines() if "─" in line), key=len)
    assert 40 < len(rule.strip()) <= 64


def _read(leader: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(leader, 4096)
        except OSError:  # the other end is closed
            return
        if not piece:
            return
        yield piece


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        (["partnerships", "-n", "6"], PARTNERSHIP_COLUMNS),
        (["organisations", "-n", "12"], ORGANISATION_COLUMNS),
        (["show", "1"], DOCUMENT_COLUMNS),
    ],
)
def test_csv_has_the_columns_of_the_export_and_the_rows_of_the_list(
    filled: Path, command: list[str], columns: dict[str, type]
) -> None:
    frame = pd.read_csv(io.StringIO(call(filled, *command, "--csv").out))
    assert list(frame.columns) == list(columns)
    assert frame["id"].tolist() == [row["id"] for row in call(filled, *command, "--json").rows]


def test_hits_come_as_csv_with_their_passages(filled: Path) -> None:
    frame = pd.read_csv(io.StringIO(call(filled, "search", "memorandum", "--csv").out))
    (page,) = call(filled, "search", "memorandum", "--json").rows
    assert frame["id"].tolist() == [hit["id"] for hit in page["hits"]]
    assert frame["passage"].str.contains("memorandum").all()


@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_json_and_csv_at_once_are_refused(filled: Path, command: list[str]) -> None:
    ran = call(filled, *command, "--json", "--csv")
    assert ran.code == 2
    assert "choose one of them" in ran.mistake


def test_nothing_found_is_said(filled: Path) -> None:
    assert call(filled, "organisations", "nobody of that name").out == "no organisations\n"


def printed(width: int, *given: object, monkeypatch: pytest.MonkeyPatch, spare: tuple[str, ...] = ()) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    with redirect_stdout(out):
        table("Title", *given, spare=spare)  # type: ignore[arg-type]
    return out.getvalue()


def test_spare_columns_go_first_then_rows_become_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    given = (("id", "name", "extra"), [(1, "Lund University", "remarkable"), (2, "[bold]", None)])
    wide, narrow, tiny = (printed(width, *given, monkeypatch=monkeypatch, spare=("extra",)) for width in (60, 20, 8))
    assert "remarkable" in wide and "[bold]" in wide
    assert "remarkable" not in narrow and "extra" not in narrow
    assert "University" in narrow
    assert "name" in tiny
    assert "remarkab" in tiny


@given(st.lists(st.tuples(st.integers(), st.text(max_size=30), st.text(max_size=30)), max_size=4), st.integers(20, 90))
def test_no_table_is_wider_than_asked(rows: list[tuple[int, str, str]], width: int) -> None:
    from rich.cells import cell_len

    with pytest.MonkeyPatch.context() as monkeypatch:
        said = printed(width, ("id", "name", "also"), rows, monkeypatch=monkeypatch, spare=("also",))
    assert all(cell_len(line) <= width for line in said.split("\n"))
