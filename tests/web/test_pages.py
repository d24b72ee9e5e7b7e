"""The pages: what they show, that everything on them leads somewhere, and that nothing of a document is ever markup."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest
from sqlalchemy import Engine

from config.settings import load
from search.index import open_index
from tests.web.conftest import EVIDENCE, SCRIPT, Filled, fill
from tests.web.serving import browsing
from web.app import create_app

PAGES = (
    "/", "/?q=memorandum", "/?sort=date", "/organisations", "/partnerships", "/themes", "/themes/health-data",
    "/network",
    "/sources", "/sources/courier", "/sources/quiet", "/runs/run-1", "/runs/run-2", "/help", "/api",
)  # fmt: skip


MOST = 130
"""Pages that are visited by following links."""


class Page(HTMLParser):
    """Links, ids and outside addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.inline: list[str] = []
        self.out: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.ids += [str(held["id"])] if "id" in held else []
        if tag == "a" and held.get("href"):
            self.links.append(str(held["href"]))
            if str(held["href"]).startswith("http"):
                self.out.append(held)
        for name in ("src", "href"):
            if tag in ("script", "link", "img", "iframe") and held.get(name):
                self.loads.append(str(held[name]))
        self.inline += [f"{tag} {name}" for name in held if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in held):
            self.inline.append(tag)


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_loads_nothing_from_elsewhere(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    page = Page(answer.text)
    assert page.inline == []
    assert all(address.startswith("/static/") for address in page.loads)
    assert len(page.ids) == len(set(page.ids))
    assert SCRIPT not in answer.text
    assert 'lang="en"' in answer.text
    assert 'class="skip" href="#main"' in answer.text


def test_every_link_of_every_page_leads_somewhere(client: httpx.Client, filled: Filled) -> None:
    seen: set[str] = set()
    waiting = list(PAGES)
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code in (200, 301), f"{path}: {answer.status_code} {answer.text[:300]}"
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page = Page(answer.text)
        for link in page.links:
            here, _, mark = link.partition("#")
            if not here and mark:
                assert mark in page.ids, f"{path} has no {link}"
            elif here.startswith("/") and here not in seen and here.count("&") < 1:
                waiting.append(here)
        assert all(one.get("rel") == "noopener noreferrer" for one in page.out)
    assert f"/documents/{filled.document}" in seen
    assert f"/partnerships/{filled.partnership}" in seen
    assert f"/organisations/{filled.organisation}" in seen


def test_all_pages_work_on_both_databases(engine: Engine, database_url: str, tmp_path: object) -> None:
    folder = load(data_dir=tmp_path).data_dir
    made = fill(engine, folder)
    settings = load(data_dir=folder, database_url=database_url)
    with browsing(create_app(settings, engine, open_index(engine, settings.index))) as client:
        more = (
            f"/documents/{made.document}",
            f"/organisations/{made.organisation}",
            "/partnerships/1",
            "/network?country=de",
        )
        for path in (
            *PAGES,
            *more,
            "/api/v1/organisations",
            "/api/v1/partnerships?sort=expires",
            "/api/v1/coverage.csv",
        ):
            assert client.get(path).status_code == 200, path


def test_a_search_marks_what_matched_and_offers_facets_that_can_be_added_and_removed(client: httpx.Client) -> None:
    first = client.get("/", params={"q": "memorandum"})
    assert "<mark>memorandum</mark>" in first.text
    assert "3 documents" in text_of(first.text)
    link = next(one for one in Page(first.text).links if "theme=health-data" in one and "q=memorandum" in one)
    narrowed = client.get(link)
    assert "1 document" in text_of(narrowed.text)
    assert "Theme Health data" in text_of(narrowed.text)
    chip = re.search(r'class="chip" href="([^"]+)"', narrowed.text)
    assert chip is not None
    assert "3 documents" in text_of(client.get(unescape(chip[1])).text)


def test_the_timeline_has_a_table_and_a_file_behind_it(client: httpx.Client) -> None:
    page = client.get("/?q=memorandum").text
    assert "Apr 2021" in text_of(page) and "Jun 2022" in text_of(page)
    assert "/api/v1/timeline.csv?q=memorandum" in page
    assert client.get("/api/v1/timeline.csv?q=memorandum").text.splitlines()[2:] == ["2021-04,1", "2022-06,1"]


def test_a_mistake_in_the_query_is_marked_in_it(client: httpx.Client) -> None:
    answer = client.get("/", params={"q": "data (mou"})
    assert answer.status_code == 400
    assert "this parenthesis is not closed" in answer.text
    assert re.search(r'data <b class="here"[^>]*>\(</b>mou', answer.text)


def test_the_words_of_a_query_with_a_mistake_are_searched_instead(client: httpx.Client) -> None:
    answer = client.get("/", params={"q": '(memorandum AND "data'})
    assert answer.status_code == 400
    assert "Searched instead, its words alone: <strong>memorandum data</strong>" in answer.text
    assert "A memorandum of data" in text_of(answer.text)
    assert "Searched instead" not in client.get("/", params={"q": "(memorandum", "theme": "nothing"}).text


def test_newness_can_be_left_out_of_the_order(client: httpx.Client) -> None:
    scores = [
        {
            hit["title"]: hit["score"]
            for hit in client.get(f"/api/v1/search?q=memorandum&recency={given}").json()["items"]
        }
        for given in ("true", "false")
    ]
    assert scores[0]["A memorandum of data"] > scores[1]["A memorandum of data"]


def test_a_document_shows_evidence_organisations_and_pages_marked_with_labels(
    client: httpx.Client, filled: Filled
) -> None:
    page = client.get(f"/documents/{filled.document}").text
    evidence = re.search(r'<span class="ev" id="evidence-1">(.*?)</span>', page, re.DOTALL)
    assert evidence is not None
    assert "Memorandum of understanding, signed" in evidence[1]
    assert f'class="m organisation" href="/organisations/{filled.partner}"' in page
    assert 'id="page-2"' in page
    assert "&lt;script&gt;" in page and SCRIPT not in page
    assert "because of" in text_of(page)


def test_the_versions_of_a_document_are_compared(client: httpx.Client, filled: Filled) -> None:
    page = client.get(f"/documents/{filled.document}/changes").text
    assert "Version 1 to 2" in text_of(page)
    assert "<del>" in page and "<ins>" in page
    assert client.get(f"/documents/{filled.document}/changes?new=9").status_code == 404
    assert client.get(f"/documents/{filled.second}/changes").status_code == 404


def test_an_organisation_has_names_register_partners_and_a_network(client: httpx.Client, filled: Filled) -> None:
    page = client.get(f"/organisations/{filled.organisation}").text
    for part in ("EIT Health", "Also EIT", "ror.org/0123", "BioMed Alliance", "Memorandum of understanding"):
        assert part in text_of(page)
    assert page.count("<circle") >= 3
    moved = client.get(f"/organisations/{filled.merged}")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/organisations/{filled.partner}")


def test_a_partnership_tells_its_life_and_everyone_who_reports_it(client: httpx.Client, filled: Filled) -> None:
    page = text_of(client.get(f"/partnerships/{filled.partnership}").text)
    assert EVIDENCE in page
    assert page.index("Apr 2021 Signed") < page.index("9 Apr 2021 Reported as signed") < page.index("Apr 2023 Expired")
    assert "1 report from 1 independent source" in page


def test_the_table_of_partnerships_is_filtered_and_sorted(client: httpx.Client) -> None:
    page = text_of(client.get("/partnerships?with=EIT+Health&with=&kind=mou&since=&theme=&min_confidence=").text)
    assert "1 partnership, each" in page
    assert "Funding (1)" in page  # the other kinds stay on offer
    assert "No partnership meets all of that" in client.get("/partnerships?expiring=1").text


def test_a_broken_source_can_be_told_from_a_quiet_one(client: httpx.Client) -> None:
    page = client.get("/sources").text
    assert 'class="status empty"' in page
    assert "0 documents seen, at least 1 expected" in page
    row = page[page.index('<table class="calendar">') :]
    assert "cell broken" in row and "cell green" in row


def test_what_is_not_there_is_told_on_a_page_with_the_navigation(client: httpx.Client) -> None:
    for path in ("/nothing", "/documents/999", "/organisations/999", "/partnerships/999", "/themes/x", "/sources/x"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "Partnerships</a>" in answer.text


def test_without_the_archive_no_capture_is_offered(client: httpx.Client, filled: Filled) -> None:
    assert "Archived capture" not in client.get(f"/documents/{filled.document}").text
    assert client.get(f"/documents/{filled.document}/capture").status_code == 404
    assert client.get("/crawls").status_code == 404
