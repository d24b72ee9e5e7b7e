"""Forms that change something: saved searches with their feeds, and crawls that are started from a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from sqlalchemy import Engine

from config.settings import load
from search.index import open_index, refresh
from tests.search.factories import World
from tests.web.serving import browsing
from web.app import create_app
from web.context import CrawlState


class Crawls:
    """Takes note of what it is asked to crawl."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int]] = []

    def start(self, target: str, depth: int, max_pages: int) -> str:
        if target == "nonsense":
            raise ValueError("no source 'nonsense'")
        self.asked.append((target, depth, max_pages))
        return "abc1"

    def get(self, number: str) -> CrawlState | None:
        return CrawlState("abc1", "courier", "running", "2026-01-01T00:00:00", 3.0, ("reading 2 documents",))

    def all(self) -> list[CrawlState]:
        return []


@pytest.fixture
def crawls() -> Crawls:
    return Crawls()


@pytest.fixture
def visitor(own: Engine, tmp_path: Path, crawls: Crawls) -> Iterator[httpx.Client]:
    settings = load(data_dir=tmp_path, database_url="")
    with browsing(create_app(settings, own, open_index(own, settings.index), crawls=crawls)) as client:
        yield client


def token(client: httpx.Client, path: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None
    return found[1]


def test_a_saved_search_shows_in_its_feeds_what_came_later(visitor: httpx.Client, own: Engine, tmp_path: Path) -> None:
    held = token(visitor, "/saved")
    form = {"token": held, "name": "Memoranda", "query": "memorandum", "about": "documents"}
    assert visitor.post("/saved", data=form).headers["location"] == "/saved"
    assert "already" in visitor.post("/saved", data=form).text
    assert "not closed" in visitor.post("/saved", data=form | {"name": "Other", "query": "(mou"}).text
    number = re.search(r"/saved/(\d+)\.atom", visitor.get("/saved").text)
    assert number is not None
    before = ElementTree.fromstring(visitor.get(f"/saved/{number[1]}.atom").content)
    World(own).document("A memorandum that came later", "It is new.", source="courier")
    refresh(own, tmp_path / "index")
    answer = visitor.get(f"/saved/{number[1]}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    space = "{http://www.w3.org/2005/Atom}"
    after = [one.findtext(f"{space}title") for one in ElementTree.fromstring(answer.content).findall(f"{space}entry")]
    assert len(after) == len(before.findall(f"{space}entry")) + 1
    assert "A memorandum that came later" in after
    json_feed = visitor.get(f"/saved/{number[1]}.json").json()
    assert "A memorandum that came later" in [item["title"] for item in json_feed["items"]]

    assert '<td class="num">1</td>' in visitor.get("/saved").text
    assert visitor.get(f"/saved/{number[1]}").headers["location"] == "/?q=memorandum&sort=date"
    visitor.post(f"/saved/{number[1]}/seen", data={"token": held})
    assert '<td class="num">0</td>' in visitor.get("/saved").text
    visitor.post(f"/saved/{number[1]}/remove", data={"token": held})
    assert visitor.get(f"/saved/{number[1]}.atom").status_code == 404


def test_a_crawl_is_started_from_a_form_of_ours_alone(visitor: httpx.Client, crawls: Crawls) -> None:
    held = token(visitor, "/crawls?target=courier")
    form = {"target": "courier", "depth": "1", "pages": "", "token": held}
    assert visitor.post("/crawls", data=form).headers["location"] == "/crawls/abc1"
    assert crawls.asked == [("courier", 1, 200)]
    assert "reading 2 documents" in visitor.get("/crawls/abc1").text
    for wrong in ({"token": ""}, {"token": "0" * 64}):
        assert visitor.post("/crawls", data=form | wrong).status_code == 403
    assert visitor.post("/crawls", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert visitor.post("/crawls", json=form).status_code == 403
    assert visitor.post("/crawls", data=form | {"padding": "x" * 70_000}).status_code == 403
    with httpx.Client(base_url=visitor.base_url) as stranger:
        assert stranger.post("/crawls", data=form).status_code == 403
    assert len(crawls.asked) == 1
    for wrong in ({"target": "nonsense"}, {"depth": "-1"}, {"pages": "x"}, {"pages": "99999999999"}):
        answer = visitor.post("/crawls", data=form | wrong)
        assert answer.status_code == 400
        assert "Not started" in answer.text
