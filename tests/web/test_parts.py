"""The pure parts: charts, marks, differences, links, limits; and what is said where something of ours fails."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from starlette.types import Message

from config.settings import load
from search.index import open_index
from search.pages_network import Edge, Network, Node
from tests.web.conftest import Filled
from tests.web.serving import PATIENCE, browsing
from web import charts
from web.app import create_app
from web.differences import differences
from web.drawing import draw
from web.hosts import is_loopback, name_of
from web.limits import Buckets, Limits
from web.links import Address


def test_months_are_drawn_without_gaps_and_many_of_them_as_years() -> None:
    chart = charts.months([("2020-11", 3), ("2021-02", 6)])
    assert [bar.label for bar in chart.bars] == ["2020-11", "2020-12", "2021-01", "2021-02"]
    assert (chart.top, [bar.height for bar in chart.bars]) == (10, [30.0, 0.0, 0.0, 60.0])
    long = charts.months([("1990-01", 1), ("2020-06", 2)])
    assert (long.unit, len(long.bars), long.last) == ("year", 31, "2020")
    assert charts.months([]).bars == ()


@given(st.text(alphabet="ab \n.", max_size=60), st.text(alphabet="ab \n.", max_size=60))
def test_the_words_of_a_comparison_are_those_of_the_texts(old: str, new: str) -> None:
    pieces = [piece for line in differences(old, new) if line.kind == "changed" for piece in line.pieces]
    gone = "".join(text for text, how in pieces if how == "gone")
    came = "".join(text for text, how in pieces if how == "new")
    assert len(gone) <= len(old) and len(came) <= len(new)
    assert (old == new) == (not any(line.kind == "changed" for line in differences(old, new)))


def test_links_add_and_take_away_and_begin_the_list_anew() -> None:
    here = Address("/", (("q", "a b"), ("theme", "x"), ("offset", "40")))
    assert str(here.add("theme", "y")) == "/?q=a+b&theme=x&theme=y"
    assert str(here.without("theme", "x")) == "/?q=a+b"
    assert str(here.set("sort", "date")) == "/?q=a+b&theme=x&sort=date"
    assert str(here.set("q", None).at("/x.csv")) == "/x.csv?theme=x"


def test_a_network_is_drawn_the_same_each_time_and_inside_its_frame() -> None:
    nodes = tuple(Node(number, f"Organisation {number}", "organisation", None, 2) for number in range(1, 60))
    edges = tuple(Edge(number, number + 1, 1, ("mou",), None) for number in range(1, 59))
    one = draw(Network(nodes, edges, 59, 58))
    assert one == draw(Network(nodes, edges, 59, 58))
    assert all(0 <= dot.x <= one.width and 0 <= dot.y <= one.height for dot in one.dots)
    assert len({(dot.x, dot.y) for dot in one.dots}) == 59


def test_an_address_that_asks_too_often_waits_and_then_may_again() -> None:
    at = [0.0]
    buckets = Buckets(Limits(burst=2, per_second=1.0), lambda: at[0])
    assert [buckets.take("a"), buckets.take("a")] == [0.0, 0.0]
    assert buckets.take("a") == 1.0
    assert buckets.take("b") == 0.0
    at[0] = 1.5
    assert buckets.take("a") == 0.0


NAMES = [("localhost:8000", "localhost"), ("[::1]:80", "::1"), ("A.example", "a.example")]


@pytest.mark.parametrize(("host", "name"), NAMES)
def test_a_name_is_read_without_its_port(host: str, name: str) -> None:
    assert name_of(host) == name
    assert is_loopback("127.0.0.2") and is_loopback("[::1]") and not is_loopback("0.0.0.0")


def application(filled: Filled, **more: Any) -> Any:
    from config.settings import load
    from search.index import open_index
    from web.app import create_app

    settings = load(data_dir=filled.folder, database_url="", index_dir=filled.folder / "index")
    return create_app(settings, filled.engine, open_index(filled.engine, filled.folder / "index"), **more)


def test_too_many_requests_are_told_when_to_come_again(filled: Filled) -> None:
    with browsing(application(filled, limits=Limits(burst=1, per_second=0.01))) as client:
        assert client.get("/help").status_code == 200
        answer = client.get("/help")
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 100
        assert client.get("/static/style.css").status_code == 200


def test_without_the_token_nothing_is_answered_and_guessing_ends_soon(filled: Filled) -> None:
    token = "t" * 32
    with browsing(application(filled, token=token)) as client:
        for path in ("/", "/api/v1/themes", "/static/style.css"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")
            assert answer.headers["www-authenticate"].startswith("Basic")
            assert "content-security-policy" in answer.headers
        assert client.get("/api/v1/themes", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert client.get("/", auth=("anybody", token)).status_code == 200
        assert client.get("/", headers={"Authorization": "Basic ???"}).status_code == 401
        statuses = [client.get("/", auth=("anybody", "x")).status_code for _ in range(12)]
        assert statuses[0] == 401 and statuses[-1] == 429
        assert client.get("/", auth=("anybody", token)).status_code == 200


def test_a_request_keeps_the_id_it_came_with_if_that_is_harmless(client: httpx.Client) -> None:
    assert client.get("/nothing", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert len(client.get("/help", headers={"X-Request-ID": "<script>"}).headers["x-request-id"]) == 16


def test_what_fails_inside_is_answered_with_the_same_headers(filled: Filled, client: httpx.Client) -> None:
    app = application(filled)

    @app.get("/api/broken")
    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the wiring is loose")

    with browsing(app) as visitor:
        page, problem = visitor.get("/broken"), visitor.get("/api/broken")
    assert page.status_code == problem.status_code == 500
    assert "the log has it as request" in page.text and "wiring" not in page.text
    assert problem.json()["detail"].endswith(problem.headers["x-request-id"])
    assert page.headers["content-security-policy"] == client.get("/help").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/themes", "/api/v1/partnerships.csv"])
def test_while_an_answer_is_sent_a_page_holds_no_connection_and_a_file_one(
    filled: Filled, own: Engine, path: str
) -> None:
    settings = load(data_dir=filled.folder, database_url="", index_dir=filled.folder / "index")
    app = create_app(settings, own, open_index(own, filled.folder / "index"))
    held: list[int] = []

    async def receive() -> Message:
        await asyncio.sleep(PATIENCE)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body" and message["body"]:
            held.append(own.pool.checkedout())  # type: ignore[attr-defined]  # a pool that counts

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "http_version": "1.1",
        "asgi": {"version": "3.0", "spec_version": "2.3"}, "root_path": "",
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert held and max(held) == (1 if path.endswith(".csv") else 0)
