"""Versions through reading and loading: what changes in a text makes one, what changes around it does not."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from pipeline.extract import extract
from pipeline.records import Capture
from tests.pipeline.load.world import SITE, World, found

BODY = (
    "<p>EIT Health and the University of Exampleton have signed a memorandum of understanding on the training of "
    "nurses in the use of data, after a year of talks between the two.</p>"
    "<p>The two bodies will open a joint school in Exampleton in autumn and admit {students} students in its first "
    "year, the rector of the university said at the signing in Munich.</p>"
    "<p>The agreement runs for three years and can be prolonged. Its costs are shared in equal parts by them.</p>"
)


def page(students: str = "forty", clock: str = "", counter: str = "", box: str = "", menu: str = "News") -> bytes:
    return (
        '<!doctype html><html lang="en"><head><title>A school for nurses</title>'
        '<meta property="article:published_time" content="2021-04-05"></head><body>'
        f"<header><span>{clock}</span><nav><a href='/'>{menu}</a></nav></header>"
        f"<main><article><h1>A school for nurses</h1><p>Updated {clock}</p><p>{counter}</p>"
        f"{BODY.format(students=students)}</article><h3>Related articles</h3><ul>{box}</ul></main>"
        f"<footer><p>{clock}</p></footer></body></html>"
    ).encode()


def items(titles: str) -> str:
    return "".join(f'<li><a href="/{title}">{title} and what came of it</a></li>' for title in titles.split(","))


FIRST = page(clock="5 minutes ago", counter="1,234 views", box=items("A call,An atlas"))


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def visit(world: World, payload: bytes) -> str:
    """The outcome of another visit to the page."""
    world.next_run()
    read = extract(Capture(f"{SITE}/a", payload, "text/html"))
    assert read.outcome == "ok"
    counts = world.load(world.item("a", read, found())).counts
    return next(outcome for outcome, number in counts.items() if number)


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(page(clock="2 days ago", counter="1,234 views", box=items("A call,An atlas")), id="clock"),
        pytest.param(page(clock="5 minutes ago", counter="98,765 views", box=items("A call,An atlas")), id="counter"),
        pytest.param(page(clock="5 minutes ago", counter="1,234 views", box=items("A prize,A fund")), id="related"),
        pytest.param(page(clock="Tuesday, 24 November 2026", counter="1,250 views · 3 comments", box="", menu="Home"),
                     id="everything around"),
    ],
)  # fmt: skip
def test_what_changes_around_the_text_makes_no_version(world: World, later: bytes) -> None:
    assert visit(world, FIRST) == "new"
    before = world.revision()
    assert visit(world, later) == "unchanged"
    assert world.rows("document", "version") == [(1,)]
    assert len(world.rows("document_version")) == 1
    assert world.revision() == before


def test_a_word_that_changes_in_the_text_makes_one(world: World) -> None:
    visit(world, FIRST)
    assert visit(world, page(students="fifty", clock="1 day ago")) == "changed"
    assert world.rows("document", "version") == [(2,)]
    old, new = (text for (_, text) in world.rows("document_version", "number, text"))
    assert "forty" in old and "fifty" in new
