"""Saved searches: what is new in them, as feeds and as a digest."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.session import read_session, write_session
from search.digest import digest
from search.feeds import ATOM, Feed, atom, json_feed, of_saved
from search.index import Index, open_index, refresh
from search.query import QueryError
from search.saved import (
    News,
    SavedRow,
    SavedSearchError,
    current_revision,
    listed,
    mark_seen,
    named,
    news,
    remove,
    save,
)
from tests.search.factories import World

BASE = "http://127.0.0.1:8000"


class Desk:
    """A world whose saved searches are looked at again and again."""

    def __init__(self, world: World, engine: Engine, folder: Path) -> None:
        self.world, self.engine, self.folder = world, engine, folder
        world.source()

    def index(self) -> Index:
        refresh(self.engine, self.folder)
        return open_index(self.engine, self.folder)

    def save(self, name: str, query: str, about: str = "documents") -> SavedRow:
        with write_session(self.engine) as session:
            return save(session, name, query, about=about)  # type: ignore[arg-type]

    def news(self, name: str) -> News:
        index = self.index()
        with read_session(self.engine) as session:
            return news(session, index, named(session, name))

    def seen(self, name: str) -> None:
        with write_session(self.engine) as session:
            mark_seen(session, named(session, name).id, current_revision(session))

    def feed(self, name: str) -> Feed:
        index = self.index()
        with read_session(self.engine) as session:
            return of_saved(session, index, named(session, name), BASE)


@pytest.fixture
def desk(world: World, engine: Engine, folder: Path) -> Desk:
    return Desk(world, engine, folder)


def test_what_was_there_when_a_search_was_saved_is_not_new(desk: Desk) -> None:
    desk.world.document("Old", "memorandum")
    desk.save("mous", "memorandum")
    assert desk.news("mous") == News(0)
    new = desk.world.document("New", "memorandum")
    desk.world.document("Other", "licence")
    assert desk.news("mous") == News(1, documents=(new,))
    desk.seen("mous")
    assert desk.news("mous") == News(0)


def test_a_document_that_changed_is_not_new_again(desk: Desk) -> None:
    old = desk.world.document("Old", "memorandum")
    desk.save("mous", "memorandum")
    desk.world.change(old, text="memorandum, changed")
    assert desk.news("mous") == News(0)


def test_a_watch_of_partnerships_finds_new_ones_of_its_kind_alone(desk: Desk) -> None:
    one, two = desk.world.organisation("EIT Health"), desk.world.organisation("BioMed Alliance")
    desk.save("eit", "with=EIT Health&kind=mou", "partnerships")
    document = desk.world.document("News", "memorandum", organisations=(one, two))
    number = desk.world.partnership(document, one, two, evidence="They signed.")
    desk.world.partnership(document, one, two, kind="licence")
    found = desk.news("eit")
    assert (found.total, [row.id for row in found.partnerships]) == (1, [number])
    desk.seen("eit")
    assert desk.news("eit").total == 0


@pytest.mark.parametrize(
    ("name", "query", "about", "message"),
    [
        ("x", "(memorandum", "documents", "this parenthesis is not closed"),
        ("x", "with=EIT&colour=red", "partnerships", "a watch of partnerships has no 'colour'"),
        ("x", "since=soon", "partnerships", "since: 'soon' is no date"),
        ("x", "min_confidence=much", "partnerships", "min_confidence: could not convert"),
        (" ", "memorandum", "documents", "needs a name"),
        ("x" * 201, "memorandum", "documents", "needs a name"),
    ],
)
def test_what_cannot_be_searched_is_not_saved(desk: Desk, name: str, query: str, about: str, message: str) -> None:
    with pytest.raises((QueryError, SavedSearchError), match=message.replace("(", r"\(")):
        desk.save(name, query, about)
    with read_session(desk.engine) as session:
        assert listed(session) == []


def test_a_name_is_taken_once_an_owner_until_it_is_removed(desk: Desk) -> None:
    row = desk.save("mous", "memorandum")
    with pytest.raises(SavedSearchError, match="there is a saved search 'mous' already"):
        desk.save("mous", "licence")
    with write_session(desk.engine) as session:
        save(session, "mous", "licence", owner="somebody else")
        remove(session, row.id)
        assert [(one.owner, one.query) for one in listed(session)] == [("somebody else", "licence")]
        with pytest.raises(SavedSearchError, match="no saved search 'mous'"):
            named(session, "mous")


def test_the_feeds_hold_the_newest_results_first_and_are_well_formed(desk: Desk) -> None:
    first = desk.world.document("First <b>", "memorandum \x07 & more")
    second = desk.world.document("Second", "memorandum")
    desk.save("mous & more", "memorandum")
    feed = desk.feed("mous & more")
    root = ET.fromstring(atom(feed))
    titles = [entry.findtext(f"{{{ATOM}}}title") for entry in root.iter(f"{{{ATOM}}}entry")]
    assert titles == ["Second", "First <b>"]
    assert root.findtext(f"{{{ATOM}}}title") == "mous & more"
    items = json.loads(json_feed(feed))["items"]
    assert [item["url"] for item in items] == [f"{BASE}/documents/{second}", f"{BASE}/documents/{first}"]
    assert all(item["date_published"].endswith("+00:00") for item in items)


def test_an_empty_feed_is_valid_and_dated(desk: Desk) -> None:
    row = desk.save("nothing", "memorandum")
    feed = desk.feed("nothing")
    assert feed.entries == []
    assert ET.fromstring(atom(feed)).findtext(f"{{{ATOM}}}updated") == row.created_at.isoformat()


def test_a_digest_tells_each_saved_search_apart_and_says_what_it_left_out(desk: Desk) -> None:
    desk.save("mous", "memorandum")
    desk.save("licences", "licence")
    for number in range(22):
        desk.world.document(f"Memorandum {number}", f"memorandum number {number}")
    index = desk.index()
    with read_session(desk.engine) as session:
        made = _digest(session, index)
        assert made.subject == "Pactwatch: 22 pieces of news"
        assert made.text.startswith("mous: 22 new documents\n")
        assert "* Memorandum 21" in made.text
        assert made.text.endswith("and 2 more\n")
        assert "licences" not in made.text
    for name in ("mous", "licences"):
        desk.seen(name)
    with read_session(desk.engine) as session:
        made = _digest(session, index)
        assert (made.total, made.text) == (0, "Nothing new in: licences, mous.\n")


def _digest(session: Session, index: Index):  # type: ignore[no-untyped-def]
    return digest(session, index, listed(session), BASE)
