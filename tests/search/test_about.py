"""Every export says what was asked, when, and how the sources stood; and nobody's reader stumbles over it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.session import read_session
from search.about import About, asked_for
from search.export import export
from search.standing import latest_run, standing
from tests.search.factories import World

AT = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
NASTY = '"memo", =1+1; @x\t|#\n-2 שלום 🧬'
ABOUT = About("documents", f"q={NASTY}", AT, "1 of 2 sources healthy · quiet-one broken (never good)")
COLUMNS = {"id": int, "url": str, "text": str, "tags": list}
ROWS: list[dict[str, Any]] = [
    {"id": 1, "url": "https://a.example/#top", "text": "# begins", "tags": ["#a", "b"]},
    {"id": 2, "url": "https://a.example/2", "text": 'says "no #1",\n# and a line of its own', "tags": []},
    {"id": 3, "url": "#", "text": "a#b", "tags": None},
]


def written(format: str, about: About | None = ABOUT, rows: Any = ROWS, columns: Any = COLUMNS) -> io.BytesIO:  # noqa: A002
    stream = io.BytesIO()
    export(rows, columns, format, stream, about)
    stream.seek(0)
    return stream


def test_the_line_says_query_date_and_coverage() -> None:
    line = ABOUT.line()
    assert "\n" not in line and "\t" not in line
    assert 'query: q="memo", =1+1; @x |# -2 שלום 🧬 ·' in line
    assert "exported 2026-11-24 15:20 UTC" in line
    assert line.endswith("1 of 2 sources healthy · quiet-one broken (never good)")
    assert "query: everything" in About("documents", "", AT, "").line()
    assert asked_for([("q", "a b"), ("theme", "x")]) == "q=a b & theme=x"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_pandas_reads_a_csv_in_one_line_and_cuts_nothing_off_at_a_hash(encoding: str) -> None:
    frame: Any = pd.read_csv(written("csv"), comment="#", encoding=encoding)
    assert list(frame.columns) == list(COLUMNS)
    assert frame["id"].tolist() == [1, 2, 3]
    assert frame["url"].tolist() == [row["url"] for row in ROWS]
    assert frame["text"].tolist() == [row["text"] for row in ROWS]
    assert frame["tags"].tolist()[0] == "#a; b"
    assert frame["tags"].isna().tolist() == [False, True, True]


def test_a_csv_is_read_by_passing_over_its_first_line_too() -> None:
    frame: Any = pd.read_csv(written("csv"), skiprows=1, encoding="utf-8-sig")
    assert frame["text"].tolist() == [row["text"] for row in ROWS]


def test_without_the_line_a_csv_begins_with_its_columns() -> None:
    assert written("csv", None).read().decode("utf-8-sig").startswith("id,url,text,tags\r\n")


@given(st.text(max_size=60))
def test_whatever_is_asked_the_line_of_a_csv_is_one_harmless_cell(query: str) -> None:
    about = About("documents", query, AT, "")
    content = written("csv", about, [], {"id": int}).read().decode("utf-8-sig")
    for delimiter in (",", ";", "\t", "|"):
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
        assert len(rows) == 2 and rows[1] == ["id"]
        assert len(rows[0]) == 1 and rows[0][0].startswith("# Pactwatch")
    header = about.header()
    assert header.isascii() and header.isprintable()
    assert unquote(header) == about.line().encode("utf8", "replace").decode()


def test_a_header_stays_short_whatever_is_asked() -> None:
    assert len(About("documents", "🧬" * 5000, AT, "fine").header()) < 4500
    assert About("documents", "🧬" * 5000, AT, "fine").header().endswith("fine")


def test_json_lines_carry_it_in_the_first_row_and_have_no_row_of_their_own() -> None:
    rows = [json.loads(line) for line in written("jsonl").read().splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert rows[0]["_about"]["line"] == ABOUT.line()
    assert rows[0]["_about"]["at"] == "2026-11-24T15:20:00Z"
    assert "_about" not in rows[1]
    assert written("jsonl", ABOUT, []).read() == b""


def test_parquet_carries_it_as_metadata_that_pandas_shows() -> None:
    assert json.loads(pq.read_schema(written("parquet")).metadata[b"pactwatch"])["coverage"] == ABOUT.coverage
    frame = pd.read_parquet(written("parquet"))
    assert frame.attrs["pactwatch"]["line"] == ABOUT.line()
    assert list(frame.columns) == list(COLUMNS)


def test_excel_carries_it_on_a_sheet_behind_the_rows() -> None:
    book = openpyxl.load_workbook(written("xlsx", About("documents", "=cmd", AT, "=x")))
    assert book.sheetnames == ["Rows 1", "About"]
    facts: dict[Any, Any] = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert facts["what"] == "documents"
    assert (facts["query"], facts["coverage"]) == ("'=cmd", "'=x")
    assert all(cell.data_type != "f" for row in book["About"].iter_rows() for cell in row)


@pytest.fixture
def sources(world: World) -> Iterator[World]:
    for name, more in {
        "fine": {},
        "gone": {},
        "off": {"declaration": {"enabled": False}},
        "slow": {"declaration": {"every_hours": 720, "expect": {"days": 2}}},
        "adhoc": {},
    }.items():
        world.source(name, name, **more)
        for day in (3, 1):
            state = "empty" if name == "gone" and day < 3 else "completed"
            if name != "gone" or day < 3:
                world.run(f"{name}-{day}", name, started_at=AT - timedelta(days=day), finished_at=AT, state=state)
    world.run("gone-0", "gone", started_at=AT - timedelta(hours=3), finished_at=AT, state="empty", message="0 seen")
    yield world


def test_the_coverage_counts_healthy_sources_and_names_the_others(engine: Engine, sources: World) -> None:
    with read_session(engine) as session:
        found = standing(session, AT)
        before = latest_run(session)
    assert (found.total, found.healthy) == (3, 1)
    assert found.told() == "1 of 3 sources healthy · gone broken (never good) · slow quiet (nothing new yet)"
    sources.run("later", "fine", started_at=AT, finished_at=AT + timedelta(hours=1))
    with read_session(engine) as session:
        assert latest_run(session) != before


def test_without_a_crawl_that_is_said(engine: Engine) -> None:
    with read_session(engine) as session:
        assert standing(session, AT).told() == "no source has been crawled"


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_query_of_bytes_that_are_no_text_breaks_no_file(ending: str) -> None:
    about = About("documents", "caf\udcff", AT, "")
    assert "query: caf\ufffd ·" in about.line() and unquote(about.header()) == about.line()
    assert written(ending, about).getbuffer().nbytes > 0
