"""The one error table: which mistakes end a command with one line and which exit code.

Anything else is a defect of ours and keeps its traceback.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

EXIT_FAILED = 1
"""The command ran and something in it is not green."""
EXIT_MISTAKE = 2
"""What was asked cannot be done as asked."""
EXIT_INTERRUPTED = 130


class CommandError(Exception):
    """A mistake in what a command was given; one line: what, where, how to mend it."""


class OutputClosedError(Exception):
    """Whoever read standard output (head, less) has gone; not a mistake, but nothing more can be written."""


def _own(err: Exception) -> str:
    return " ".join(str(err).split())


def _database(err: Exception) -> str:
    cause = getattr(err, "orig", None) or err
    return f"database: {first_line(cause)}: check PACTWATCH_DATABASE_URL, and that its disk is writable and has room"


def _system(err: Exception) -> str:
    assert isinstance(err, OSError)
    where = f"{err.filename}: " if err.filename else ""
    mend = {
        errno.ENOSPC: "free some space and run it again; nothing stored is lost",
        errno.EDQUOT: "free some space and run it again; nothing stored is lost",
        errno.EROFS: "choose a writable folder with PACTWATCH_DATA_DIR",
        errno.EACCES: "check its owner and permissions, or choose another folder with PACTWATCH_DATA_DIR",
        errno.ENOENT: "check the path",
        errno.ENOTDIR: "a file stands where a folder is needed: choose another path",
        errno.EISDIR: "name a file, not a folder",
        errno.EADDRINUSE: "another program uses that port: choose one with --port",
    }.get(err.errno or 0, "see the message")
    return f"{where}{err.strerror or first_line(err)}: {mend}"


def _server(err: Exception) -> str:
    return f"Prefect server: {first_line(err)}: see `pactwatch doctor`, or unset PACTWATCH_PREFECT_API_URL"


# By name, not by class: importing the database's packages takes a second that `--help` need not pay.
TABLE: dict[str, tuple[int, Callable[[Exception], str]]] = {
    "cli.errors.CommandError": (EXIT_MISTAKE, _own),
    "config.errors.ConfigError": (EXIT_MISTAKE, _own),
    "models.migrate.SchemaError": (EXIT_MISTAKE, _own),
    "search.query.QueryError": (EXIT_MISTAKE, _own),
    "search.folder.IndexBusyError": (EXIT_FAILED, _own),
    "search.index.schema.IndexDamagedError": (EXIT_FAILED, _own),
    "pipeline.errors.PipelineError": (EXIT_FAILED, _own),
    "sqlalchemy.exc.OperationalError": (EXIT_FAILED, _database),
    "sqlalchemy.exc.DatabaseError": (EXIT_FAILED, _database),
    "prefect.exceptions.PrefectException": (EXIT_FAILED, _server),
    "httpx.TransportError": (EXIT_FAILED, _server),
    "builtins.OSError": (EXIT_FAILED, _system),
}
"""Qualified name of an exception's class: exit code, and what makes one line of it."""


def explain(err: BaseException) -> tuple[int, str] | None:
    """Exit code and one line for an error of the table (by its most special class); None for a defect of ours."""
    for kind in type(err).__mro__:
        row = TABLE.get(f"{kind.__module__}.{kind.__qualname__}")
        if row is not None:
            assert isinstance(err, Exception)
            code, line = row
            return code, line(err)
    return None


def first_line(err: object) -> str:
    """The first line of what an exception says; its type where it says nothing."""
    lines = str(err).strip().splitlines()
    return lines[0] if lines else type(err).__name__


def fail(message: str) -> None:
    """Write one error line to standard error."""
    sys.stderr.write(f"pactwatch: {message}\n")
