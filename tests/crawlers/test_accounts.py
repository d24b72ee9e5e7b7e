"""Every URL that a crawl of a sample source sees has one outcome, the expected one, and the counts add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from samples.declare import sample_sources
from samples.expected import expected_outcomes
from samples.server import Server, serve
from samples.site import Sites
from tests.crawlers.conftest import Crawled

SOURCES = [source.id for source in sample_sources(Sites("http://a", "http://b", "http://c"))]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as served:
        yield served


@pytest.mark.parametrize("name", SOURCES)
def test_the_accounts_of_a_sample_source_add_up(server: Server, crawl: Callable[..., Crawled], name: str) -> None:
    (source,) = (one for one in sample_sources(server.sites) if one.id == name)
    declared = source.model_dump(mode="json", exclude_unset=True)
    asked_before = len(server.requests)
    crawled = crawl(declared.pop("kind"), declared.pop("start"), **declared)  # holds one outcome a URL, and the counts

    expected = {one.url: (one.outcome, one.reason) for one in expected_outcomes(server.sites) if one.source == name}
    assert {one.url: (str(one.outcome), one.reason) for one in crawled.outcomes} == expected
    assert crawled.done is not None
    assert sum(crawled.done["counts"].values()) == len(expected)
    assert {one.found_on for one in crawled.outcomes if one.found_on} <= set(expected), "what named a URL was read"

    requests = Counter(one.path for one in server.requests[asked_before:] if one.path != "/robots.txt")
    answered = [one for one in crawled.outcomes if one.status is not None]
    assert sum(requests.values()) == len(answered), "no request without an outcome, no outcome of an answer without one"
    assert max(requests.values()) == 1
