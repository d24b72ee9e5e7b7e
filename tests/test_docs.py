"""What README and docs name exists: files, make targets, command lines."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException
from typer.main import get_command

from cli.app import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TYPED = re.compile(r"^(?:    |\$ )(?:\$ )?(pactwatch(?: .*)?)$", re.MULTILINE)
QUOTED = re.compile(r"`(pactwatch [^`]+)`")
ids = [str(page.relative_to(ROOT)) for page in PAGES]


def parses(words: list[str]) -> None:
    """Hold a command line against the commands, without running it; fails with Typer's own message."""
    command: Any = get_command(app)
    assert words[0] == "pactwatch"
    context = command.make_context("pactwatch", words[1:], resilient_parsing=False)
    while hasattr(command, "commands"):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        assert command is not None, name
        context = command.make_context(name, rest, parent=context)


def command_lines(page: Path) -> list[str]:
    """Every whole command line of a page: indented lines, and quoted ones that hold no placeholder."""
    text = page.read_text(encoding="utf8")
    quoted = [" ".join(line.split()) for line in QUOTED.findall(text)]
    return [line.partition("  #")[0] for line in TYPED.findall(text)] + quoted


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf8")) if "://" not in link]
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf8"), re.MULTILINE))
    named = re.findall(r"(?:^    |`)make ([a-z-]+)", page.read_text(encoding="utf8"), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_command_line_can_be_typed(page: Path) -> None:
    for line in command_lines(page):
        words = shlex.split(line)
        if len(words) > 1 and not re.search(r"[…\[\]|<>]|\b[A-Z]{3,}\b(?!\")", line):
            try:
                parses(words)
            except typer.Exit:  # --help
                continue
            except TyperException as err:
                if len(words) == 2 and type(err).__name__ == "MissingParameter":
                    continue  # prose that names a command
                raise AssertionError(f"{line}: {err.format_message()}") from err
