"""A real Chromium signs in, watches, sees what is new and is suggested organisations; with JavaScript and without."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.base import now
from models.session import write_session
from models.tables import Visit
from tests.web.browser import CHROMIUM, REQUIRED, WHY, Tab
from tests.web.serving import eventually
from tests.web.test_login import Gate, gate
from tests.web.test_users import PASSWORD
from tests.web.test_visits import arrive, kept

__all__ = ["gate"]
pytestmark = [pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason=WHY), pytest.mark.timeout(600)]
PHONE = {"width": 390, "height": 844}


def tab_of(browser: Any, gate: Gate, **options: Any) -> Tab:
    return Tab(browser, str(gate.client.base_url).rstrip("/"), **options)


def sign_in(tab: Tab, name: str, password: str = PASSWORD) -> None:
    tab.page.fill("input[name=name]", name)
    tab.page.fill("input[name=password]", password)
    tab.click("button", "Sign in")


def not_wider_than(tab: Tab) -> None:
    wide = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, f"{tab.page.url} is {wide} px wider than a phone"


def walk(tab: Tab, gate: Gate, watch: Any) -> None:
    """Sign in after a mistake, watch an organisation, make a token, see what is new, sign out."""
    page = tab.page
    page.goto("/organisations/1")
    assert page.url.endswith("/login?next=/organisations/1")
    watch(tab)
    sign_in(tab, "bert", "wrong password")
    assert "do not belong together" in page.locator("[role=alert]").inner_text()
    watch(tab)
    sign_in(tab, "bert")
    page.locator("h1", has_text="EIT Health").wait_for()
    tab.click(".watch button", "New partnerships")
    assert page.locator(".watched").count() == 1
    watch(tab)
    tab.click(".watch > a", "Saved searches")
    assert page.locator("tbody tr").count() == 1 and "?key=" in str(page.locator("a.file").first.get_attribute("href"))
    watch(tab)
    page.goto("/partnerships")
    eventually(lambda: kept(gate.engine) == 1)
    with write_session(gate.engine) as session:
        session.scalars(select(Visit)).one().at = now() - timedelta(days=1)
    arrive(gate.engine)
    page.goto("/partnerships")
    assert page.locator(".new-mark").count() == 1
    tab.click(".sorts a", "1 new since your last visit")
    assert page.locator(".agreements tbody tr").count() == 1
    watch(tab)
    page.locator(".who").click()
    page.fill("input[name=label]", "notebook")
    tab.click("button", "New token")
    assert page.locator(".secret").inner_text().startswith("pactwatch_")
    watch(tab)
    tab.click("button", "Sign out")
    page.wait_for_url("**/login")
    page.goto("/")
    assert "/login" in page.url


def test_a_user_signs_in_watches_and_sees_what_is_new(browser: Any, gate: Gate) -> None:
    tab = tab_of(browser, gate, color_scheme="dark", viewport=PHONE)

    def watch(seen: Tab) -> None:
        seen.accessible()
        not_wider_than(seen)

    walk(tab, gate, watch)
    assert [one for one in tab.wrong if "401" not in one] == []


def test_the_same_needs_no_javascript(browser: Any, gate: Gate) -> None:
    tab = tab_of(browser, gate, java_script_enabled=False)
    walk(tab, gate, lambda _: None)
    assert [one for one in tab.wrong if "401" not in one] == []


def test_an_admin_adds_a_user(browser: Any, gate: Gate) -> None:
    tab = tab_of(browser, gate, color_scheme="light", viewport=PHONE)
    tab.page.goto("/users")
    tab.accessible()
    sign_in(tab, "cleo")
    tab.page.locator("h1", has_text="Users").wait_for()
    for path in ("/account", "/saved", "/partnerships", "/organisations/1", "/users"):
        tab.page.goto(path)
        tab.accessible()
        not_wider_than(tab)
    form = tab.page.locator("form[aria-label='Add a user']")
    form.locator("input[name=name]").fill("dora")
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("button").click()
    assert tab.page.locator("tbody tr").count() == 4
    assert tab.wrong == []


def test_organisations_are_suggested_to_the_keyboard_and_the_mouse(browser: Any, gate: Gate) -> None:
    tab = tab_of(browser, gate)
    page = tab.page
    page.goto("/")
    sign_in(tab, "anna")
    page.wait_for_url("**/")
    field, options = page.locator("#q"), page.locator("[role=option]:visible")
    field.press_sequentially("memorandum with:eit")
    options.first.wait_for()
    tab.accessible()
    assert "EIT Health" in options.first.inner_text() and "partnerships" in options.first.inner_text()
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    field.press("Enter")
    assert field.input_value() == 'memorandum with:"EIT Health"'
    assert options.count() == 0
    field.press("Enter")
    page.wait_for_url("**/?q=memorandum+with*")

    field.fill("")
    field.press_sequentially("biomed")
    options.first.wait_for()
    field.press("Escape")
    assert options.count() == 0 and field.input_value() == "biomed"
    field.press_sequentially(" all")
    options.first.wait_for()
    options.first.click()
    assert field.input_value() == 'org:"BioMed Alliance"'

    page.goto("/partnerships")
    party = page.locator("input[name=with]").first
    party.press_sequentially("script")
    options.first.wait_for()
    assert "Lab <script>" in options.first.inner_text()  # shown as it is written, not run
    options.first.click()
    party.press("Enter")
    page.wait_for_url("**/partnerships?with=Lab*")
    assert page.locator(".agreements tbody tr").count() == 1
    assert tab.wrong == []
