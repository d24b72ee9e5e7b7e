"""`crawl`, `sources` and `demo` over loopback: named outcomes, clear reasons, exit codes."""

from __future__ import annotations

import gzip
import json
import socket
from pathlib import Path

import pytest
import typer
import yaml

from cli.crawling import conclude_flow
from config.sources import Source
from flows.params import Summary
from samples.declare import sample_sources
from samples.server import serve
from tests.cli.calling import ROOT, call
from tests.cli.conftest import declare
from tests.crawlers.site import Site

TEXT = (
    "Philips and Karolinska University Hospital signed a memorandum of understanding in May 2021. "
    "The partners will train nurses in the use of new imaging methods over the next three years. "
)


def article(site: Site, path: str = "/agreement") -> str:
    head = "<html lang=en><head><title>Nurses learn imaging</title></head>"
    body = f"{head}<body><article><h1>Nurses learn imaging</h1><p>{TEXT * 8}</p></article></body></html>"
    return site.add(path, body)


def test_any_page_is_crawled_without_a_declaration_and_can_be_searched(site: Site, tmp_path: Path) -> None:
    ran = call(tmp_path, "crawl", article(site), "--allow-private")
    assert ran.code == 0, ran.err
    assert "Nurses learn imaging" in ran.out
    assert "documents: 1 new" in ran.out
    (page,) = call(tmp_path, "search", "imaging nurses", "--json").rows
    assert [hit["title"] for hit in page["hits"]] == ["Nurses learn imaging"]
    again = call(tmp_path, "crawl", article(site), "--allow-private", "--json")
    assert again.code == 0
    assert len(again.rows) == 1, "one object, nothing else"
    told = again.rows[-1]
    assert [told[name] for name in ("fetched", "unchanged", "filtered", "failed", "unreachable")] == [0, 1, 0, 0, 0]
    assert told["documents"] == {}


def test_a_private_address_is_refused_with_its_reason_unless_allowed(site: Site, tmp_path: Path) -> None:
    url = article(site)
    ran = call(tmp_path, "crawl", url, "--json")
    told = ran.rows[-1]
    assert ran.code == 1
    assert told["reasons"] == {"filtered private": 1}
    assert told["not_green"] == {"adhoc": f"filtered private: {url}"}
    assert site.hits == []
    (latest,) = call(tmp_path, "runs", "--json").rows
    assert (latest["target"], latest["message"]) == (url, f"filtered private: {url}")
    plain = call(tmp_path, "crawl", url)
    assert plain.code == 1
    assert f"filtered private: {url}" in plain.out
    assert "--allow-private" in plain.out


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("sample-courrier", "no source 'sample-courrier'"),
        ("eit-health-new", "did you mean eit-health-news"),
        ("www.example.org", "begin it with https://"),
        ("example.org/news", "begin it with https://"),
        ("http://", "write a whole URL"),
        ("ftp://example.org/x", "write a whole URL"),
        ("", "no source"),
    ],
)
def test_a_target_that_is_neither_source_nor_url_is_refused(tmp_path: Path, target: str, said: str) -> None:
    ran = call(tmp_path, "crawl", target)
    assert ran.code == 2
    assert said in ran.mistake
    assert not (tmp_path / "pactwatch.db").exists()


@pytest.mark.parametrize(
    ("target", "since", "said"),
    [
        ("eit-health-news", "2020", "write a day such as 2020-01-01"),
        ("eit-health-news", "2999-01-01", "lies in the future"),
        ("https://example.org/", "2020-01-01", "goes with a declared source"),
    ],
)
def test_going_back_needs_a_source_and_a_day_that_was(tmp_path: Path, target: str, since: str, said: str) -> None:
    ran = call(tmp_path, "crawl", target, "--since", since)
    assert ran.code == 2
    assert said in ran.mistake


def test_a_source_is_crawled_back_to_a_day_and_continued(site: Site, tmp_path: Path) -> None:
    days = {"/2026": "2026-02-01", "/2021": "2021-02-01", "/2015": "2015-02-01"}
    listed = "".join(
        f"<url><loc>{article(site, path)}</loc><lastmod>{day}</lastmod></url>" for path, day in days.items()
    )
    start = site.add("/sitemap.xml", f"<urlset>{listed}</urlset>", "application/xml")
    source = Source(id="old", name="Old", kind="sitemap", start=(start,), delay=0, max_documents=1)
    values = {"PACTWATCH_SOURCES_FILE": str(declare(tmp_path / "s.yaml", [source])), "PACTWATCH_ALLOW_PRIVATE": "true"}
    assert call(tmp_path, "crawl", "old", "--json", **values).rows[-1]["fetched"] == 2, "the sitemap and one document"
    back = call(tmp_path, "crawl", "old", "--since", "2018-01-01", "--json", **values)
    assert (back.code, back.rows[-1]["reasons"]) == (0, {"filtered since": 1})
    assert (site.asked("/2026"), site.asked("/2021"), site.asked("/2015")) == (1, 1, 0)


