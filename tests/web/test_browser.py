"""A real Chromium walks the pages as an analyst would: with JavaScript and without, watched by axe.

Where Chromium is missing the tests are skipped, and the last line of the test run says so; `PACTWATCH_BROWSER=required`
(as continuous integration sets it) makes that a failure.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.web.demo import Demo, demo

CHROMIUM = os.environ.get("PACTWATCH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("PACTWATCH_BROWSER") == "required"
WHY = "no Chromium on this machine: THE PAGES ARE NOT TESTED IN A BROWSER (apt-get install chromium)"
ARGUMENTS = ["--no-sandbox", "--headless", "--disable-background-networking"]
PATIENCE = 60_000
"""Milliseconds that the browser waits for something before it gives up."""

pytestmark = [pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason=WHY), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo(tmp_path_factory.mktemp("browser"), dict(os.environ)) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, WHY
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


class Tab:
    """A page of the browser that notes every error, and every request to somewhere else."""

    def __init__(self, browser: Any, demo: Demo, **options: Any) -> None:
        self.context = browser.new_context(base_url=demo.address, accept_downloads=True, **options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", self._said)
        self.page.on("request", lambda asked: self._note(asked.url, demo.address))

    def _said(self, said: Any) -> None:
        # What somebody else's page asks for is refused in the archived capture; that is as it should be.
        if said.type == "error" and not self.page.url.endswith("/capture"):
            self.wrong.append(said.text)

    def _note(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:")):
            self.wrong.append(f"request to {url}")

    def accessible(self) -> None:
        """Hold the page against axe's rules for WCAG 2.2 A and AA; evaluated by the debugger, so the CSP allows it."""
        script = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf8")
        self.page.evaluate(script + "; 0")
        run = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        found = self.page.evaluate(run)["violations"]
        told = [f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')}" for one in found
                for node in one["nodes"][:3]]  # fmt: skip
        assert told == [], f"{self.page.url}: {told}"

    def click(self, selector: str, text: str | re.Pattern[str]) -> None:
        self.page.locator(selector, has_text=text).first.click()


def walk(tab: Tab, folder: Path, watch: Any) -> None:
    """Search, narrow by two facets, open the agreement, its evidence and organisation, the network; export to Excel."""
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
    with page.expect_download() as download:
        tab.click(".files a", "Excel")
    rows = openpyxl.load_workbook(_saved(download.value, folder)).active
    found = [
        dict(zip([cell.value for cell in rows[1]], [cell.value for cell in row], strict=True))
        for row in rows[2 : rows.max_row]
    ]
    assert any("EIT Health" in str(row["organisations"]) for row in found)

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
    tab.click("h1 a", "EIT Health")
    assert page.locator("h1").inner_text() == "EIT Health"
    watch(tab)
    tab.click("figcaption a", "Open in the network")
    assert page.locator(".network a[data-node]").count() >= 4
    watch(tab)
    page.locator("table a", has_text="Biomedical Alliance in Europe").first.click()
    assert page.locator("h1").inner_text() == "Biomedical Alliance in Europe"


def _saved(download: Any, folder: Path) -> Path:
    path = folder / "found.xlsx"
    download.save_as(path)
    return path


def test_an_analyst_walks_from_a_search_to_the_network(browser: Any, shown: Demo, tmp_path: Path) -> None:
    tab = Tab(browser, shown, viewport={"width": 1280, "height": 900})
    walk(tab, tmp_path, Tab.accessible)
    assert [one for one in tab.wrong if "favicon" not in one] == []


def test_the_same_walk_needs_no_javascript(browser: Any, shown: Demo, tmp_path: Path) -> None:
    tab = Tab(browser, shown, java_script_enabled=False, viewport={"width": 390, "height": 844})
    walk(tab, tmp_path, lambda _: None)
    assert tab.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_other_page_is_accessible_without_script_errors(browser: Any, shown: Demo, scheme: str) -> None:
    tab = Tab(browser, shown, color_scheme=scheme, viewport={"width": 390, "height": 844})
    paths = ["/", "/partnerships", "/organisations", "/themes", "/themes/care-delivery", "/network", "/sources",
             "/sources/sample-podcast", "/crawls", "/help", "/api", "/nothing"]  # fmt: skip
    for path in paths:
        tab.page.goto(path)
        tab.accessible()
        wide = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{path} is {wide} px wider than a phone"
    assert [one for one in tab.wrong if "404" not in one] == []


def test_a_crawl_started_from_the_page_shows_its_progress_and_ends_with_its_run(browser: Any, shown: Demo) -> None:
    tab = Tab(browser, shown)
    page = tab.page
    page.goto("/sources")
    tab.click("a.button", "Crawl a source")
    page.goto("/?q=memorandum")
    address = page.locator(".hit h2 a").first.get_attribute("href")
    page.goto(str(address))
    target = page.locator("a.out").first.get_attribute("href")
    assert target
    page.goto("/crawls")
    page.fill("input[name=target]", target)
    page.locator("button", has_text="Start").click()
    page.wait_for_url(re.compile(r"/crawls/[a-z0-9]+$"))
    page.locator("a", has_text="What became of each address").wait_for(timeout=4 * PATIENCE)
    page.locator("a", has_text="What became of each address").click()
    assert target in page.locator("main").inner_text()
    assert tab.wrong == []
