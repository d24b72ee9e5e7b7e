"""The `pactwatch` command: runs a command and turns the mistakes of the error table into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from cli.app import app
from cli.errors import EXIT_INTERRUPTED, EXIT_MISTAKE, explain, fail


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; return its exit code."""
    command = get_command(app)
    try:
        result = command.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except TyperException as err:
        context = getattr(err, "ctx", None)
        fail(err.format_message() + (f" (see {context.command_path} --help)" if context else ""))
        return EXIT_MISTAKE
    except (typer.Abort, KeyboardInterrupt):
        fail("interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has gone: not a mistake, but nothing more can be written either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as err:
        explained = explain(err)
        if explained is None:
            raise
        code, line = explained
        fail(line)
        return code
    return result if isinstance(result, int) else 0


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run())
