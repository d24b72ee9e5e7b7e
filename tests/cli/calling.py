"""Call the command line: in this process where nothing but its words matters, as a process of its own elsewhere."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.main import run

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-c", "from cli.main import main; main()")


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """Standard output as JSON Lines; every line must be one."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def mistake(self) -> str:
        """The one line of a refusal: nothing but it is on standard error, and standard output is empty."""
        told = [line for line in self.err.splitlines() if not line.startswith("time=")]
        assert len(told) == 1, self.err
        assert told[0].startswith("pactwatch: "), self.err
        assert "Traceback" not in self.err
        return told[0].removeprefix("pactwatch: ")


def environment(data: Path, values: dict[str, str]) -> dict[str, str]:
    # Tests in several processes get a width of the terminal (COLUMNS) that those in one do not have.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PACTWATCH_", "COLUMNS"))}
    return {**kept, "PACTWATCH_DATA_DIR": str(data), "PACTWATCH_DELAY": "0", **values}


def call(data: Path, *arguments: object, **values: str) -> Ran:
    """Run a command line in this process, with these settings (``PACTWATCH_X=…``) and the data folder."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf8") for _ in range(2))
    with _environ(environment(data, values)), redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Ran(code, _text(out), _text(err))


def spawn(data: Path, *arguments: object, stdin: bytes = b"", **values: str) -> Ran:
    """Run a command line as a process of its own."""
    ended = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env=environment(data, values),
        timeout=240,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


@contextmanager
def _environ(values: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf8")
