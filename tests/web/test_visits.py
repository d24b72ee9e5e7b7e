"""What is new on the table of partnerships since the last visit, and the buttons that watch."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, select

from models.base import now
from models.session import read_session, write_session
from models.tables import Visit
from search.saved import listed
from tests.search.factories import World
from tests.web.serving import eventually
from tests.web.test_login import Gate, gate
from tests.web.test_saved import crawls, token, visitor
from web import visits

__all__ = ["crawls", "gate", "visitor"]


def marks(page: str) -> int:
    return page.count('class="new-mark"')


def come_back_tomorrow(client: httpx.Client) -> None:
    """Make the last look of a cookie a day old."""
    before, seen, at = client.cookies[visits.COOKIE].split(".")
    client.cookies.delete(visits.COOKIE)
    client.cookies.set(visits.COOKIE, f"{before}.{seen}.{int(at) - 86_400}", domain="127.0.0.1")


def kept(engine: Engine) -> int:
    with read_session(engine) as session:
        return len(session.scalars(select(Visit)).all())


def arrive(engine: Engine) -> int:
    """A partnership that comes now."""
    world = World(engine)
    parties = [world.organisation(name, key=name) for name in ("New Lab", "New Clinic")]
    return world.partnership(world.document("Just in", "x", source="courier"), *parties, evidence="They signed.")


def test_a_browser_sees_what_came_since_its_last_visit(visitor: httpx.Client, own: Engine) -> None:
    first = visitor.get("/partnerships")
    assert marks(first.text) == 0 and "since your last visit" not in first.text
    cookie = first.headers["set-cookie"]
    assert cookie.startswith(visits.COOKIE) and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "set-cookie" not in visitor.get("/partnerships").headers
    come_back_tomorrow(visitor)
    assert "Nothing new since your last visit" in visitor.get("/partnerships").text
    number = arrive(own)
    come_back_tomorrow(visitor)
    page = visitor.get("/partnerships").text
    assert marks(page) == 1 and "1 new since your last visit" in page
    only = visitor.get("/partnerships?new=true&sort=added")  # within the same visit it stays new
    assert re.findall(r'class="strong" href="/partnerships/(\d+)"', only.text) == [str(number)]
    file = re.search(r'href="(/api/v1/partnerships\.csv\?[^"]*)"', only.text)
    assert file is not None
    whole = visitor.get(file[1].replace("&amp;", "&"))
    assert whole.status_code == 200 and "New Lab" in whole.text and "EIT Health" not in whole.text
    come_back_tomorrow(visitor)
    page = visitor.get("/partnerships?new=true").text
    assert marks(page) == 0 and "Nothing like that has come since your last visit" in page


@pytest.mark.parametrize("value", ["", "x", "1.2", "-1.2.3", f"{'9' * 30}.1.1", "999999999.999999999.99999999999"])
def test_a_cookie_that_means_nothing_is_passed_over(visitor: httpx.Client, value: str) -> None:
    visitor.cookies.set(visits.COOKIE, value)
    answer = visitor.get("/partnerships?new=true")
    assert answer.status_code == 200 and marks(answer.text) == 0


def test_each_user_has_a_last_visit_of_their_own_on_whatever_browser(gate: Gate) -> None:
    with gate.visitor() as anna, gate.visitor() as bert:
        gate.sign_in(anna, "anna")
        gate.sign_in(bert, "bert")
        assert visits.COOKIE not in anna.get("/partnerships").headers.get("set-cookie", "")
        eventually(lambda: kept(gate.engine) == 1)
        with write_session(gate.engine) as session:
            for row in session.scalars(select(Visit)):
                row.at = now() - timedelta(days=1)
        arrive(gate.engine)
        bearer = {"Authorization": f"Bearer {gate.api_token('anna')}"}
        with gate.visitor() as program:
            assert marks(program.get("/partnerships", headers=bearer).text) == 1
        with gate.visitor() as elsewhere:
            gate.sign_in(elsewhere, "anna")
            assert marks(elsewhere.get("/partnerships").text) == 1
        assert marks(anna.get("/partnerships").text) == 1
        assert marks(bert.get("/partnerships").text) == 0  # his first visit
        eventually(lambda: kept(gate.engine) == 2)


@pytest.mark.parametrize("page", ["/organisations/1", "/partnerships/1", "/themes/health-data"])
def test_a_watch_begins_and_ends_with_a_button(visitor: httpx.Client, own: Engine, page: str) -> None:
    def press(what: str) -> httpx.Response:
        held = token(visitor, page)
        form = {"token": held, "page": page[1:], "about": "partnerships", "what": what}
        return visitor.post("/watch", data=form)

    assert "New partnerships" in visitor.get(page).text
    done = press("begin")
    assert (done.status_code, done.headers["location"]) == (303, f"{page}#watch")
    shown = visitor.get(page).text
    feed = re.search(r'href="(/saved/\d+\.atom)"', shown)
    assert feed is not None and "Stop watching" in shown
    assert visitor.get(feed[1]).status_code == 200
    press("begin")
    with write_session(own) as session:
        (row,) = listed(session)
    target = visitor.get(f"/saved/{row.id}").headers["location"]
    assert target.startswith("/partnerships?") and visitor.get(target).text.count('class="parties"') >= 1
    press("end")
    assert "Stop watching" not in visitor.get(page).text and visitor.get(feed[1]).status_code == 404


def test_a_watch_of_nothing_is_refused(visitor: httpx.Client) -> None:
    held = token(visitor, "/saved")
    for wrong in (
        {"page": "organisations/999"}, {"page": "organisations/x"}, {"page": "//evil.example/1"}, {"page": ""},
        {"page": "organisations/1", "about": "nonsense"}, {"page": "partnerships/1", "about": "documents"},
    ):  # fmt: skip
        assert visitor.post("/watch", data={"token": held, "about": "partnerships"} | wrong).status_code == 404
    assert visitor.post("/watch", data={"page": "organisations/1", "about": "partnerships"}).status_code == 403


def test_a_filtered_table_can_be_watched(visitor: httpx.Client) -> None:
    page = visitor.get("/partnerships?kind=mou&with=EIT+Health&sort=signed&new=true").text
    link = re.search(r'href="(/saved\?about=partnerships[^"]*)">Watch these', page)
    assert link is not None
    form = visitor.get(link[1].replace("&amp;", "&")).text
    assert 'value="with=EIT+Health&amp;kind=mou"' in form and '<option value="partnerships" selected>' in form
