"""Reading YAML files: whatever is wrong with the file itself is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from config.errors import ConfigError
from config.yamlfile import load_list, load_one


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    size: int = 0


def complaint(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_list(path, "items", Item)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(str(path))


FILES = {
    "empty file": ("", ":1: the file is empty"),
    "only a comment": ("# nothing yet\n", ":1: the file is empty"),
    "not YAML": ("items:\n  - id: a\n   size: 1\n", ":3: not valid YAML: "),
    "a tab": ("items:\n\t- id: a\n", ":2: not valid YAML: "),
    "an open quote": ('items:\n  - id: "a\n', "not valid YAML: "),
    "another top key": ("things: []\nitems: []\n", ":1: unknown key 'things': the only one here is 'items:'"),
    "no list": ("items: 3\n", ":1: expected a list under the key 'items:'"),
    "a bare list": ("- id: a\n", ":1: expected a list under the key 'items:'"),
    "an item that is a text": ("items:\n  - id: a\n  - b\n", ":3: expected 'key: value' lines here, found str"),
    "the top key twice": ("items: []\nitems: []\n", ":2: key 'items:' stands twice: make one list of both"),
    "a wrong type": ("items:\n  - id: a\n    size: big\n", ":3: size: Input should be a valid integer, "),
}


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_explained_in_one_line(tmp_path: Path, name: str) -> None:
    text, message = FILES[name]
    path = tmp_path / "items.yaml"
    path.write_text(text, encoding="utf8")
    assert message in complaint(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none.yaml") == ": no such file: check the path in the settings"


def test_a_folder_or_other_bytes_cannot_be_read(tmp_path: Path) -> None:
    assert ": cannot be read: " in complaint(tmp_path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("items:\n  - id: é\n".encode("latin-1"))
    assert ": cannot be read: " in complaint(latin)


def test_items_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    path.write_text("items:\n  - {id: b, size: 1}\n  - {id: a}\n", encoding="utf8")
    assert load_list(path, "items", Item) == [Item(id="b", size=1), Item(id="a")]


def test_a_whole_file_can_be_one_model(tmp_path: Path) -> None:
    path = tmp_path / "item.yaml"
    path.write_text("id: a\nsize: 2\n", encoding="utf8")
    assert load_one(path, Item) == Item(id="a", size=2)
    path.write_text("id: a\ncolour: red\n", encoding="utf8")
    with pytest.raises(ConfigError, match=r"item\.yaml:2: unknown field 'colour': known fields are id, size"):
        load_one(path, Item)


def test_yaml_cannot_build_python_objects(tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    path.write_text("items:\n  - id: !!python/object/apply:os.getcwd []\n", encoding="utf8")
    assert ":2: " in complaint(path)
