"""Register files of every published form are read alike; a bad one is refused in one line and changes nothing."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.session import write_session
from pipeline.register.reading import RegisterFileError, read_register
from pipeline.register.records import RecordError, entry_of, ror_id
from pipeline.register.store import import_register

ID, PARENT = "https://ror.org/012a77v79", "https://ror.org/012a77v80"
FLAT: dict[str, Any] = {
    "id": ID, "name": "Lund University", "labels": [["Lunds universitet", "sv"]], "aliases": ["Universitas Lundensis"],
    "acronyms": ["LU"], "types": ["funder", "Education"], "country": "SE", "city": "Lund", "status": "active",
    "relationships": [{"type": "Parent", "id": PARENT, "label": "Whole"}],
}  # fmt: skip
FIRST = FLAT | {
    "labels": [{"label": "Lunds universitet", "iso639": "sv"}],
    "country": {"country_code": "SE", "country_name": "Sweden"},
    "addresses": [{"city": "Lund", "lat": 55.7}],
}
del FIRST["city"]
SECOND: dict[str, Any] = {
    "id": ID, "status": "active", "types": ["education", "funder"],
    "names": [
        {"value": "LU", "types": ["acronym"], "lang": None},
        {"value": "Lund University", "types": ["ror_display", "label"], "lang": "en"},
        {"value": "Lunds universitet", "types": ["label"], "lang": "sv"},
        {"value": "Universitas Lundensis", "types": ["alias"], "lang": None},
    ],
    "locations": [{"geonames_id": 1, "geonames_details": {"name": "Lund", "country_code": "SE"}}],
    "relationships": [{"type": "parent", "id": PARENT, "label": "Whole"}],
}  # fmt: skip


def dump(path: Path, *records: Any) -> Path:
    path.write_text(json.dumps(list(records), indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def load(engine: Engine, path: Path) -> dict[str, int]:
    with write_session(engine) as session:
        return import_register(session, read_register(path))


def names(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT key, how, weak FROM register_name ORDER BY key"))
        return [(key, how, bool(weak)) for key, how, weak in found]


@pytest.mark.parametrize("record", [FIRST, SECOND], ids=["schema 1", "schema 2"])
def test_every_schema_says_the_same(record: dict[str, Any]) -> None:
    assert entry_of(record) == entry_of(FLAT)
    assert entry_of(record).kind == "education"


def test_arrays_lines_gzip_and_zip_are_read_alike(tmp_path: Path) -> None:
    other = FLAT | {"id": PARENT, "name": "Whole"}
    plain = dump(tmp_path / "a.json", SECOND, other)
    lines = tmp_path / "a.jsonl.gz"
    with gzip.open(lines, "wt") as file:
        file.write("".join(json.dumps(record) + "\n" for record in (FLAT, other)))
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("v1-ror-data.json", "[]")
        archive.writestr("v1-ror-data_schema_v2.json", plain.read_text())
        archive.writestr("v1-ror-data.csv", "id")
    expected = [entry_of(FLAT), entry_of(other)]
    assert [list(read_register(path)) for path in (plain, lines, packed)] == [expected] * 3


def test_acronyms_are_weak_under_any_heading_and_companies_go_by_their_bare_name() -> None:
    forms = {form.name: form for form in entry_of(FLAT | {"aliases": ["LUXX"], "name": "Novo (Denmark)"}).names}
    assert (forms["LU"].weak, forms["LUXX"].weak, forms["Novo"].how) == (True, True, "name")


def test_a_national_branch_is_told() -> None:
    assert entry_of(FLAT | {"name": "Abbott (Brazil)", "types": ["company"]}).branch
    assert not entry_of(FLAT | {"name": "Abbott (Brazil)", "types": ["company"], "relationships": []}).branch


def test_ids_have_one_spelling() -> None:
    assert {ror_id(one) for one in (ID, "ror.org/012A77V79", "http://ror.org/012a77v79/")} == {ID}
    assert [ror_id(one) for one in ("https://ror.org/1", None, 3, "https://evil.org/012a77v79")] == [None] * 4


@pytest.mark.parametrize("record", [[], {}, {"id": ID}, FLAT | {"status": "odd"}, FLAT | {"id": "x"}])
def test_what_is_no_record_is_refused(record: Any) -> None:
    with pytest.raises(RecordError):
        entry_of(record)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no records"), (b"[]", "no records"), (b"<html>", "after record 0"), (b'[{"id": "x"}]', "record 1: 'id'"),
        (json.dumps([FLAT])[:-1].encode(), "after record 1"),
        (json.dumps([FLAT, FLAT])[:-9].encode(), "after record 1"),
        (b"PK\x03\x04broken", "damaged"), (b"\x1f\x8bbroken", "damaged"), (b'[{"id": "\xff"}]', "damaged"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_line_and_leaves_the_register(
    tmp_path: Path, engine: Engine, content: bytes, said: str
) -> None:
    load(engine, dump(tmp_path / "good.json", SECOND))
    before = names(engine)
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    with pytest.raises(RegisterFileError, match=said) as err:
        load(engine, bad)
    assert "\n" not in str(err.value)
    assert names(engine) == before


def test_a_missing_file_and_an_id_that_comes_twice_are_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(RegisterFileError, match="check the path"):
        load(engine, tmp_path / "none.json")
    with pytest.raises(RegisterFileError, match="twice"):
        load(engine, dump(tmp_path / "a.json", FLAT, SECOND))
    assert names(engine) == []


def test_importing_again_changes_nothing_and_a_new_file_replaces_the_old(tmp_path: Path, engine: Engine) -> None:
    other = FLAT | {"id": PARENT, "name": "Whole", "relationships": []}
    file = dump(tmp_path / "a.json", FLAT, other)
    assert load(engine, file)["new"] == 2
    before = names(engine)
    assert load(engine, file) == {"new": 0, "changed": 0, "unchanged": 2, "withdrawn": 0, "removed": 0}
    assert names(engine) == before
    newer = dump(tmp_path / "b.json", FLAT | {"status": "withdrawn"})
    assert load(engine, newer) == {"new": 0, "changed": 1, "unchanged": 0, "withdrawn": 1, "removed": 1}
    assert names(engine) == []
    assert load(engine, file)["changed"] == 2
    assert names(engine) == before