def misbehave(site: Site) -> str:
    """A page that links to every trap; answers its URL."""
    site.add("/forbidden", "no", status=403)
    site.redirect("/loop", "/loop-b")
    site.redirect("/loop-b", "/loop")
    site.add("/film", b"\x00" * 1000, "video/mp4")
    site.add("/nothing", "")
    site.add("/bomb", gzip.compress(b"<p>" + b"0" * 9_000_000), Content_Encoding="gzip")
    site.add("/broken.pdf", b"%PDF-1.7\nnothing that follows is one", "application/pdf")
    names = ("missing", "forbidden", "loop", "film", "nothing", "bomb", "broken.pdf", "agreement")
    links = "".join(f'<p><a href="/{name}">A page named {name}</a></p>' for name in names)
    article(site)
    return site.add("/index", f"<html><body><h1>Start</h1>{links}</body></html>")


def test_pages_that_misbehave_are_named_and_the_good_one_is_stored(site: Site, tmp_path: Path) -> None:
    ran = call(
        tmp_path, "crawl", misbehave(site), "--depth", 1, "--allow-private", "--json", PACTWATCH_MAX_BODY_BYTES="200000"
    )
    told = ran.rows[-1]
    assert ran.code == 1
    assert told["reasons"] == {
        "failed status-404": 1,
        "failed status-403": 1,
        "failed redirect-loop": 1,
        "filtered type": 1,
        "failed empty-body": 1,
        "filtered too-large": 1,
    }
    assert told["documents"]["failed"] == 1, "the damaged PDF"
    (lost,) = told["unread"]
    assert lost["url"].endswith("/broken.pdf")
    assert lost["reason"].startswith("damaged")
    assert told["taken_over"] == {}
    assert "Traceback" not in ran.err
    (page,) = call(tmp_path, "search", "imaging", "--json").rows
    assert page["total"] == 1
    rows = call(tmp_path, "runs", told["runs"][0], "--json").rows
    assert [row["state"] for row in rows if row["url"].endswith("/broken.pdf")] == ["failed"]


def test_a_host_that_is_not_there_is_named_and_nothing_stored_is_lost(copied: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    before = call(copied, "search", "health", "--json").out
    ran = call(copied, "crawl", url, "--allow-private", "--json")
    assert ran.code == 1
    assert ran.rows[-1]["not_green"] == {"adhoc": f"unreachable refused: {url}"}
    assert call(copied, "search", "health", "--json").out == before


def test_a_dry_run_shows_every_outcome_and_stores_nothing(tmp_path: Path) -> None:
    with serve() as server:
        sources = {source.id: source for source in sample_sources(server.sites)}
        file = declare(tmp_path / "try.yaml", [sources["sample-programme"], sources["sample-podcast"]])
        ran = call(tmp_path / "data", "sources", "check", file, "--allow-private")
    assert ran.code == 1
    assert "sample-programme: 1 documents, at least 1 expected" in ran.out
    assert "not as expected: sample-podcast" in ran.out
    assert not (tmp_path / "data").exists()


def test_a_dry_run_reads_the_documents_and_fails_where_an_expected_field_is_missing(site: Site, tmp_path: Path) -> None:
    url = article(site)
    good, poor = (
        Source(id=name, name=name, kind="page", start=(url,), expect={"fields": fields})
        for name, fields in (("titled", ["title"]), ("dated", ["title", "published"]))
    )
    ran = call(tmp_path, "sources", "check", declare(tmp_path / "try.yaml", [good, poor]), "--allow-private")
    assert ran.code == 1
    assert "Nurses learn imaging" in ran.out
    assert "dated: 1 of 1 documents have no published" in ran.out
    assert "not as expected: dated\n" in ran.out


def test_sources_are_listed_and_validated(tmp_path: Path) -> None:
    rows = call(tmp_path, "sources", "list", "--json").rows
    assert "eit-health-news" in {row["id"] for row in rows}
    assert f"{len(rows)} sources in sources.yaml" in call(tmp_path, "sources", "list").out
    assert f"{len(rows)} declarations are valid" in call(tmp_path, "sources", "check").out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources:\n  - id: news\n    name: [\n", ":4: not valid YAML"),
        ("sources:\n  - {id: news, name: N, start: [https://news.example/]}\n", ":2: field 'kind' is missing"),
        ("sauces: []\n", ":1:"),
        ("", ":1"),
    ],
)
def test_a_declaration_with_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    for ran in (
        call(tmp_path, "sources", "check", file),
        call(tmp_path, "sources", "list", PACTWATCH_SOURCES_FILE=str(file)),
        call(tmp_path, "nightly", PACTWATCH_SOURCES_FILE=str(file)),
    ):
        assert ran.code == 2
        assert f"{file}{said}" in ran.mistake


