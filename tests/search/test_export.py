"""Exports are complete, typed, harmless in spreadsheets and never half-written."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, select

from models.session import read_session, write_session
from models.tables import Document, Mention, Partnership, PartnershipParty, PartnershipReport
from models.views import v_partnerships
from search import export as exporting
from search.export import FORMATS, TABLES, ExportError, export
from search.index import open_index
from search.query import Query
from search.runs import OUTCOME_COLUMNS
from search.service import found_ids
from search.tables import DOCUMENT_COLUMNS, MENTION_COLUMNS, OUTCOME_TYPES, PARTNERSHIP_COLUMNS, document_rows
from tests.search.factories import World

ROWS = [
    {"id": 1, "name": 'Élan, "quoted"\nline', "score": 0.5, "on": date(2021, 4, 5), "tags": ["a", "b"], "yes": True},
    {"id": 2, "name": "=1+1", "score": None, "on": None, "tags": [], "at": datetime(2026, 1, 1, 12, tzinfo=UTC)},
    {"id": 3, "name": "@sum", "score": 1, "on": date(2022, 1, 1), "tags": None, "yes": False},
]
COLUMNS = {"id": int, "name": str, "score": float, "on": date, "tags": list, "yes": bool, "at": datetime}


def written(format: str, rows: Any = ROWS, columns: Any = COLUMNS) -> io.BytesIO:  # noqa: A002
    stream = io.BytesIO()
    assert export(rows, columns, format, stream) == len(list(rows))
    stream.seek(0)
    return stream


def test_csv_is_read_back_by_pandas() -> None:
    table: Any = pd.read_csv(written("csv"), encoding="utf-8-sig")
    assert list(table.columns) == list(COLUMNS)
    assert table["name"].tolist() == ['Élan, "quoted"\nline', "'=1+1", "'@sum"]
    assert table["tags"].tolist()[0] == "a; b"
    assert table["on"].tolist()[0] == "2021-04-05"
    assert table["score"].tolist()[2] == 1


def test_json_lines_keep_every_value_as_it_is() -> None:
    rows = [json.loads(line) for line in written("jsonl").read().splitlines()]
    assert [row["name"] for row in rows] == [row["name"] for row in ROWS]
    assert rows[0]["tags"] == ["a", "b"]
    assert rows[1]["at"] == "2026-01-01T12:00:00+00:00"
    assert set(rows[2]) == set(COLUMNS)


def test_parquet_keeps_types() -> None:
    table: Any = pd.read_parquet(written("parquet"))
    assert table["id"].tolist() == [1, 2, 3]
    assert table["name"].tolist()[1] == "=1+1"
    assert table["on"].tolist()[0] == date(2021, 4, 5)
    assert table["score"].tolist()[2] == 1.0
    assert table["yes"].tolist()[0] is True


def test_parquet_takes_values_that_come_late_and_refuses_those_that_cannot_be() -> None:
    columns = {"id": int, "late": int}
    rows = [{"id": number, "late": None} for number in range(1500)] + [{"id": 1500, "late": 5}]
    assert pd.read_parquet(written("parquet", rows, columns))["late"].tolist()[-1] == 5
    rows[1400]["id"] = "text"  # type: ignore[assignment]
    with pytest.raises(ExportError, match="column id"):
        export(rows, columns, "parquet", io.BytesIO())


def test_the_schema_of_a_parquet_file_does_not_depend_on_its_rows() -> None:
    gaps, full = [dict.fromkeys(COLUMNS)], [ROWS[1] | {"yes": True}, ROWS[0]]
    schemas = [pq.read_schema(written("parquet", rows)) for rows in ([], gaps, full)]
    assert schemas[0] == schemas[1] == schemas[2]
    assert [str(field.type) for field in schemas[0]] == [
        "int64", "string", "double", "date32[day]", "string", "bool", "timestamp[us, tz=UTC]",
    ]  # fmt: skip


def test_excel_is_read_back_by_openpyxl_with_types_and_without_formulas() -> None:
    sheet = openpyxl.load_workbook(written("xlsx")).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(COLUMNS)
    assert rows[1][:3] == (1, 'Élan, "quoted"\nline', 0.5)
    assert rows[1][3] == datetime(2021, 4, 5)  # noqa: DTZ001  # Excel has no zones
    assert [row[1] for row in rows[2:]] == ["'=1+1", "'@sum"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_more_rows_than_a_sheet_holds_go_on_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "SHEET_ROWS", 11)
    book = openpyxl.load_workbook(written("xlsx", [{"n": number} for number in range(25)], {"n": int}))
    assert [len(list(sheet.iter_rows())) for sheet in book.worksheets] == [11, 11, 6]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_no_cell_begins_like_a_formula(start: str, format: str) -> None:  # noqa: A002
    stream = written(format, [{"a": f"{start}cmd", "b": [f"{start}x", "y"], "n": -5}], {"a": str, "b": list, "n": int})
    table: Any = pd.read_csv(stream) if format == "csv" else pd.read_excel(stream)
    assert table.loc[0, "a"].startswith("'")
    assert table.loc[0, "b"].startswith("'")
    assert table.loc[0, "n"] == -5


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_table_has_its_columns(format: str) -> None:  # noqa: A002
    stream = written(format, [])
    reader: Any = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}.get(format)
    if reader is None:
        assert stream.read() == b""
    else:
        assert list(reader(stream).columns) == list(COLUMNS)


@pytest.mark.parametrize("format", FORMATS)
def test_a_failure_leaves_no_file_and_no_trace(tmp_path: Path, format: str) -> None:  # noqa: A002
    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"id": number} for number in range(1200))
        raise RuntimeError("the database went away")

    target = tmp_path / f"table.{format}"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="went away"):
        export(rows(), {"id": int}, format, target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    assert export(iter([{"id": 1}]), {"id": int}, format, target) == 1
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() != b"old"


def test_an_unknown_format_is_an_export_error(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="csv, jsonl, parquet, xlsx"):
        export([], {"id": int}, "doc", tmp_path / "table.doc")


@pytest.mark.parametrize("format", FORMATS)
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, format: str) -> None:  # noqa: A002
    def peak(count: int) -> int:
        tracemalloc.start()
        rows = ({"id": n, "text": f"row {n} " * 20} for n in range(count))
        export(rows, {"id": int, "text": str}, format, tmp_path / "t")
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(8_000) < 1.5 * peak(3_000)


@pytest.fixture
def filled(world: World) -> World:
    world.source()
    world.theme("skills", "Skills")
    eit, lund, double = (world.organisation(name) for name in ("EIT Health", "Lund University", "Lund Univ."))
    number = world.document("=MoU", "They sign.", published="2021-04", organisations=(eit, double), themes=("skills",))
    world.document("Other", "licence")
    world.partnership(number, eit, double, evidence="They sign.", signed="2021-04")
    world.merge(double, lund)
    world.run("a")
    world.capture("a", "https://news.example/x", "filtered", reason="robots")
    return world


EXPECTED = {"documents": 2, "partnerships": 1, "organisations": 2, "mentions": 2, "outcomes": 1}


def test_every_table_is_exported_whole_in_every_format(engine: Engine, filled: World, tmp_path: Path) -> None:
    assert set(TABLES) == set(EXPECTED)
    with read_session(engine) as session:
        for name, (columns, rows) in TABLES.items():
            assert all(set(row) == set(columns) for row in rows(session))
            for format in FORMATS:  # noqa: A001
                assert export(rows(session), columns, format, tmp_path / "out") == EXPECTED[name]


def test_tables_join_what_belongs_together(engine: Engine, filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.tables.BATCH", 1)
    with read_session(engine) as session:
        found = {name: list(rows(session)) for name, (_, rows) in TABLES.items()}
    assert [row["title"] for row in found["documents"]] == ["=MoU", "Other"]
    assert found["documents"][0]["organisations"] == ["EIT Health", "Lund University"]
    assert found["documents"][0]["themes"] == ["skills"]
    (partnership,) = found["partnerships"]
    assert partnership["parties"] == ["EIT Health", "Lund University"]
    assert partnership["party_ids"] == ["1", "2"]
    assert [row["name"] for row in found["organisations"]] == ["EIT Health", "Lund University"]
    assert found["organisations"][0]["partners"] == ["Lund University"]
    assert [row["organisation"] for row in found["mentions"]] == ["EIT Health", "Lund University"]
    assert [row["reason"] for row in found["outcomes"]] == ["robots"]


def test_every_value_has_the_type_that_its_column_declares(engine: Engine, filled: World) -> None:
    with read_session(engine) as session:
        for name, (columns, rows) in TABLES.items():
            for row in rows(session):
                wrong = {key: row[key] for key, kind in columns.items() if not isinstance(row[key], kind | None)}
                assert wrong == {}, name


def python_type(column: Any) -> type:
    """The type of a column's values; our own types of time and JSON stand on one of SQLAlchemy's."""
    found: type = getattr(column.type, "impl", column.type).python_type
    return found


def test_declared_types_are_those_of_the_tables_of_the_database() -> None:
    for column in OUTCOME_COLUMNS:
        assert OUTCOME_TYPES[column.key] is python_type(column), column.key
    assert list(OUTCOME_TYPES) == [column.key for column in OUTCOME_COLUMNS]
    for names, model in ((DOCUMENT_COLUMNS, Document), (PARTNERSHIP_COLUMNS, Partnership), (MENTION_COLUMNS, Mention)):
        shared = set(names) & set(model.__table__.columns.keys()) - {"authors"}
        assert {name: names[name] for name in shared} == {
            name: python_type(model.__table__.columns[name]) for name in shared
        }


def test_a_partnership_says_where_its_best_evidence_stands(engine: Engine, filled: World) -> None:
    filled.source("mirror", "Mirror")
    other = filled.document("Better", "Intro. They signed.", source="mirror", published="2021-05")
    with write_session(engine) as session:
        session.add(
            PartnershipReport(
                partnership_id=1, document_id=other, parties=[], parties_key="1,2", kind="mou", status="signed",
                confidence=0.95, evidence="They signed.", evidence_start=7, evidence_end=19, page=3,
            )
        )  # fmt: skip
        session.get_one(PartnershipParty, (1, 1)).role = "funder"
    with read_session(engine) as session:
        ((columns, rows), view) = TABLES["partnerships"], session.execute(select(v_partnerships)).one()
        (row,) = rows(session)
    assert (row["evidence"], row["document_id"], row["source"]) == ("They signed.", other, "Mirror")
    assert (row["evidence_page"], row["evidence_start"], row["evidence_end"]) == (3, 7, 19)
    assert (row["evidence"], row["document_id"], row["url"]) == (view.evidence, view.document_id, view.url)
    assert row["all_evidence"] == ["They sign.", "They signed."]
    assert row["roles"] == ["EIT Health (funder)"]
    assert pd.read_csv(written("csv", [row], columns))["roles"].tolist() == ["EIT Health (funder)"]


def test_a_search_is_exported_without_paging(engine: Engine, filled: World, folder: Path) -> None:
    index = open_index(engine, folder)
    with read_session(engine) as session:
        rows = list(document_rows(session, found_ids(session, index, Query("licence", limit=1))))
    assert [row["title"] for row in rows] == ["Other"]
