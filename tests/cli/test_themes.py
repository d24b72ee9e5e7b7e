"""Trying a vocabulary on the documents of a real crawl."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from config.settings import load
from config.themes import load_themes
from tests.cli.calling import call

BOARD = {
    "id": "societies",
    "label": "Medical societies",
    "words": ["medical society", "medical societies", "BioMed Alliance", "zeppelin"],
    "examples": ["Medical societies and another medical society."],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "new.yaml"
    path.write_text(yaml.safe_dump(BOARD), encoding="utf8")
    return path


def test_a_new_theme_shows_the_documents_that_it_would_be_given(filled: Path, file: Path) -> None:
    (told,) = call(filled, "themes", "try", file, "--json").rows
    (new,) = [theme for theme in told["themes"] if theme["id"] == "societies"]
    assert (new["state"], new["before"]) == ("new", 0)
    assert new["after"] == new["added_count"] > 0
    assert any(document["title"].startswith("Medical societies") for document in new["added"])
    assert new["words"]["zeppelin"] == 0 < new["words"]["medical societies"]
    assert told["changed"] >= new["after"]
    assert told["outdated"] == 0


def test_for_people_it_names_titles_counts_and_how_to_apply_it(filled: Path, file: Path) -> None:
    ran = call(filled, "themes", "try", file)
    assert ran.code == 0
    assert "societies + [" in ran.out
    assert "zeppelin 0" in ran.out
    assert "nothing is stored" in ran.out


def test_nothing_is_stored(copied: Path, file: Path) -> None:
    before = call(copied, "search", "--json", "health").out
    call(copied, "themes", "try", file)
    assert call(copied, "search", "--json", "health").out == before


def test_a_vocabulary_that_lacks_a_theme_drops_it(filled: Path, tmp_path: Path) -> None:
    kept = [theme for theme in load_themes(load().themes_file) if theme.id != "education-skills"]
    path = tmp_path / "whole.yaml"
    path.write_text(yaml.safe_dump({"themes": [theme.model_dump(mode="json") for theme in kept]}), encoding="utf8")
    (changes,) = call(filled, "themes", "try", path, "--json").rows
    assert changes["changed"] == 0
    (told,) = call(filled, "themes", "try", path, "--whole", "--examples", 1, "--json").rows
    (gone,) = [theme for theme in told["themes"] if theme["id"] == "education-skills"]
    assert (gone["state"], gone["after"], len(gone["dropped"])) == ("removed", 0, 1)
    assert gone["before"] == gone["dropped_count"] > 0


def test_a_known_theme_with_other_words_is_counted_as_changed(filled: Path, tmp_path: Path) -> None:
    (ageing,) = [theme for theme in load_themes(load().themes_file) if theme.id == "ageing"]
    path = tmp_path / "ageing.yaml"
    path.write_text(yaml.safe_dump(ageing.model_dump(mode="json") | {"words": ["memorandum"]}), encoding="utf8")
    (told,) = call(filled, "themes", "try", path, "--json").rows
    (changed,) = [theme for theme in told["themes"] if theme["id"] == "ageing"]
    assert changed["state"] == "changed"
    assert changed["words"]["memorandum"] > 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id: wood\nlabel: Wood\nexamples: [Timber.]\n", "new.yaml:1: field 'words' is missing"),
        ("themes:\n  - id: Wood\n    label: Wood\n    words: [timber]\n    examples: [a]\n", "new.yaml:2: id:"),
        ("id: wood\nlabel: Wood\ncolor: brown\nwords: [timber]\nexamples: [a]\n", "new.yaml:3: unknown field 'color'"),
        ("words: [timber]\n", "expected a list under the key 'themes:'"),
        ("id: [\n", "new.yaml:2: not valid YAML"),
        ("", "new.yaml:1: the file is empty"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(filled: Path, tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(text, encoding="utf8")
    ran = call(filled, "themes", "try", path)
    assert ran.code == 2
    assert told in ran.mistake


def test_a_file_that_is_not_there_is_named(filled: Path, tmp_path: Path) -> None:
    assert "none.yaml: no such file" in call(filled, "themes", "try", tmp_path / "none.yaml").mistake
