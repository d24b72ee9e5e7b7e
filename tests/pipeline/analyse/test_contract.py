from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.analyse import Analyser
from pipeline.analyse.contract import LineError, analyse_lines, read_texts

LINE = '{"id": "a", "title": "T", "text": "The Mayo Clinic signed with Philips.", "published": "2021-04"}'


def test_lines_are_read_with_what_they_give() -> None:
    [text] = read_texts([LINE, "\n"])
    assert (text.id, text.title, text.published) == ("a", "T", "2021-04")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ('{"id": "a"}', "field 'text' is missing"),
        ('{"id": 1, "text": "x"}', "field 'id' is int"),
        ('{"id": "a", "text": "x", "published": "May"}', "is no date"),
        ('{"id": "a", "text": "\\ud800"}', "surrogate"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_line_is_named_with_its_number_in_one_line(line: str, message: str) -> None:
    with pytest.raises(LineError, match=message) as caught:
        list(read_texts([LINE, line], "docs.jsonl"))
    assert str(caught.value).startswith("docs.jsonl:2: ")
    assert "\n" not in str(caught.value)


def test_plain_files_are_read_whole_and_jsonl_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("\nHeading\nBody", encoding="utf8")
    (tmp_path / "docs.jsonl").write_text(LINE + "\n", encoding="utf8")
    note, line = read_texts([tmp_path / "note.txt", tmp_path / "docs.jsonl"])
    assert (note.id, note.title, note.text) == ("note", "Heading", "\nHeading\nBody")
    assert line.id == "a"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(b"\xff\xfe\x00")
    for name, message in (("x.txt", "not UTF-8"), ("none.txt", "cannot be read")):
        with pytest.raises(LineError, match=message):
            list(read_texts([tmp_path / name]))


def test_output_has_the_fields_of_the_contract(analyser: Analyser) -> None:
    rows = list(analyse_lines(analyser, read_texts([LINE, LINE.replace('"a"', '"b"')])))
    assert [row["id"] for row in rows] == ["a", "b"]
    row = json.loads(json.dumps(rows[0]))
    assert set(row) == {"id", "language", "kind", "themes", "organisations", "partnerships"}
    body = row["organisations"][0]
    assert set(body) == {"name", "type", "register_id", "mentions"}
    assert body["mentions"][0] == {"text": "Mayo Clinic", "start": 4, "end": 15}
    assert all(set(theme) == {"id", "score"} for theme in row["themes"])
