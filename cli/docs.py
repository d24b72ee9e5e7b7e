"""Write docs/cli.md from the commands themselves: `python -m cli.docs docs/cli.md`; a test holds the file current."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperGroup
from typer.main import get_command

from cli.app import app

HEAD = """# The command line

Written by `make docs` from the commands' own help; do not edit by hand.

Every command ends with 0 when all is well, 1 when something in what it did is not green, 2 when it was asked something
that cannot be done; the reason is one line on standard error. Settings come from the environment and `pactwatch.toml`
([settings.md](settings.md)).
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, in the order of the help; groups themselves are left out."""
    root = get_command(app)
    yield from _walk("pactwatch", root)


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(command, TyperGroup):
        for child, below in command.commands.items():
            yield from _walk(f"{name} {child}", below)
    else:
        yield name, command


def render() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, command in commands():
        help_text = (command.help or "").strip()
        parts.append(f"\n## {name}\n\n```\n{_usage(name, command)}\n```\n\n{_body(help_text)}\n{_options(command)}")
    return "".join(parts)


def _usage(name: str, command: Any) -> str:
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    return " ".join([name, "[OPTIONS]", *(_metavar(a) for a in arguments)])


def _metavar(argument: TyperArgument) -> str:
    name = (argument.metavar or argument.name or "").upper() + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _body(help_text: str) -> str:
    lines = []
    for line in help_text.splitlines():
        stripped = line.strip()
        lines.append(f"    {stripped.removeprefix('Example: ')}" if stripped.startswith("Example: ") else stripped)
    return "\n".join(lines) + "\n"


def _options(command: Any) -> str:
    context = typer.Context(command)
    rows = [record for p in command.params if (record := p.get_help_record(context)) and record[0] != "--help"]
    if not rows:
        return ""
    listed = "\n".join(f"| `{left.replace('|', chr(92) + '|')}` | {right.replace('|', '/')} |" for left, right in rows)
    return f"\n| option | meaning |\n|---|---|\n{listed}\n"


def main() -> None:
    """Write the page to the path given, or to standard output."""
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(render(), encoding="utf8")
    else:
        sys.stdout.write(render())


if __name__ == "__main__":
    main()
