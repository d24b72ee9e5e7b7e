"""The declared sources: every one is valid, all kinds occur, nothing is claimed that was not proved."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.settings import Settings
from config.sources import Source, SourceKind, load_sources

FILE = Settings().sources_file
SOURCES = load_sources(FILE)
FIELDS = {"title", "published", "authors"}


def comments() -> dict[str, str]:
    """The comment that stands directly over each source, by id."""
    found: dict[str, str] = {}
    lines: list[str] = []
    for line in FILE.read_text(encoding="utf8").splitlines():
        begin = re.match(r"  - id: (\S+)$", line)
        if begin:
            found[begin[1]] = " ".join(lines)
        lines = [*lines, line.strip("# ")] if line.startswith("  # ") else []
    return found


COMMENTS = comments()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_source_is_polite_expects_something_and_says_what_was_seen(source: Source) -> None:
    assert source.home
    assert source.delay is not None
    assert source.delay >= 1
    assert source.expect.documents >= 1
    assert "title" in source.expect.fields
    assert set(source.expect.fields) <= FIELDS
    comment = COMMENTS[source.id]
    assert comment.startswith("Seen: ")
    assert "Assumed: " in comment


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_patterns_keep_to_the_hosts_of_the_source(source: Source) -> None:
    hosts = {(urlsplit(url).hostname or "").removeprefix("www.") for url in source.start} | set(source.hosts)
    for pattern in source.allow:
        assert any(pattern.startswith(re.escape(host).replace(r"\-", "-")) for host in hosts), pattern
        assert not re.search(pattern, f"https://{next(iter(hosts))}/"), "the front page is no document"
    if source.kind is SourceKind.PAGE:
        assert not source.allow or all(any(re.search(p, url) for p in source.allow) for url in source.start)


def test_all_kinds_occur_among_at_least_thirty_sources() -> None:
    assert len(SOURCES) >= 30
    assert {source.kind for source in SOURCES} == set(SourceKind)


def test_no_two_sources_read_the_same_page() -> None:
    starts = [url for source in SOURCES for url in source.start]
    assert len(starts) == len(set(starts))


def test_the_sources_that_the_field_begins_with_are_there() -> None:
    wanted = {
        "eit-health-news",
        "healthmanagement",
        "echalliance",
        "cebr",
        "eccp",
        "biomed-alliance",
        "ihi",
        "ehtel",
        "elixir",
    }
    assert wanted <= {source.id for source in SOURCES}


def test_the_file_lies_beside_the_code() -> None:
    assert Path(FILE).is_absolute()
