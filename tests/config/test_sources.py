"""Declarations of sources: what is taken, and how a mistake is explained."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.sources import Source, SourceKind, load_sources

GOOD = """\
sources:
  - id: one
    name: One
    kind: feed
    start: https://one.example/feed.xml
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sources.yaml"
    path.write_text(text, encoding="utf8")
    return path


def complaint(folder: Path, text: str) -> str:
    """The error's message, without the folder."""
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_sources(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message.removeprefix(f"{folder}/")


def test_a_short_declaration_is_filled_up(tmp_path: Path) -> None:
    (source,) = load_sources(write(tmp_path, GOOD))
    assert source.kind is SourceKind.FEED
    assert source.start == ("https://one.example/feed.xml",)
    assert source.expect.documents == 1
    assert source.enabled
    assert not source.verified


def test_one_text_stands_for_a_list_of_one(tmp_path: Path) -> None:
    (source,) = load_sources(write(tmp_path, GOOD + "    allow: /news/\n    deny: [a, b]\n    hosts: two.example\n"))
    assert (source.allow, source.deny, source.hosts) == (("/news/",), ("a", "b"), ("two.example",))


MISTAKES = {
    "unknown field": (
        GOOD + "    starts: x\n",
        "sources.yaml:6: unknown field 'starts': known fields are adapt, allow, ",
    ),
    "unknown field inside": (
        GOOD + "    expect:\n      docs: 3\n",
        "sources.yaml:7: unknown field 'expect.docs': see the documentation for the fields known here",
    ),
    "missing field": (GOOD.replace("    name: One\n", ""), "sources.yaml:2: field 'name' is missing: add it"),
    "duplicate id": (
        GOOD + GOOD.partition("\n")[2],
        "sources.yaml:6: id 'one' stands twice (first in line 2): rename one",
    ),
    "duplicate key": (
        GOOD + "    name: Two\n",
        "sources.yaml:6: key 'name' stands twice (first in line 3): remove one",
    ),
    "bad pattern": (
        GOOD + "    deny:\n      - ok\n      - '(open'\n",
        "sources.yaml:8: deny.1: not a regular expression: missing ), ",
    ),
    "wrong kind": (
        GOOD.replace("feed\n", "blog\n"),
        "sources.yaml:4: kind: Input should be 'feed', 'sitemap', 'listing' or 'page' (found 'blog')",
    ),
    "no URL": (
        GOOD.replace("https://one", "one"),
        "sources.yaml:5: start.0: a URL must begin with http:// or https:// and name a host (found 'one.ex",
    ),
    "listing of a feed": (
        GOOD + "    listing:\n      items: a\n",
        "sources.yaml:2: entry: 'listing' goes with kind: listing, this source is kind: feed; remove it",
    ),
    "bad id": (GOOD.replace("id: one", "id: The One"), "sources.yaml:2: id: String should match pattern "),
    "negative delay": (
        GOOD + "    delay: -1\n",
        "sources.yaml:6: delay: Input should be greater than or equal to 0 (found -1)",
    ),
    "two mistakes": (GOOD + "    delay: -1\n    every_hours: 0\n", "(found -1) (and 1 more)"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_how_to_mend_it(tmp_path: Path, name: str) -> None:
    text, message = MISTAKES[name]
    assert message in complaint(tmp_path, text)


def test_a_run_is_due_an_hour_before_its_interval_ends() -> None:
    source = Source(id="one", name="One", kind=SourceKind.FEED, start=("https://one.example/",), every_hours=24)
    assert source.interval == timedelta(hours=23)
    assert source.model_copy(update={"every_hours": 0.5}).interval == timedelta(0)


def test_a_declaration_survives_the_way_through_plain_data() -> None:
    source = Source(
        id="one", name="One", kind=SourceKind.FEED, start=("https://one.example/",), allow=("/news/",), delay=0
    )
    assert Source.model_validate(source.model_dump(mode="json", exclude_unset=True)) == source
