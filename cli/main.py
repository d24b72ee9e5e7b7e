"""The `pactwatch` command: runs a command and turns the mistakes of the error table into one line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from cli import output
from cli.app import app
from cli.errors import EXIT_INTERRUPTED, EXIT_MISTAKE, OutputClosedError, explain, fail


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit code."""
    output.tolerant()
    try:
        code = _command(arguments)
        output.flush()
    except OutputClosedError:
        output.discard()
        return 0
    except OSError as err:
        # Standard output itself: a full disk that it was sent to. What is buffered would fail again at the end.
        output.discard()
        code, line = explain(err) or (1, str(err))
        fail(f"standard output: {line}")
    return code


def _command(arguments: Sequence[str] | None) -> int:
    command = get_command(app)
    given = list(arguments) if arguments is not None else None
    try:
        result = command.main(args=given, prog_name="pactwatch", standalone_mode=False)
    except TyperException as err:
        context = getattr(err, "ctx", None)
        message = " ".join(err.format_message().split())
        fail(message + (f" (see {context.command_path} --help)" if context else ""))
        return EXIT_MISTAKE
    except (typer.Abort, KeyboardInterrupt):
        result = EXIT_INTERRUPTED
    except OutputClosedError:
        raise
    except Exception as err:  # the error table alone says which are mistakes; all others are raised again
        explained = explain(err)
        if explained is None:
            raise
        code, line = explained
        fail(line)
        return code
    if result == EXIT_INTERRUPTED:  # what Typer makes of Ctrl-C
        fail("interrupted")
    return result if isinstance(result, int) else 0


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run())
