"""Standard output holds results alone, in any encoding; the log goes to standard error; starting loads little."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cli.errors import TABLE, CommandError, explain
from cli.log import Pairs
from cli.output import plain
from tests.cli.calling import PROGRAM, ROOT, call, environment, spawn
from tests.crawlers.site import Site

HEAVY = ("spacy", "scrapy", "prefect", "pandas", "tantivy", "sqlalchemy", "trafilatura", "pydantic", "rich", "fastapi")
PLAIN_C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
PAIR = re.compile(r'time=\S+Z level=(info|warning|error) logger=\S+ message=".*"')


@pytest.mark.parametrize("module", ["cli.app", "cli.main", "cli.docs"])
def test_starting_loads_nothing_that_a_command_may_not_need(module: str) -> None:
    program = f"import sys, {module}; print(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


def test_crawling_loads_no_package_of_another_part() -> None:
    heavy = {"spacy", "scrapy", "prefect", "pandas", "tantivy"}
    program = f"import sys, pipeline.run; print(*sorted({heavy!r} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


@pytest.mark.parametrize("name", list(TABLE))
def test_every_name_of_the_error_table_is_an_exception(name: str) -> None:
    module, _, kind = name.rpartition(".")
    found = getattr(import_module(module), kind)
    assert issubclass(found, Exception)
    assert f"{found.__module__}.{found.__qualname__}" == name


def test_a_defect_of_ours_is_not_explained_away() -> None:
    assert explain(ZeroDivisionError("ours")) is None
    assert explain(CommandError("theirs: mend it")) == (2, "theirs: mend it")
    assert explain(PermissionError(13, "Permission denied", "/x")) is not None


def test_a_crawl_logs_pairs_on_standard_error_and_prints_one_object(site: Site, tmp_path: Path) -> None:
    url = site.page("/page", "A page about nothing much, but long enough to be read by somebody. " * 10)
    ran = spawn(tmp_path, "crawl", url, "--allow-private", "--json")
    assert len(ran.rows) == 1
    assert ran.rows[0]["fetched"] == 1
    log = ran.err.splitlines()
    assert log
    assert [line for line in log if not PAIR.fullmatch(line)] == []


def test_a_traceback_is_one_line_of_the_log() -> None:
    try:
        raise ValueError('two\nlines with "quotes"')
    except ValueError:
        record = logging.LogRecord("here", logging.ERROR, "", 1, "it\nfailed", (), sys.exc_info())
    line = Pairs().format(record)
    assert "\n" not in line
    assert 'level=error logger=here message="it\\nfailed" error="Traceback' in line


def test_a_reader_that_goes_is_no_error(filled: Path) -> None:
    for command in (["search", "health", "-n", "100"], ["search", "health", "--json"], ["runs"]):
        reading, writing = os.pipe()
        os.close(reading)  # gone before the first word: every write fails
        with os.fdopen(writing, "wb") as out:
            ended = subprocess.run(
                [*PROGRAM, *command],
                stdout=out,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                env=environment(filled, {}),
                check=False,
            )
        assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output_is_told_in_one_line(filled: Path) -> None:
    for command in (["search", "health"], ["runs", "--json"]):
        with Path("/dev/full").open("wb") as full:
            ended = subprocess.run(
                [*PROGRAM, *command],
                stdout=full,
                stderr=subprocess.PIPE,
                cwd=ROOT,
                env=environment(filled, {}),
                check=False,
            )
        assert ended.returncode == 1
        assert ended.stderr.startswith(b"pactwatch: ")
        assert b"No space left on device" in ended.stderr
        assert ended.stderr.count(b"\n") == 1


@pytest.mark.parametrize("encoding", [PLAIN_C, {"PYTHONIOENCODING": "ascii:strict"}, {"PYTHONIOENCODING": "latin-1"}])
def test_no_encoding_breaks_the_output_and_json_stays_the_same(filled: Path, encoding: dict[str, str]) -> None:
    expected = call(filled, "organisations", "--json", "-n", 100).rows
    ended = subprocess.run(
        [*PROGRAM, "organisations", "--json", "-n", "100"],
        capture_output=True, cwd=ROOT, env=environment(filled, encoding), check=True,
    )  # fmt: skip
    assert [json.loads(line) for line in ended.stdout.decode("ascii").splitlines()] == expected
    for command in (["search", "health", "--facets"], ["partnerships"], ["runs"], ["--help"]):
        ended = subprocess.run(
            [*PROGRAM, *command], capture_output=True, cwd=ROOT, env=environment(filled, encoding), check=False
        )
        assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_title_cannot_steer_the_terminal() -> None:
    assert plain("a\x1b[2J\x07\x9bb\tc\nd") == "a[2Jb\tc\nd"


def test_a_terminal_sees_progress_and_no_log(site: Site, tmp_path: Path) -> None:
    url = site.page("/page", "A page about nothing much, but long enough to be read by somebody. " * 10)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "crawl", url, "--allow-private", "--json"],
        stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, env=environment(tmp_path, {"TERM": "xterm"}),
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    out, _ = process.communicate()
    os.close(ours)
    assert json.loads(out)["fetched"] == 1
    assert b"crawling" in seen
    assert b"level=info" not in seen


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux tells the end of a terminal so
        return b""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["frobnicate"], "No such command"), (["search"], "Missing argument"), (["show", "--x"], "--x")],
)
def test_a_line_that_cannot_be_understood_is_told_in_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    ran = call(tmp_path, *arguments)
    assert ran.code == 2
    assert said in ran.mistake
    assert "--help" in ran.mistake