def test_an_unknown_source_is_refused_with_the_nearest_names(tmp_path: Path) -> None:
    for command in (["sources", "check"], ["nightly"]):
        ran = call(tmp_path, *command, "eit-health-new")
        assert ran.code == 2
        assert "did you mean eit-health-news" in ran.mistake


def test_nightly_says_how_many_sources_are_not_due(copied: Path) -> None:
    ran = call(copied, "nightly", PACTWATCH_SOURCES_FILE=str(declared_again(copied)))
    assert ran.code == 0
    assert "2 of 2 sources are not due (--force crawls them, too)" in ran.out


def declared_again(copied: Path) -> Path:
    with serve() as server:
        return declare(
            copied / "again.yaml",
            [s for s in sample_sources(server.sites) if s.id in {"sample-courier", "sample-podcast"}],
        )


def test_reprocess_reads_everything_again_from_the_archive_and_changes_nothing(copied: Path) -> None:
    before = call(copied, "search", "health", "--json").out
    (told,) = call(copied, "reprocess", "--json").rows
    assert told == {"documents": {"unchanged": 10}}
    assert call(copied, "search", "health", "--json").out == before


def test_an_added_theme_takes_effect_on_stored_documents_through_reprocess_outdated(site: Site, tmp_path: Path) -> None:
    assert call(tmp_path, "crawl", article(site), "--allow-private").code == 0
    assert call(tmp_path, "reprocess", "--outdated", "--json").rows == [{"documents": {}}]
    themes = yaml.safe_load((ROOT / "config" / "themes.yaml").read_text(encoding="utf8"))
    themes["themes"].append(
        {
            "id": "nursing-imaging",
            "label": "Nursing and imaging",
            "words": ["nurses", "imaging methods", "imaging"],
            "examples": ["Nurses learn imaging methods: the nurses of the hospital are trained in imaging."],
        }
    )
    file = tmp_path / "themes.yaml"
    file.write_text(yaml.safe_dump(themes), encoding="utf8")
    settings = {"PACTWATCH_THEMES_FILE": str(file)}
    assert "1 documents: pactwatch reprocess --outdated" in call(tmp_path, "doctor", "--json", **settings).out
    assert call(tmp_path, "search", "theme:nursing-imaging", "--json").code == 2, "nobody knows it yet"
    assert call(tmp_path, "reprocess", "--outdated", "--json", **settings).rows == [{"documents": {"changed": 1}}]
    (page,) = call(tmp_path, "search", "theme:nursing-imaging", "--json", **settings).rows
    assert [hit["title"] for hit in page["hits"]] == ["Nurses learn imaging"]


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        (Summary(outcomes={"fetched": 2}, documents={"new": 2}), 0),
        (Summary(outcomes={"fetched": 2}, documents={"new": 1, "failed": 1}), 1),
        (Summary(runs=("r",), not_green=("news: 0 documents seen: see the site",), outcomes={"failed": 1}), 1),
    ],
)
def test_what_a_flow_says_decides_the_exit_code(
    summary: Summary, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for json_ in (True, False):
        try:
            conclude_flow(summary, json_)
            ended = 0
        except typer.Exit as stop:
            ended = stop.exit_code
        assert ended == code
    told = json.loads(capsys.readouterr().out.splitlines()[0])
    assert told["documents"] == summary.documents
    assert told["not_green"] == ({"news": "0 documents seen: see the site"} if summary.not_green else {})


def test_the_second_demo_finds_everything_unchanged_but_the_changed_page(tmp_path: Path) -> None:
    port, elsewhere = free_ports(), tmp_path / "elsewhere"
    settings = {"PACTWATCH_INDEX_DIR": str(elsewhere / "index"), "PACTWATCH_SPOOL_DIR": str(elsewhere / "spool")}
    first = call(elsewhere, "demo", "--data-dir", tmp_path / "demo", "--port", port, **settings)
    assert first.code == 0, first.err
    assert "edition 1" in first.out
    assert "documents: 1 failed, 26 new" in first.out
    assert "damaged" in first.out, "why the broken PDF could not be read"
    assert "mou: EIT Health + Biomedical Alliance in Europe" in first.out
    second = call(elsewhere, "demo", "--data-dir", tmp_path / "demo", "--port", port, **settings)
    assert second.code == 0, second.err
    assert "edition 2" in second.out
    assert "documents: 1 changed\n" in second.out
    assert not elsewhere.exists(), "what somebody has set up is not touched"


def free_ports() -> int:
    """The first of three ports in a row that are free now."""
    for start in range(20_000, 60_000, 7):
        try:
            for port in range(start, start + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return start
    raise AssertionError("no three free ports in a row")


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = call(tmp_path, "demo", "--data-dir", tmp_path, "--port", min(taken.getsockname()[1], 65533))
    assert ran.code == 1
    assert "choose one with --port" in ran.err
