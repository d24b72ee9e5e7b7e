"""`pactwatch export`: references, the network, and what a file says of itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import bibtexparser
import pandas as pd
import pytest
import rispy

from tests.cli.calling import call
from web.picture import has_fonts

QUESTION = '"memorandum of understanding"'
SILENT = "sample-podcast"


def test_a_search_is_exported_as_references(filled: Path, tmp_path: Path) -> None:
    (page,) = call(filled, "search", QUESTION, "--json").rows
    titles = {hit["title"] for hit in page["hits"]}
    assert call(filled, "export", "documents", "--query", QUESTION, "-o", tmp_path / "found.ris").code == 0
    assert {record["title"] for record in rispy.loads((tmp_path / "found.ris").read_text("utf8"))} == titles
    assert call(filled, "export", "documents", "--query", QUESTION, "-o", tmp_path / "found.bib").code == 0
    library = bibtexparser.parse_file(str(tmp_path / "found.bib"))
    assert library.failed_blocks == [] and len(library.entries) == len(titles)


def test_a_file_says_what_was_asked_and_which_source_is_silent(filled: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    assert call(filled, "export", "documents", "--query", QUESTION, "-o", path).code == 0
    line = path.read_text("utf-8-sig").splitlines()[0]
    assert f"query: {QUESTION} ·" in line
    assert "1 of 2 sources healthy" in line and SILENT in line
    assert call(filled, "export", "documents", "--no-about", "-o", path).code == 0
    assert list(pd.read_csv(path).columns)[:3] == ["id", "url", "title"]


@pytest.mark.parametrize("ending", ["graphml", "svg", "png"])
def test_the_network_is_exported(filled: Path, tmp_path: Path, ending: str) -> None:
    if ending == "png" and not has_fonts():
        pytest.skip("no fonts on this machine: apt-get install fonts-dejavu-core")
    path = tmp_path / f"network.{ending}"
    ran = call(filled, "export", "network", "-o", path)
    assert ran.code == 0, ran.err
    assert int(ran.out.split()[0]) > 5
    content = path.read_bytes()
    if ending == "png":
        assert content.startswith(b"\x89PNG")
    else:
        assert "EIT Health" in "".join(ElementTree.fromstring(content).itertext())
        assert SILENT in content.decode()
    assert list(tmp_path.iterdir()) == [path]


def test_without_partnerships_there_is_nothing_to_draw(copied: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copied / "pactwatch.db")) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM partnership_report")
        connection.execute("DELETE FROM partnership_party")
        connection.execute("DELETE FROM partnership")
    ran = call(copied, "export", "network", "-o", tmp_path / "network.png")
    assert ran.code == 2
    assert "nothing to draw" in ran.mistake
    assert not (tmp_path / "network.png").exists()
