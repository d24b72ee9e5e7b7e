"""Errors that a person reads in one line: what failed, where, and how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

MEND = {
    errno.ENOSPC: "the disk is full: make room and run again, nothing that was stored is lost",
    errno.EDQUOT: "the disk quota is used up: make room and run again, nothing that was stored is lost",
    errno.EROFS: "the disk is read-only: mount it writable and run again, nothing that was stored is lost",
    errno.EACCES: "no permission: give this user the right to write there and run again",
    errno.EPERM: "no permission: give this user the right to write there and run again",
}


class PipelineError(Exception):
    """A stage cannot go on; the message is one line: what, where, how to mend it. What was stored stays stored."""


class ArchiveError(PipelineError):
    """One record of the archive is missing or damaged; other records may be fine."""


class ArchiveUnreachableError(PipelineError):
    """The archive as a whole cannot be read or written now; trying again later may work."""


def one_line(err: BaseException, most: int = 300) -> str:
    """The first line of what an exception says, or its type where it says nothing."""
    said = next((line.strip() for line in str(err).splitlines() if line.strip()), "")
    return (said or type(err).__name__)[:most]


def explain_os_error(err: OSError, what: str) -> str:
    """One line for an operating system error that happened while doing `what`."""
    why = MEND.get(err.errno or 0) or err.strerror or one_line(err)
    where = f" ({err.filename})" if err.filename else ""
    return f"{what}{where}: {why}"


@contextmanager
def plain_errors(what: str) -> Iterator[None]:
    """Turn operating system and database failures inside the block into a PipelineError that begins with `what`."""
    try:
        yield
    except OperationalError as err:
        mend = "check that the database is running, its disk has room and is writable, then run again"
        raise PipelineError(f"{what}: database: {one_line(err.orig or err)}: {mend}") from err
    except DBAPIError as err:
        mend = "check the schema with `pactwatch db upgrade`"
        raise PipelineError(f"{what}: database: {one_line(err.orig or err)}: {mend}") from err
    except OSError as err:
        raise PipelineError(explain_os_error(err, what)) from err
