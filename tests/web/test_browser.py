"""A real Chromium walks the pages as an analyst would: with JavaScript and without, watched by axe.

Where Chromium is missing the tests are skipped, and the last line of the test run says so; `PACTWATCH_BROWSER=required`
(as `make test` sets it wherever it installs Chromium) makes that a failure.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import openpyxl
import pytest

from tests.web.browser import CHROMIUM, PATIENCE, REQUIRED, WHY, Tab
from tests.web.conftest import SCRIPT, Filled
from tests.web.demo import Demo, demo

pytestmark = [pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason=WHY), pytest.mark.timeout(900)]
Watch = Callable[[Tab], None]
ATOM = "{http://www.w3.org/2005/Atom}"
PARTNERS = {"nordic": "Medicon Valley Alliance", "rhine": "Siemens Healthineers"}
"""Who signs with EIT Health in the article of each walk."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("browser"), dict(os.environ)) as made:
        yield made


def search_and_narrow(tab: Tab, watch: Watch) -> None:
    """Search, and narrow by two facets."""
    page = tab.page
    page.goto("/")
    page.fill("#q", "memorandum")
    page.press("#q", "Enter")
    page.wait_for_url("**/?q=memorandum")
    assert page.locator("mark").first.inner_text() == "memorandum"
    watch(tab)
    if page.locator(".fold").get_attribute("open") is None:
        page.locator(".fold > summary").click()
    tab.click(".facet a", "EIT Health")
    tab.click(".facet a", "Memorandum of understanding")
    assert page.locator(".chip:not(.plain)").count() == 2


def save(tab: Tab, watch: Watch, name: str) -> None:
    """Save the search that is shown, filters and all."""
    page = tab.page
    tab.click("a", "Save this search")
    assert page.locator("input[name=query]").input_value() == '(memorandum) org:"EIT Health" agreement:mou'
    page.fill("input[name=name]", name)
    page.locator("button", has_text=re.compile(r"^Save$")).click()
    page.locator("table a", has_text=name).wait_for()
    watch(tab)


def open_agreement(tab: Tab, watch: Watch) -> None:
    """Open the document, both parties and the evidence marked in it; the archived capture; the agreement."""
    page = tab.page
    tab.click(".hit h2 a", "Medical societies and EIT Health")
    evidence = page.locator(".ev", has_text="signed a memorandum of understanding").first
    assert "Memorandum of understanding, signed" in evidence.inner_text()
    assert evidence.locator("a.m.organisation", has_text="EIT Health").count() == 1
    assert evidence.locator("a.m.organisation", has_text="Biomedical Alliance in Europe").count() == 1
    watch(tab)
    page.locator("a", has_text="Archived capture").click()
    assert "memorandum of understanding" in page.content()
    page.go_back()
    page.locator(".notes #reports a.strong", has_text="Memorandum").first.click()
    assert page.locator(".report").count() >= 2
    assert "1 independent source" in page.locator("main").inner_text()
    watch(tab)


def follow_network(tab: Tab, watch: Watch) -> None:
    """From the agreement to the organisation, to its network, to a partner."""
    page = tab.page
    tab.click("h1 a", "EIT Health")
    assert page.locator("h1").inner_text() == "EIT Health"
    watch(tab)
    tab.click("figcaption a", "Open in the network")
    assert page.locator(".network a[data-node]").count() >= 4
    watch(tab)
    page.locator("table a", has_text="Biomedical Alliance in Europe").first.click()
    assert page.locator("h1").inner_text() == "Biomedical Alliance in Europe"


def crawl(tab: Tab, watch: Watch, target: str | None) -> None:
    """Crawl the news site from its page, or an address from the form, and wait for the end of it."""
    page = tab.page
    page.goto("/sources")
    watch(tab)
    if target is None:
        tab.click("table a", "Health Innovation Courier (sample)")
        watch(tab)
        tab.click("a.button", "Crawl it now")
    else:
        tab.click("a.button", "Crawl a source or an address now")
        page.fill("input[name=target]", target)
    watch(tab)
    page.locator("button", has_text="Start").click()
    page.wait_for_url(re.compile(r"/crawls/[a-z0-9]+$"))
    page.locator("a", has_text="What became of each address").wait_for(timeout=6 * PATIENCE)
    watch(tab)
    page.locator("a", has_text="What became of each address").click()


