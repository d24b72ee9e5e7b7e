"""What operators type: runs, reindex, db upgrade, doctor."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from models.states import RunState
from tests.cli.calling import call
from tests.crawlers.site import Site


def test_runs_lists_the_latest_first_and_one_run_lists_its_urls(filled: Path) -> None:
    rows = call(filled, "runs", "--json").rows
    assert {row["source_id"]: row["state"] for row in rows} == {
        "sample-courier": "completed",
        "sample-podcast": "empty",
    }
    courier = next(row["id"] for row in rows if row["source_id"] == "sample-courier")
    urls = call(filled, "runs", courier, "--json").rows
    assert len(urls) == 12
    assert [row["reason"] for row in urls if row["outcome"] == "filtered"] == ["robots"]
    assert courier in call(filled, "runs").out, "an id stays in one piece"
    assert "robots" in call(filled, "runs", courier).out


def test_runs_can_be_filtered_and_an_unknown_one_is_refused(filled: Path) -> None:
    assert [row["source_id"] for row in call(filled, "runs", "--state", "empty", "--json").rows] == ["sample-podcast"]
    assert call(filled, "runs", "--source", "sample-podcast", "--state", "completed", "--json").rows == []
    assert "no run 'nope'" in call(filled, "runs", "nope").mistake
    assert call(filled, "runs", "--state", "asleep").code == 2
    for state in RunState:
        assert call(filled, "runs", "--state", state.value, "--json").code == 0


def test_reindex_builds_the_index_anew_from_the_database_alone(copied: Path) -> None:
    before = call(copied, "search", "health", "--json").out
    shutil.rmtree(copied / "index")
    ran = call(copied, "reindex")
    assert (ran.code, ran.out) == (0, f"10 documents indexed in {copied / 'index'}\n")
    assert call(copied, "search", "health", "--json").out == before


def test_upgrading_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    first, second = call(tmp_path, "db", "upgrade"), call(tmp_path, "db", "upgrade")
    assert (first.code, second.code) == (0, 0)
    assert "(new database)" in first.out
    assert "nothing to do" in second.out


@pytest.mark.parametrize("command", [["search", "x"], ["db", "upgrade"], ["runs"], ["crawl", "http://127.0.0.1:9/"]])
def test_a_database_from_a_newer_version_is_refused_and_left_alone(copied: Path, command: list[str]) -> None:
    path = copied / "pactwatch.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    ran = call(copied, *command)
    assert ran.code == 2
    assert "newer version of Pactwatch (schema 9999): upgrade Pactwatch" in ran.mistake
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM document").fetchone() == (10,)
    connection.close()


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "pactwatch.db").write_text("not a database at all, whatever its name says")
    assert "file is not a database" in call(tmp_path, "search", "x").mistake


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not a url", "write sqlite:///FILE"),
        ("oracle9://x", "write sqlite:///FILE"),
        ("mysql://user@host/x", "no driver"),
        ("postgresql+psycopg://user:secret@127.0.0.1:1/x", "Connection refused"),
    ],
)
@pytest.mark.parametrize("command", [["partnerships"], ["db", "upgrade"]])
def test_a_database_url_that_does_not_work_is_told_in_one_line(
    tmp_path: Path, command: list[str], url: str, said: str
) -> None:
    ran = call(tmp_path, *command, PACTWATCH_DATABASE_URL=url)
    assert ran.code in {1, 2}
    assert said in ran.mistake
    assert "secret" not in ran.err


def checks(data: Path, **values: str) -> tuple[int, dict[str, dict[str, object]]]:
    ran = call(data, "doctor", "--json", **values)
    return ran.code, {row["check"]: row for row in ran.rows}


def test_the_doctor_finds_a_filled_folder_well(filled: Path) -> None:
    code, found = checks(filled)
    assert (code, [name for name, row in found.items() if not row["well"]]) == (0, [])
    assert list(found) == [
        "declarations", "model", "database", "documents", "index", "archive", "records", "disk", "browser", "prefect",
    ]  # fmt: skip
    assert found["index"]["detail"] == "current: 10 of 10 documents"
    assert "NOT WELL" not in call(filled, "doctor").out


def test_the_doctor_tells_documents_that_another_analyser_read_as_a_warning(copied: Path) -> None:
    with sqlite3.connect(copied / "pactwatch.db") as connection:
        connection.execute("UPDATE document SET analyser = 'old-1' WHERE id IN (SELECT id FROM document LIMIT 3)")
    connection.close()
    code, found = checks(copied)
    assert (code, found["documents"]["well"]) == (0, True)
    assert found["documents"]["mend"] == "3 documents: pactwatch reprocess --outdated"


def test_the_doctor_tells_records_that_the_archive_has_lost(copied: Path) -> None:
    next((copied / "archive").glob("*/*.warc.gz")).unlink()
    code, found = checks(copied)
    assert code == 1
    assert found["archive"]["well"]
    assert "cannot be read" in str(found["records"]["detail"])
    assert "backup" in str(found["records"]["mend"])


def test_the_doctor_is_content_with_an_empty_folder(tmp_path: Path) -> None:
    assert checks(tmp_path)[0] == 0
    assert not (tmp_path / "pactwatch.db").exists()


def test_the_doctor_tells_a_broken_index_and_how_to_mend_it(copied: Path) -> None:
    for file in (copied / "index").glob("g-*/*"):
        if file.suffix in {".store", ".idx", ".term"}:
            file.write_bytes(b"\0" * file.stat().st_size)
    code, found = checks(copied)
    assert code == 1
    assert not found["index"]["well"]
    assert found["index"]["mend"] == "pactwatch reindex"
    assert "NOT WELL" in call(copied, "doctor").out
    assert call(copied, "reindex").code == 0
    assert checks(copied)[0] == 0


def test_the_doctor_tells_a_server_that_does_not_answer(tmp_path: Path, site: Site) -> None:
    code, found = checks(tmp_path, PACTWATCH_PREFECT_API_URL="http://127.0.0.1:1/api")
    assert code == 1
    assert "does not answer" in str(found["prefect"]["detail"])
    assert "PACTWATCH_PREFECT_API_URL" in str(found["prefect"]["mend"])
    site.add("/api/health", "true", "application/json")
    assert checks(tmp_path, PACTWATCH_PREFECT_API_URL=site.url("/api"))[0] == 0


def test_the_doctor_tells_a_declaration_that_is_wrong_with_file_and_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("sources:\n  - id: news\n    name: [\n")
    code, found = checks(tmp_path, PACTWATCH_SOURCES_FILE=str(bad))
    assert code == 1
    assert f"{bad}:" in str(found["declarations"]["detail"])
    assert found["model"]["well"], "the other checks still run"


@pytest.mark.parametrize("url", ["foo://x", "oracle9://x"])
def test_the_doctor_tells_urls_that_nobody_knows(tmp_path: Path, url: str) -> None:
    code, found = checks(tmp_path, PACTWATCH_ARCHIVE_URL=url, PACTWATCH_DATABASE_URL=url)
    assert code == 1
    for name in ("archive", "database", "index"):
        assert not found[name]["well"]
        assert "_URL" in f"{found[name]['detail']} {found[name]['mend']}"


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    assert "PACTWATCH_WORKERS" in call(tmp_path, "doctor", PACTWATCH_WORKERS="none").mistake


def test_a_crawl_refuses_a_prefect_server_that_does_not_answer(tmp_path: Path) -> None:
    ran = call(tmp_path, "crawl", "http://127.0.0.1:9/", PACTWATCH_PREFECT_API_URL="http://127.0.0.1:1/api")
    assert ran.code == 2
    assert "does not answer" in ran.mistake
