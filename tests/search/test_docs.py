"""Every example of docs/search.md does what the page says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.session import read_session
from search.index import open_index
from search.query import FIELDS, Query, QueryError
from search.service import search
from tests.search.factories import World

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text("utf-8")
TODAY = date(2021, 4, 20)
ROWS = re.findall(r"^\| `(.+?)` \| (.+?) \|$", PAGE, re.MULTILINE)
MISTAKES = [(query, message) for query, message in ROWS if ", at character " in message]
EXAMPLES = [query for query, message in ROWS if ", at character " not in message]


@pytest.fixture
def filled(world: World) -> World:
    """One document that every example but the last finds, and one that none does."""
    world.source()
    world.theme("health-data", "Health data")
    parties = world.organisation("EIT Health", country="DE"), world.organisation("BioMed Alliance")
    found = world.document(
        "Memorandum on health data",
        "EIT Health signs a memorandum of understanding with the university.",
        published="2021-04-05",
        organisations=parties,
        themes=("health-data",),
        kind="partnership",
    )
    world.partnership(found, *parties)
    world.source("other", "Other")
    world.document("Unrelated", "licence", source="other", language="sv", published="2030-01-01")
    return world


def test_every_example_finds_what_it_describes(engine: Engine, filled: World, folder: Path) -> None:
    index = open_index(engine, folder)
    assert len(EXAMPLES) >= 20
    with read_session(engine) as session:
        for query in EXAMPLES:
            titles = [hit.title for hit in search(session, index, Query(query), today=TODAY).hits]
            # The newer document lies after "today", so only a date without an end may find it.
            expected = [] if query == "data -memorandum" else ["Memorandum on health data"]
            assert [title for title in titles if title != "Unrelated"] == expected, query
            assert "Unrelated" not in titles or query == "since:30d", query


def test_every_mistake_is_answered_as_written(engine: Engine, filled: World, folder: Path) -> None:
    index = open_index(engine, folder)
    assert len(MISTAKES) >= 5
    with read_session(engine) as session:
        for query, message in MISTAKES:
            with pytest.raises(QueryError) as caught:
                search(session, index, Query(query), today=TODAY)
            assert str(caught.value) == message


def test_every_field_is_on_the_page() -> None:
    assert {field for field in FIELDS if f"`{field}:" not in PAGE} == set()
