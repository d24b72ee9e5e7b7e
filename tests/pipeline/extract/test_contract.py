"""The reading contract: manifest lines in, one object a file out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.extract.contract import ManifestError, file_entries, read_manifest, run_manifest
from tests.pipeline.extract import samples


def test_a_manifest_is_read_in_order_and_a_missing_file_does_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(samples.ARTICLE)
    (tmp_path / "b.pptx").write_bytes(samples.pptx())
    lines = [
        {"id": "1", "path": "a.html", "url": "https://a.example/"},
        {"id": "2", "path": "gone.pdf"},
        {"id": "3", "path": "b.pptx"},
    ]
    manifest = tmp_path / "m.jsonl"
    manifest.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    got = list(run_manifest(read_manifest(manifest)))
    assert [(g["id"], g["outcome"]) for g in got] == [("1", "ok"), ("2", "missing"), ("3", "ok")]
    assert got[0]["published"] == "2021-04-05"
    assert got[0]["authors"] == ["Ada Marín", "Jan de Vries"]
    assert [a["page"] for a in got[2]["anchors"]] == [1, 2]
    assert json.loads(json.dumps(got)) == got


def test_paths_may_also_count_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.html").write_text(samples.ARTICLE)
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "m.jsonl").write_text('{"id": "1", "path": "a.html", "fold": 3}')
    monkeypatch.chdir(tmp_path)
    (got,) = run_manifest(read_manifest(tmp_path / "lists" / "m.jsonl"))
    assert got["outcome"] == "ok"


def test_plain_files_are_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(samples.docx())
    (got,) = run_manifest(file_entries([path]))
    assert (got["id"], got["outcome"], got["title"]) == (str(path), "ok", "Skills for digital care")


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "x"}',
        '{"id": "", "path": "a"}',
        '{"id": "x", "path": 3}',
        '{"id": "x", "path": "a", "url": 1}',
    ],
)
def test_a_bad_line_is_one_clear_error(tmp_path: Path, line: str) -> None:
    manifest = tmp_path / "m.jsonl"
    manifest.write_text('{"id": "ok", "path": "a"}\n' + line + "\n")
    with pytest.raises(ManifestError, match="line 2: ") as caught:
        list(read_manifest(manifest))
    assert "\n" not in str(caught.value)