def feed_of(tab: Tab, name: str) -> list[str]:
    """Titles in the Atom feed of a saved search."""
    tab.page.goto("/saved")
    row = tab.page.locator("tr", has=tab.page.locator("a.strong", has_text=name))
    address = row.locator("a", has_text="Atom").get_attribute("href")
    answer = tab.context.request.get(str(address))
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.body())
    return [str(entry.findtext(f"{ATOM}title")) for entry in feed.findall(f"{ATOM}entry")]


def export(tab: Tab) -> tuple[list[dict[Any, Any]], dict[Any, Any]]:
    """Rows of the shown search in Excel, and what the file says of itself."""
    with tab.page.expect_download() as download:
        tab.click(".files a", "Excel")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    names, *rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    return [dict(zip(names, row, strict=True)) for row in rows], dict(book["About"].values)  # type: ignore[arg-type]


def walk(tab: Tab, shown: Demo, watch: Watch, name: str, *, by_address: bool) -> None:
    """The whole way of an analyst."""
    title = f"EIT Health and {PARTNERS[name]} sign"
    says = (
        f"EIT Health and {PARTNERS[name]} signed a memorandum of understanding in November 2026 on hospital training."
    )
    search_and_narrow(tab, watch)
    save(tab, watch, name)
    assert title not in feed_of(tab, name)
    search_and_narrow(tab, lambda _: None)
    open_agreement(tab, watch)
    follow_network(tab, watch)
    url = shown.publish(name, title, says, "Both want nurses and doctors to learn from each other. " * 8)
    crawl(tab, watch, url if by_address else None)
    assert url in tab.page.locator("main").inner_text()
    assert title in feed_of(tab, name)
    tab.click("table a", name)
    assert tab.page.locator(".hit h2 a", has_text=title).count() == 1
    rows, about = export(tab)
    assert url in [row["url"] for row in rows]
    assert all("EIT Health" in str(row["organisations"]) for row in rows)
    assert "agreement:mou" in about["query"] and "sources healthy" in about["coverage"]


def test_an_analyst_walks_from_a_search_to_the_feed_of_what_a_crawl_has_found(browser: Any, shown: Demo) -> None:
    tab = Tab(browser, shown.address, viewport={"width": 1280, "height": 900})
    walk(tab, shown, Tab.accessible, "nordic", by_address=False)
    assert [one for one in tab.wrong if "favicon" not in one] == []


def test_the_same_walk_needs_no_javascript(browser: Any, shown: Demo) -> None:
    tab = Tab(browser, shown.address, java_script_enabled=False, viewport={"width": 390, "height": 844})
    walk(tab, shown, lambda _: None, "rhine", by_address=True)
    assert tab.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_other_page_is_accessible_without_script_errors(browser: Any, shown: Demo, scheme: str) -> None:
    tab = Tab(browser, shown.address, color_scheme=scheme, viewport={"width": 390, "height": 844})
    paths = ["/", "/partnerships", "/organisations", "/themes", "/themes/care-delivery", "/network", "/sources",
             "/sources/sample-podcast", "/crawls", "/saved", "/help", "/api", "/nothing"]  # fmt: skip
    for path in paths:
        tab.page.goto(path)
        tab.accessible()
        wide = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{path} is {wide} px wider than a phone"
    assert [one for one in tab.wrong if "404" not in one] == []


HOSTILE = (SCRIPT, '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "'; DROP TABLE document; --", "שלום 🧬",
           "(" * 60, "x" * 10_000, "{{ 7 * 7 }}")  # fmt: skip


def test_nothing_that_is_typed_or_crawled_runs_in_the_browser(
    browser: Any, client: httpx.Client, filled: Filled
) -> None:
    tab = Tab(browser, str(client.base_url).rstrip("/"))
    page = tab.page
    own = (f"/documents/{filled.hostile}", f"/documents/{filled.document}", f"/organisations/{filled.organisation}")
    for path in (*own, "/partnerships", "/organisations", "/network", "/?q=memorandum", "/saved"):
        page.goto(path)
        assert page.locator("main script").count() == 0, path
    page.goto(f"/documents/{filled.hostile}")
    assert page.locator("h1").inner_text() == f"=1+1 {SCRIPT}"
    for value in HOSTILE:
        for path, name in (("/", "q"), ("/partnerships", "with"), ("/organisations", "q"), ("/saved", "query")):
            answer = page.goto(f"{path}?{httpx.QueryParams({name: value})}")
            assert answer is not None and answer.status < 500, (path, value[:40])
            assert page.locator("img").count() == 0
    assert [one for one in tab.wrong if not re.search(r"status of 4\d\d", one)] == []
