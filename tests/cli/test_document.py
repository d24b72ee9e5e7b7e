"""`pactwatch document` and `show`: versions, differences, stories and traces, as analysts read them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from models.session import make_engine, write_session
from pipeline.extract import EXTRACTOR
from pipeline.load import mark_gone
from tests.cli.calling import call, spawn
from tests.pipeline.load.world import SITE, World, found, read
from tests.pipeline.near.texts import edited, laid_out, words

FIRST = "EIT Health opens a school.\nForty students begin in autumn.\nIt is in Bonn."
SECOND = "EIT Health opens a school.\nFifty students begin in spring.\nIt is in Bonn."


@pytest.fixture
def data(sqlite_template: Path, tmp_path: Path) -> Iterator[Path]:
    """A data folder: document 1 has two versions; 2, 3 and 4 are a story of copies; 1 is gone."""
    shutil.copy(sqlite_template, tmp_path / "pactwatch.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'pactwatch.db'}")
    world, text = World(engine), words(150, 1)
    world.load(world.item("a", read(FIRST, title="A school"), found()))
    copies = {"first": (edited(text, 3, 1), "2021-04-01"), "copied": (text, "2021-04-03"), "again": (text, None)}
    world.load(
        *(world.item(name, read(laid_out(body), published=day), found()) for name, (body, day) in copies.items())
    )
    world.next_run()
    world.load(world.item("a", read(SECOND, title="A new school"), found()))
    with write_session(engine) as session:
        mark_gone(session, {f"{SITE}/a": world.now + timedelta(days=1)})
    engine.dispose()
    yield tmp_path


def test_the_difference_is_told_word_by_word_without_colours_where_it_is_piped(data: Path) -> None:
    ran = spawn(data, "document", 1, "--diff", TERM="xterm-256color")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "[-Forty-]{+Fifty+} students begin in [-autumn-]{+spring+}." in ran.out
    assert "title: A {+new +}school" in ran.out
    assert "2 words gone, 2 words new" in ran.out
    assert "EIT Health opens a school." in ran.out


def test_the_difference_has_colours_instead_of_marks_on_a_terminal(data: Path) -> None:
    out = call(data, "document", 1, "--diff", FORCE_COLOR="1", TERM="xterm-256color").out
    assert "\x1b[" in out
    assert "[-" not in out and "{+" not in out
    assert "Fifty" in out
    assert "[-Forty-]" in call(data, "document", 1, "--diff", FORCE_COLOR="1", NO_COLOR="1").out


def test_the_difference_in_json_names_both_versions_and_every_piece(data: Path) -> None:
    (told,) = call(data, "document", 1, "--diff", "--json").rows
    assert (told["from"]["version"], told["to"]["version"], told["title_changed"]) == (1, 2, True)
    assert (told["gone_words"], told["new_words"]) == (2, 2)
    pieces = [piece for line in told["diff"] for piece in line["pieces"]]
    assert ["Forty", "gone"] in pieces and ["Fifty", "new"] in pieces
    assert told["gone_since"]


def test_any_two_versions_can_be_compared(data: Path) -> None:
    back = call(data, "document", 1, "--from", 2, "--to", 1).out
    assert "[-Fifty-]{+Forty+}" in back


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1, "--diff", "--from", 7), "document 1 has no version 7: choose from 1 to 2"),
        ((1, "--to", 1), "document 1 has no version 0: choose from 1 to 2"),
        ((2, "--diff"), "document 2 has one version: its text has not changed"),
        ((99, "--diff"), "no document 99"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(data: Path, arguments: tuple[object, ...], said: str) -> None:
    ran = call(data, "document", *arguments)
    assert ran.code == 2
    assert said in ran.mistake


def test_the_history_tells_versions_and_since_when_the_page_is_gone(data: Path) -> None:
    out = call(data, "document", 1).out
    assert "version 2 of 2" in out
    assert "gone since 2026-01-04" in out
    assert "  1: captured 2026-01-02" in out and "  2: captured 2026-01-03" in out


def test_a_story_names_the_earliest_and_the_most_original_of_its_members(data: Path) -> None:
    for command in ("document", "show"):
        out = call(data, command, 3).out
        assert "3 documents of 1 sources" in out
        assert f"earliest: {SITE}/first [2]" in out
        assert f"this document, most original: {SITE}/copied [3]" in out
        assert f"same text: {SITE}/again [4]" in out
        assert "alike), earliest" in out
    (told,) = call(data, "document", 2, "--json").rows
    members = told["story"]["members"]
    assert [(one["id"], one["earliest"], one["original"], one["same_text"]) for one in members] == [
        (2, True, False, True), (3, False, True, False), (4, False, False, False),
    ]  # fmt: skip
    assert all(0.7 < one["similarity"] <= 1 for one in members)


def test_every_field_is_traced_to_its_capture_and_rule(filled: Path) -> None:
    (found,) = call(filled, "search", "--json", '"memorandum of understanding"', "-n", 1).rows
    number = found["hits"][0]["id"]
    (told,) = call(filled, "document", number, "--trace", "--json").rows
    trace = told["trace"]
    fields = {one["field"]: one for one in trace["fields"]}
    assert set(fields) >= {"url", "title", "published", "authors", "text", "language", "kind", "theme", "first seen"}
    assert trace["extractor"] == EXTRACTOR and not trace["stale"]
    assert trace["capture"]["archive_file"] and trace["capture"]["problem"] is None
    assert "h1" in fields["title"]["rule"]
    assert fields["published"]["rule"].startswith("stated in")
    assert all(one["now"] is None for one in trace["fields"]), "what is stored is what is read"
    assert {one["by"] for one in trace["fields"]} == {"crawl", EXTRACTOR, trace["analyser"]}
    out = call(filled, "document", number, "--trace").out
    assert fields["title"]["value"][:20] in out and EXTRACTOR.split(" (", maxsplit=1)[0] in out


def test_a_trace_without_its_archive_says_so(copied: Path) -> None:
    shutil.rmtree(copied / "archive")
    (copied / "archive").mkdir()
    (told,) = call(copied, "document", 1, "--trace", "--json").rows
    assert "no such file in the archive" in told["trace"]["capture"]["problem"]


def test_only_what_an_older_extractor_has_read_is_renewed(copied: Path) -> None:
    database = copied / "pactwatch.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE document SET extractor = 'pactwatch-extract 0.1', title = 'Old' WHERE id = 1")
        connection.execute("UPDATE document SET extractor = 'pactwatch-extract 0.1' WHERE id = 2")
        before = dict(connection.execute("SELECT id, revision FROM document"))
    assert call(copied, "document", 1, "--trace", "--json").rows[0]["trace"]["stale"]
    out = call(copied, "document", 1, "--trace").out
    assert "reprocess --older-than-extractor" in out
    ran = call(copied, "reprocess", "--older-than-extractor", "--json")
    assert json.loads(ran.out.splitlines()[-1])["documents"] == {"changed": 2}
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT id, extractor, title, revision FROM document").fetchall()
    assert {extractor for _, extractor, _, _ in rows} == {EXTRACTOR}
    assert {id_ for id_, _, _, revision in rows if revision > before[id_]} == {1, 2}
    assert "Old" not in {title for _, _, title, _ in rows}
    assert call(copied, "reprocess", "--older-than-extractor", "--json").rows[-1]["documents"] == {}
