"""`pactwatch users` as operators type it."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.calling import PROGRAM, ROOT, call, environment, spawn

PASSWORD = "correct horse battery"


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    """A folder with a user, whose password was in a file."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nnot this line\n", encoding="utf8")
    ran = call(tmp_path, "users", "add", "Anna", "--role", "editor", "--password-file", file)
    assert ran.code == 0, ran.err
    assert "'anna' may sign in as editor" in ran.out and "nobody is let in without signing in" in ran.out
    return tmp_path


def test_users_are_added_listed_changed_and_removed(anna: Path) -> None:
    ran = spawn(anna, "users", "add", "bert", stdin=f"{PASSWORD}\n".encode())
    assert ran.code == 0 and "nobody is let in" not in ran.out
    (rows,) = call(anna, "users", "list", "--json").rows
    assert [(row["name"], row["role"], row["last_login_at"], row["tokens"]) for row in rows] == [
        ("anna", "editor", None, 0),
        ("bert", "reader", None, 0),
    ]
    assert call(anna, "users", "role", "bert", "admin").code == 0
    assert call(anna, "users", "password", "bert", "--password-file", anna / "password").code == 0
    assert "admin" in call(anna, "users", "list").out
    assert "with 0 saved searches" in call(anna, "users", "remove", "bert").out
    assert "no user is left" in call(anna, "users", "remove", "anna").out


def test_a_token_is_printed_once_listed_and_revoked(anna: Path) -> None:
    ran = call(anna, "users", "token", "anna", "--name", "notebook")
    assert ran.code == 0 and ran.out.startswith("pactwatch_") and len(ran.out.split()) == 1
    assert "shown this once" in ran.err
    (made,) = call(anna, "users", "token", "anna", "--json").rows
    assert made["token"].startswith("pactwatch_") and made["label"] == "token 1"
    listed = call(anna, "users", "tokens")
    assert "notebook" in listed.out and "never" in listed.out and ran.out.strip() not in listed.out
    (rows,) = call(anna, "users", "tokens", "anna", "--json").rows
    assert {row["label"] for row in rows} == {"notebook", "token 1"}
    assert call(anna, "users", "revoke", "anna", "notebook").code == 0
    assert "no token 'notebook'" in call(anna, "users", "revoke", "anna", "notebook").mistake
    assert ran.out.strip().encode() not in (anna / "pactwatch.db").read_bytes()


def test_a_password_is_typed_twice_on_a_terminal(tmp_path: Path) -> None:
    for again, code in (("another password", 2), (PASSWORD, 0)):
        ours, theirs = pty.openpty()
        values = environment(tmp_path, {})
        process = subprocess.Popen(
            [*PROGRAM, "users", "add", "anna"], cwd=ROOT, env=values, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        said = b""
        for prompt, typed in ((b"Password: ", PASSWORD), (b"Again: ", again)):
            while not said.endswith(prompt):
                said += os.read(ours, 1024)
            os.write(ours, f"{typed}\n".encode())
        assert process.wait(240) == code
        os.close(ours)
        assert PASSWORD.encode() not in said


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("add", "anna"), "there is a user 'anna' already"),
        (("add", "b d"), "is no name of a user"),
        (("password", "nobody"), "there is no user 'nobody'"),
        (("role", "nobody", "admin"), "there is no user 'nobody'"),
        (("remove", "nobody"), "there is no user 'nobody'"),
        (("token", "nobody"), "there is no user 'nobody'"),
        (("tokens", "nobody"), "there is no user 'nobody'"),
    ],
)
def test_a_mistake_is_told_in_one_line(anna: Path, arguments: tuple[str, ...], part: str) -> None:
    more = ("--password-file", str(anna / "password")) if arguments[0] in ("add", "password") else ()
    ran = call(anna, "users", *arguments, *more)
    assert ran.code == 2 and part in ran.mistake


def test_a_password_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "password"
    for content, part in (("", "empty"), ("short\n", "10 to 512")):
        file.write_text(content, encoding="utf8")
        assert part in call(tmp_path, "users", "add", "anna", "--password-file", file).mistake
    assert "no password on standard input" in spawn(tmp_path, "users", "add", "anna").mistake


def test_a_password_that_is_no_text_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(b"caf\xe9 of the corner\n")
    for ran, name in (
        (call(tmp_path, "users", "add", "anna", "--password-file", file), str(file)),
        (spawn(tmp_path, "users", "add", "anna", stdin=file.read_bytes()), "standard input"),
    ):
        assert ran.code == 2 and f"{name}: its first line is not UTF-8" in ran.mistake
    file.write_bytes(b"\xef\xbb\xbf" + PASSWORD.encode() + b"\r\n")  # as Windows' editors write it
    assert call(tmp_path, "users", "add", "anna", "--password-file", file).code == 0


def test_users_and_tokens_are_listed_while_something_else_writes(anna: Path) -> None:
    with closing(sqlite3.connect(anna / "pactwatch.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert call(anna, "users", "tokens").code == call(anna, "users", "list").code == 0
        assert "no user 'bert'" in call(anna, "users", "password", "bert").mistake
        other.execute("ROLLBACK")
