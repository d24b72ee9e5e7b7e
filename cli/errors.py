"""The one error table: which mistakes end a command with one line and which exit code.

Anything else is a defect of ours and keeps its traceback.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

from sqlalchemy.exc import DatabaseError, OperationalError

from config.errors import ConfigError
from models.migrate import SchemaError
from pipeline.errors import PipelineError
from search.folder import IndexBusyError
from search.query import QueryError

EXIT_FAILED = 1
"""The command ran and something in it is not green."""
EXIT_MISTAKE = 2
"""What was asked cannot be done as asked."""
EXIT_INTERRUPTED = 130


class CommandError(Exception):
    """A mistake in what a command was given; one line: what, where, how to mend it."""


def _own(err: Exception) -> str:
    return str(err)


def _database(err: Exception) -> str:
    cause = getattr(err, "orig", None) or err
    return f"database: {_first_line(cause)}: check PACTWATCH_DATABASE_URL and that the database can be written"


def _system(err: Exception) -> str:
    assert isinstance(err, OSError)
    where = f"{err.filename}: " if err.filename else ""
    mend = {
        errno.ENOSPC: "free some space and run it again; nothing stored is lost",
        errno.EROFS: "choose a writable folder with PACTWATCH_DATA_DIR",
        errno.EACCES: "check its owner and permissions, or choose another folder with PACTWATCH_DATA_DIR",
        errno.ENOENT: "check the path",
        errno.EADDRINUSE: "another program uses that port: choose one with --port",
    }.get(err.errno or 0, "see the message")
    return f"{where}{err.strerror or _first_line(err)}: {mend}"


TABLE: dict[type[Exception], tuple[int, Callable[[Exception], str]]] = {
    CommandError: (EXIT_MISTAKE, _own),
    ConfigError: (EXIT_MISTAKE, _own),
    SchemaError: (EXIT_MISTAKE, _own),
    QueryError: (EXIT_MISTAKE, _own),
    IndexBusyError: (EXIT_FAILED, _own),
    PipelineError: (EXIT_FAILED, _own),
    OperationalError: (EXIT_FAILED, _database),
    DatabaseError: (EXIT_FAILED, _database),
    OSError: (EXIT_FAILED, _system),
}


def explain(err: BaseException) -> tuple[int, str] | None:
    """Exit code and one line for an error of the table (by its most special class); None for a defect of ours."""
    for kind in type(err).__mro__:
        if kind in TABLE:
            assert isinstance(err, Exception)
            code, line = TABLE[kind]
            return code, line(err)
    return None


def _first_line(err: object) -> str:
    lines = str(err).strip().splitlines()
    return lines[0] if lines else type(err).__name__


def fail(message: str) -> None:
    """Write one error line to standard error."""
    sys.stderr.write(f"pactwatch: {message}\n")
