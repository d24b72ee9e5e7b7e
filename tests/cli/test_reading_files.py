"""`pactwatch extract` and `analyse`: the two contracts on files and pipes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import call, spawn

PAGE = (
    "<html><head><title>Two hospitals agree</title></head><body><article>"
    "<h1>Two hospitals agree</h1><p>{}</p></article></body></html>"
)
SENTENCE = "Philips and Karolinska University Hospital signed a memorandum of understanding in May 2021. "
LINE = json.dumps({"id": "a", "title": "Agreement", "text": SENTENCE.strip()})


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(SENTENCE * 12), encoding="utf8")
    return path


def test_extract_reads_files_in_the_order_given(tmp_path: Path, page: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing that follows is one")
    ran = call(tmp_path, "extract", page, broken, tmp_path / "none.html")
    assert ran.code == 0
    assert [row["outcome"] for row in ran.rows] == ["ok", "damaged", "missing"]
    assert ran.rows[0]["title"] == "Two hospitals agree"
    assert SENTENCE.strip() in ran.rows[0]["text"]


def test_extract_reads_a_manifest_and_writes_a_file(tmp_path: Path, page: Path) -> None:
    manifest, output = tmp_path / "m.jsonl", tmp_path / "out.jsonl"
    manifest.write_text(json.dumps({"id": "one", "path": page.name, "note": "the writer's own"}) + "\n\n")
    ran = call(tmp_path, "extract", "--manifest", manifest, "-o", output)
    assert (ran.code, ran.out) == (0, "")
    (row,) = [json.loads(line) for line in output.read_text(encoding="utf8").splitlines()]
    assert (row["id"], row["outcome"]) == ("one", "ok")


def test_extract_reads_a_manifest_from_standard_input(tmp_path: Path, page: Path) -> None:
    ran = spawn(tmp_path, "extract", "--manifest", "-", stdin=json.dumps({"id": "one", "path": str(page)}).encode())
    assert [row["outcome"] for row in ran.rows] == ["ok"]


def test_analyse_keeps_ids_and_offsets_of_lines_given_on_standard_input(tmp_path: Path) -> None:
    ran = spawn(tmp_path, "analyse", "--input", "-", stdin=b"\xef\xbb\xbf" + LINE.encode() + b"\n\n")
    assert ran.code == 0, ran.err
    (row,) = ran.rows
    assert row["id"] == "a"
    for organisation in row["organisations"]:
        for mention in organisation["mentions"]:
            assert SENTENCE[mention["start"] : mention["end"]] == mention["text"]


def test_analyse_reads_a_file_of_lines_plain_text_and_writes_a_file(tmp_path: Path) -> None:
    lines, text, output = tmp_path / "docs.txt", tmp_path / "note.txt", tmp_path / "out.jsonl"
    lines.write_text(LINE + "\n", encoding="utf8")
    text.write_text(f"Agreement\n\n{SENTENCE}", encoding="utf8")
    ran = call(tmp_path, "analyse", "--input", lines, text, "-o", output)
    assert (ran.code, ran.out) == (0, "")
    assert [json.loads(line)["id"] for line in output.read_text(encoding="utf8").splitlines()] == ["a", "note"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"no json", "not JSON"),
        (b"[1]", "expected an object"),
        (b'{"id": "b"}', "'text' is missing"),
        (b'{"id": 7, "text": "x"}', "not a string"),
        (b'{"id": "b", "text": "\xff"}', "not UTF-8"),
        (b'{"id": "b", "text": "\\ud800"}', "surrogate"),
        (b'{"id": "b", "text": "x", "published": "soon"}', "no date"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_line_ends_analyse_in_one_line_and_no_file_appears(tmp_path: Path, line: bytes, said: str) -> None:
    given, output = tmp_path / "docs.jsonl", tmp_path / "out.jsonl"
    given.write_bytes(LINE.encode() + b"\n" + line + b"\n")
    ran = call(tmp_path, "analyse", "--input", given, "-o", output)
    assert ran.code == 2
    assert said in ran.mistake
    assert f"{given}:2" in ran.mistake
    assert list(tmp_path.iterdir()) == [given]


def test_a_bad_line_ends_extract_in_one_line_and_an_older_file_stays(tmp_path: Path, page: Path) -> None:
    manifest, output = tmp_path / "m.jsonl", tmp_path / "out.jsonl"
    manifest.write_text(json.dumps({"id": "one", "path": str(page)}) + '\n{"id": "two"}\n')
    output.write_text("older")
    ran = call(tmp_path, "extract", "--manifest", manifest, "-o", output)
    assert ran.code == 2
    assert "line 2: no text in 'path'" in ran.mistake
    assert output.read_text() == "older"
    assert {path.name for path in tmp_path.iterdir()} == {"m.jsonl", "out.jsonl", "page.html"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyse"],
        ["extract"],
        ["analyse", "none.txt"],
        ["analyse", "--input", "none.jsonl"],
        ["extract", "--manifest", "none.jsonl"],
        ["extract", "README.md", "-o", "no/such/folder/out.jsonl"],
        ["extract", "README.md", "-o", "."],
    ],
)
def test_nothing_to_read_and_nowhere_to_write_are_told_in_one_line(tmp_path: Path, arguments: list[str]) -> None:
    ran = call(tmp_path, *arguments)
    assert ran.code == 2
    assert ran.mistake
