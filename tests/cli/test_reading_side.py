"""What analysts type, against a database that a real crawl has filled."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cli.analyst import AgreementKind, Status
from config.agreements import KINDS, StatusWords
from tests.cli.calling import Ran, call

QUESTION = '"memorandum of understanding"'
TABLES = ("documents", "partnerships", "organisations", "mentions", "outcomes")


def test_nightly_says_in_json_what_became_of_every_url_and_who_is_not_green(first_run: tuple[Path, Ran]) -> None:
    _, ran = first_run
    told = ran.rows[-1]
    assert ran.code == 1
    assert (told["fetched"], told["filtered"], told["failed"], told["unreachable"], told["unchanged"]) == (
        12,
        1,
        0,
        0,
        0,
    )
    assert told["documents"] == {"new": 10}
    assert list(told["not_green"]) == ["sample-podcast"]


def test_search_prints_hits_with_id_date_source_and_address(filled: Path) -> None:
    ran = call(filled, "search", QUESTION)
    assert ran.code == 0
    assert "Medical societies and EIT Health" in ran.out
    assert "2021-04-07 · Health Innovation Courier (sample)" in ran.out
    assert "/news/2021/04/eit-health-and-medical-societies/" in ran.out


def test_search_in_json_is_one_object_with_hits_and_facets(filled: Path) -> None:
    (page,) = call(filled, "search", QUESTION, "--json").rows
    assert page["total"] == len(page["hits"])
    assert page["hits"][0]["title"].startswith("Medical societies")
    assert {"value": "en", "label": "en", "count": page["total"]} in page["facets"]["language"]


def test_words_of_a_search_need_no_quotes(filled: Path) -> None:
    quoted, plain = (
        call(filled, "search", "--json", *words) for words in (["societies health"], ["societies", "health"])
    )
    assert quoted.out == plain.out


def test_search_shows_facets_where_asked(filled: Path) -> None:
    assert "\nlanguage: en (" in call(filled, "search", "health", "--facets").out
    assert "\nlanguage: " not in call(filled, "search", "health").out


def test_facets_and_hits_print_the_ids_that_a_query_takes(filled: Path) -> None:
    out = call(filled, "search", QUESTION, "--facets").out
    (page,) = call(filled, "search", QUESTION, "--json").rows
    themes = page["facets"]["theme"]
    assert themes
    for theme in themes:
        assert f"{theme['label']} [{theme['value']}] ({theme['count']})" in out
    assert "Health Innovation Courier (sample) [sample-courier] · " in out
    assert "language: en (" in out


@pytest.mark.parametrize(
    "words",
    [["data", "-memorandum"], ["-memorandum", "data"], ["-memorandum data"], ["-n", "50", "-memorandum", "data"]],
)
def test_a_word_after_a_minus_is_no_option(filled: Path, words: list[str]) -> None:
    wanted = call(filled, "search", "--json", "-n50", "data NOT memorandum")
    without = call(filled, "search", "--json", "-n", "50", *words)
    assert without.code == 0, without.err
    assert [hit["id"] for hit in without.rows[0]["hits"]] == [hit["id"] for hit in wanted.rows[0]["hits"]]
    (every,) = call(filled, "search", "--json", "-n50", "data").rows
    assert 0 < without.rows[0]["total"] < every["total"]


def test_options_that_there_are_not_are_still_refused(filled: Path) -> None:
    assert "--nothing" in call(filled, "search", "data", "--nothing").mistake
    assert call(filled, "search", "data", "-n", "-5").code == 2


def test_search_pages_on(filled: Path) -> None:
    (whole,) = call(filled, "search", "health", "--json", "-n", 4).rows
    (rest,) = call(filled, "search", "health", "--json", "-n", 2, "--offset", 2).rows
    assert [hit["id"] for hit in rest["hits"]] == [hit["id"] for hit in whole["hits"]][2:]
    assert "more: --offset 2" in call(filled, "search", "health", "-n", 2).out


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("health AND (", "health AND (>>"),
        ("date:yesterday", ">>"),
        ('"open', '>>"open'),
        ("lang:en colour:red", ">>colour"),
        ("theme: education-skills", "theme:>> education-skills"),
        ("theme:education", "education-skills (Education and skills), at character 7: theme:>>education"),
        ("kind:nonsense", "known are partnership, "),
    ],
)
def test_a_mistake_in_a_query_is_marked_where_it_is(filled: Path, query: str, marked: str) -> None:
    ran = call(filled, "search", query)
    assert ran.code == 2
    assert marked in ran.mistake
    assert ran.out == ""


def test_partnerships_show_the_facts_and_the_sentence_that_says_so(filled: Path) -> None:
    out = call(filled, "partnerships", "--with", "EIT Health", "--kind", "mou").out
    assert "EIT Health" in out
    assert "24 months" in out
    assert "signed a memorandum of understanding (MoU) in April 2021" in out


def test_partnership_filters_narrow_and_json_is_a_line_each(filled: Path) -> None:
    every = call(filled, "partnerships", "--json").rows
    mous = call(filled, "partnerships", "--json", "--kind", "mou").rows
    assert 0 < len(mous) < len(every)
    assert {row["kind"] for row in mous} == {"mou"}
    assert call(filled, "partnerships", "--json", "--min-confidence", 1).rows == []
    both = call(filled, "partnerships", "--json", "--with", "EIT Health", "--with", "BioMed Alliance").rows
    assert all({"EIT Health"} < {party["name"] for party in row["parties"]} for row in both)
    assert both
    assert call(filled, "partnerships", "--with", "Nobody at all").out == "no partnerships\n"
    assert call(filled, "partnerships", "--json", "--since", "2021-04-01", "--until", "2021-04-30").rows
    assert call(filled, "partnerships", "--json", "--until", "1999-12-31").rows == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "moo"], "'mou'"),
        (["--status", "asleep"], "'signed'"),
        (["--with", "a", "--with", "b", "--with", "c"], "twice at most"),
        (["--since", "2021-02-30"], "2021-02-30"),
        (["--since", "2022-01-01", "--until", "2021-01-01"], "later than"),
    ],
)
def test_filters_that_make_no_sense_are_refused(filled: Path, arguments: list[str], said: str) -> None:
    ran = call(filled, "partnerships", *arguments)
    assert ran.code == 2
    assert said in ran.mistake


def test_organisations_are_found_by_a_part_of_any_name(filled: Path) -> None:
    rows = call(filled, "organisations", "biomed", "--json").rows
    assert "Biomedical Alliance in Europe" in {row["name"] for row in rows}
    assert len(call(filled, "organisations", "--json", "-n", 3).rows) == 3
    assert "BioMed Alliance" in call(filled, "organisations", "biomed").out


def test_show_gives_the_whole_document(filled: Path) -> None:
    (page,) = call(filled, "search", QUESTION, "--json").rows
    number = page["hits"][0]["id"]
    ran = call(filled, "show", number)
    assert ran.code == 0
    assert "version 1 of 1" in ran.out
    assert "mou (signed): " in ran.out
    (row,) = call(filled, "show", number, "--json").rows
    assert row["text"] in ran.out
    (version,) = row["versions"]
    assert f"  1: captured {version['captured_at'][:10]}" in ran.out


def test_show_says_what_was_found_and_why(filled: Path) -> None:
    (page,) = call(filled, "search", QUESTION, "--json").rows
    ran = call(filled, "show", page["hits"][0]["id"])
    (row,) = call(filled, "show", page["hits"][0]["id"], "--json").rows
    assert row["mentions"]
    for one in row["mentions"]:
        assert f'"{one["text"]}"' in ran.out
        if one["organisation"]:
            assert f"{one['organisation']['name']} [{one['organisation']['id']}]: " in ran.out
    (report,) = [one for one in row["reports"] if one["kind"] == "mou"]
    assert f'"{" ".join(report["evidence"].split())}"' in ran.out
    assert f"confidence {report['confidence']:.2f}, characters {report['start']} to {report['end']}" in ran.out


def test_a_document_that_was_only_partly_analysed_says_so(copied: Path) -> None:
    (page,) = call(copied, "search", QUESTION, "--json").rows
    number = page["hits"][0]["id"]
    said = "only partly analysed (language fr)"
    assert said not in call(copied, "search", QUESTION).out
    with closing(sqlite3.connect(copied / "pactwatch.db")) as connection, connection:
        connection.execute("UPDATE document SET complete = 0, language = 'fr' WHERE id = ?", (number,))
    assert said in call(copied, "show", number).out
    assert said in call(copied, "search", QUESTION).out


def test_agreement_kinds_and_statuses_are_those_of_the_configuration() -> None:
    assert [kind.value for kind in AgreementKind] == list(KINDS)
    assert {status.value for status in Status} == {"signed", *StatusWords.model_fields}


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "99999", "seven"])
def test_a_document_that_is_not_there_is_refused_in_one_line(filled: Path, number: str) -> None:
    ran = call(filled, "show", "--", number)
    assert ran.code == 2
    assert ran.mistake


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx"])
@pytest.mark.parametrize("table", TABLES)
def test_exports_are_read_back_complete(filled: Path, tmp_path: Path, table: str, ending: str) -> None:
    path = tmp_path / f"{table}.{ending}"
    ran = call(filled, "export", table, "-o", path)
    assert ran.code == 0, ran.err
    number = int(ran.out.split()[0])
    assert number > 0
    if ending == "csv":
        read = len(pd.read_csv(path, comment="#"))
    elif ending == "jsonl":
        read = len([json.loads(line) for line in path.read_text(encoding="utf8").splitlines()])
    elif ending == "parquet":
        read = len(pd.read_parquet(path))
    else:
        book = openpyxl.load_workbook(path, read_only=True)
        read = sum(1 for _ in book.worksheets[0].iter_rows()) - 1
        book.close()
    assert read == number
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_of_a_search_holds_what_the_search_finds(filled: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    assert call(filled, "export", "documents", "-o", path, "--query", QUESTION).code == 0
    (page,) = call(filled, "search", QUESTION, "--json").rows
    assert {hit["id"] for hit in page["hits"]} <= set(pd.read_csv(path, comment="#")["id"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["documents", "-o", "x.doc"], "csv, jsonl, parquet, xlsx, bib, ris"),
        (
            ["partnerships", "-o", "x.bib"],
            "partnerships cannot be written as bib: use one of csv, jsonl, parquet, xlsx",
        ),
        (["network", "-o", "x.csv"], "use one of graphml, svg, png"),
        (["mentions", "-o", "x.csv", "--query", "a"], "--query"),
        (["documents", "-o", "no/such/folder/x.csv"], "no such folder"),
        (["documents", "-o", "."], "--format"),
        (["documents", "-o", ".", "-f", "csv"], "is a folder"),
        (["nothing", "-o", "x.csv"], "documents"),
        (["documents", "-o", "x.csv", "--query", "("], ">>"),
    ],
)
def test_exports_that_cannot_be_written_are_refused(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = call(filled, "export", *arguments)
    assert ran.code == 2
    assert said in ran.mistake
    assert list(tmp_path.iterdir()) == []


def test_the_nearest_organisations_are_named_where_there_is_none(filled: Path) -> None:
    assert "no organisations; nearest are: EIT Health" in call(filled, "organisations", "EIT Helth").out
