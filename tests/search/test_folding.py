"""Near-duplicates are one hit, from the moment they are loaded until one of them changes; both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.session import read_session
from search.documents import get_document
from search.index import open_index, refresh
from search.query import Query
from search.results import Page
from search.service import search
from tests.pipeline.load.world import SITE, World, found, read
from tests.pipeline.near.texts import edited, laid_out, words

ALL = words(120, 2)
TEXT, COPY = laid_out(ALL), laid_out(edited(ALL, 4, 1))
NAME = "Exampleton"


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def load(world: World, path: str, body: str, published: str) -> None:
    world.next_run()
    world.load(world.item(path, read(f"{NAME} opens a school.\n{body}", published=published), found()))


def ask(world: World, folder: Path) -> Page:
    refresh(world.engine, folder)
    index = open_index(world.engine, folder)
    with read_session(world.engine) as session:
        return search(session, index, Query(NAME))


def hits(page: Page) -> set[tuple[str, int]]:
    return {(hit.url.removeprefix(f"{SITE}/"), hit.copies) for hit in page.hits}


def test_a_near_copy_folds_into_the_hit_of_the_earliest_until_it_changes(world: World, tmp_path: Path) -> None:
    load(world, "later", TEXT, "2021-04-09")
    assert hits(ask(world, tmp_path)) == {("later", 0)}
    load(world, "earlier", COPY, "2021-04-05")
    page = ask(world, tmp_path)
    assert (page.total, page.stories) == (2, 1)
    assert {copies for _, copies in hits(page)} == {1}
    load(world, "earlier", laid_out(words(100, 9)), "2021-04-05")
    page = ask(world, tmp_path)
    assert (page.total, page.stories) == (2, 2)
    assert hits(page) == {("later", 0), ("earlier", 0)}


def test_two_stories_that_a_third_text_joins_fold_at_once(world: World, tmp_path: Path) -> None:
    far = laid_out(edited(edited(ALL, 4, 1), 4, 2))
    load(world, "a", TEXT, "2021-04-05")
    load(world, "c", far, "2021-04-05")
    assert ask(world, tmp_path).stories == 2
    load(world, "b", COPY, "2021-04-06")
    page = ask(world, tmp_path)
    assert (page.total, page.stories) == (3, 1)
    assert {copies for _, copies in hits(page)} == {2}


def test_a_document_names_its_near_copies_with_how_alike_they_are(world: World) -> None:
    load(world, "a", TEXT, "2021-04-05")
    load(world, "b", COPY, "2021-04-06")
    load(world, "c", TEXT, "2021-04-07")
    with read_session(world.engine) as session:
        row = get_document(session, 1)
    assert row is not None
    assert [(copy.id, copy.same_text) for copy in row.copies] == [(2, False), (3, True)]
    assert row.copies[0].similarity is not None and 0.7 < row.copies[0].similarity < 1
    assert row.copies[1].similarity == 1
    assert (row.story.documents, row.story.sources) == (3, 1)
    assert [(one.earliest, one.original) for one in row.story.members] == [(True, True), (False, False), (False, False)]
