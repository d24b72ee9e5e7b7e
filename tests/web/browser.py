"""A page of a real Chromium that notes every error and every request to somewhere else, and is held against axe."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

CHROMIUM = os.environ.get("PACTWATCH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("PACTWATCH_BROWSER") == "required"
WHY = "no Chromium on this machine: THE PAGES ARE NOT TESTED IN A BROWSER (apt-get install chromium)"
ARGUMENTS = ["--no-sandbox", "--headless", "--disable-background-networking"]
PATIENCE = 60_000
"""Milliseconds that the browser waits for something before it gives up."""


@contextmanager
def launched() -> Iterator[Any]:
    """The system's Chromium without a window; ended with the block."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, WHY
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Tab:
    """A page of the browser."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.address = address
        self.context = browser.new_context(base_url=address, accept_downloads=True, **options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", self._said)
        self.page.on("request", lambda asked: self._note(asked.url))
        self.page.on("dialog", self._opened)

    def _said(self, said: Any) -> None:
        # What somebody else's page asks for is refused in the archived capture; that is as it should be.
        if said.type == "error" and not self.page.url.endswith("/capture"):
            self.wrong.append(said.text)

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.wrong.append(f"request to {url}")

    def _opened(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def accessible(self) -> None:
        """Hold the page against axe's rules for WCAG 2.2 A and AA; evaluated by the debugger, so the CSP allows it."""
        # After a click the page is there before its stylesheet: without it, links are too small to hit.
        self.page.wait_for_load_state("load")
        script = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf8")
        self.page.evaluate(script + "; 0")
        run = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        found = self.page.evaluate(run)["violations"]
        told = [f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')}" for one in found
                for node in one["nodes"][:3]]  # fmt: skip
        assert told == [], f"{self.page.url}: {told}"

    def click(self, selector: str, text: str | re.Pattern[str]) -> None:
        """Click the first element that holds the text."""
        self.page.locator(selector, has_text=text).first.click()
