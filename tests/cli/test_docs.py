"""Every command says what it does, shows an example that works, and stands in docs/cli.md."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer

from cli.docs import commands, render
from tests.cli.calling import ROOT
from tests.test_docs import parses

COMMANDS = list(commands())
PAGE = ROOT / "docs/cli.md"


def example(command: Any) -> str:
    lines = [line.strip() for line in (command.help or "").splitlines()]
    found = [line.removeprefix("Example: ") for line in lines if line.startswith("Example: ")]
    assert len(found) == 1, "one example each"
    return found[0]


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_has_a_help_text_an_example_of_its_own_and_an_entry(name: str, command: Any) -> None:
    assert len((command.help or "").splitlines()[0]) > 15
    assert example(command).startswith(name)
    assert f"\n## {name}\n" in PAGE.read_text(encoding="utf8")


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_example_can_be_typed_as_it_stands(name: str, command: Any) -> None:
    parses(shlex.split(example(command)))


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_option_and_argument_is_explained(name: str, command: Any) -> None:
    context = typer.Context(command)
    for parameter in command.params:
        record = parameter.get_help_record(context)
        assert record is None or record[1].strip(), parameter.name


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf8") == render(), "run `make docs`"
