"""One page under several addresses, from several sources: one document."""

from __future__ import annotations

import pytest

from models.session import write_session
from models.tables import Source
from pipeline.load import mark_seen
from pipeline.load.identity import twins
from pipeline.records import Analysis, Extracted
from tests.pipeline.load.world import World, pact

TWINS = ("https://www.example.org/a", "http://www.example.org/a", "https://example.org/a", "http://example.org/a")
Read = tuple[Extracted, Analysis]


@pytest.fixture
def told() -> Read:
    return pact("X AG joins Y Ltd.", "X AG", "Y Ltd")


def test_twins_differ_in_scheme_and_www_alone() -> None:
    assert all(twins(url) == frozenset(TWINS) for url in TWINS)
    assert twins("http://example.org:8080/a") != twins("http://example.org/a")
    assert twins("urn:x") == {"urn:x"}


def test_twins_of_one_batch_are_one_document(world: World, told: Read) -> None:
    result = world.load(*(world.item(url, *told) for url in TWINS))
    assert (result.counts["new"], result.counts["unchanged"]) == (1, 3)
    assert world.rows("document", "url") == [(TWINS[0],)]
    assert len({id_ for (id_,) in world.rows("capture", "document_id")}) == 1


@pytest.mark.parametrize("first", TWINS[::3])
@pytest.mark.parametrize("second", TWINS[1::2])
def test_a_page_that_another_source_names_by_its_twin_is_the_same_document(
    world: World, told: Read, first: str, second: str
) -> None:
    with write_session(world.engine) as session:
        session.add(Source(id="other", name="Other", kind="feed", declaration={}))
    world.load(world.item(first, *told))
    world.next_run()
    assert world.load(world.item(second, *told, source_id="other")).counts["unchanged"] == 1
    assert world.rows("document", "url, source_id, version") == [(first, "news", 1)]
    world.next_run()
    changed = world.load(world.item(second, *pact("X AG leaves Y Ltd.", "X AG", "Y Ltd")))
    assert changed.counts["changed"] == 1
    assert world.rows("document", "url, version") == [(first, 2)]


def test_an_unchanged_twin_confirms_the_document(world: World, told: Read) -> None:
    world.load(world.item(TWINS[0], *told))
    world.next_run()
    with write_session(world.engine) as session:
        assert mark_seen(session, {TWINS[3]: world.now}) == 1
    assert str(world.rows("document", "last_seen_at")[0][0]).startswith(f"{world.now:%Y-%m-%d}")
