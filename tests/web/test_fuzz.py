"""Every parameter of every page, asked what nobody should ask: told as a mistake or answered, never a 500."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from config.settings import load
from search.index import open_index
from tests.web.conftest import Filled
from tests.web.serving import browsing
from tests.web.test_saved import Crawls
from web import pages
from web.app import create_app

ODD = {
    "empty": "",
    "word": "soon",
    "negative": "-1",
    "zero": "0",
    "huge": "9" * 40,
    "float": "1e308",
    "nan": "nan",
    "unknown": "no-such-thing",
    "cursor": "2021-04-09~",
    "cursor of text": "a~b~c",
    "regex": "(.*)+$[",
    "sql": "'; DROP TABLE document; --",
    "script": "<script>alert(1)</script>",
    "template": "{{ 7 * 7 }}{% raise %}",
    "right to left": "\u202eשלום\u202c",
    "emoji": "🧬👩\u200d🔬",
    "nul": "a\0b",
    "surrogate": "%ED%A0%80",
    "path": "../../etc/passwd",
    "long": "x" * 10_000,
    "nested": "(" * 1900,
    "quote": '"',
    "operators": "AND OR NOT NEAR ~ * ^ :",
    "date": "2021-13-45",
    "format": "%s%n{0}",
}
QUICK = {"word", "negative", "huge", "cursor", "sql", "script", "right to left", "nul", "surrogate", "long", "nested"}
"""Those of every test run; the others are asked by the slow tests."""
KINDS = [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.slow) for kind in ODD]
RAW = {"surrogate"}
"""Given as they are, not encoded once more."""


@pytest.fixture(scope="module")
def visitor(filled: Filled) -> Iterator[httpx.Client]:
    settings = load(data_dir=filled.folder, database_url="", index_dir=filled.folder / "index")
    index = open_index(filled.engine, filled.folder / "index")
    app = create_app(settings, filled.engine, index, crawls=Crawls(), read_capture=lambda *_: ({}, b""))
    with browsing(app) as client:
        yield client


def leaves(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """The routes of a router and of those that it includes."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from leaves(router.routes)


PAGES = [route for route in leaves(pages.router.routes) if "GET" in route.methods]
"""Every page; the API is held to its own description."""
PARAMETERS = sorted(
    {(route.path, field.alias) for route in PAGES for field in get_flat_params(route.dependant)}
    | {(route.path, "no_such_parameter") for route in PAGES if "{" not in route.path}
)
"""Each page with each of its parameters."""


def asked(path: str, name: str, kind: str) -> str:
    """The address with the odd value in its place; parts of the path that are not meant are those of what is there."""
    value = ODD[kind] if kind in RAW else str(httpx.QueryParams({"v": ODD[kind]}))[2:].replace("+", "%20")
    in_path = "{" + name in path
    filled = re.sub(r"\{(\w+)(:\w+)?\}", lambda part: value if part[1] == name else STANDING.get(part[1], "1"), path)
    return filled if in_path else f"{filled}?{name}={value}"


STANDING = {"name": "health-data", "format": "svg", "kind": "atom", "key": "x"}


def test_every_page_is_among_those_that_are_asked() -> None:
    held = {path for path, _ in PARAMETERS}
    assert {"/", "/partnerships", "/network", "/saved", "/crawls", "/documents/{number}", "/login"} <= held
    assert {("/", "q"), ("/", "with"), ("/network", "most"), ("/documents/{number}/changes", "old")} <= set(PARAMETERS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_odd_value_of_any_parameter_is_a_defect(visitor: httpx.Client, kind: str) -> None:
    wrong = []
    for path, name in PARAMETERS:
        address = asked(path, name, kind)
        answer = visitor.get(address)
        page = answer.text if "text/html" in answer.headers.get("content-type", "") else ""
        told = answer.status_code < 400 or re.search(r"<h1|\"detail\"|role=\"alert\"", answer.text)
        if answer.status_code >= 500 or not told or "<script>alert(1)" in page:
            wrong.append((address[:120], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("kind", [*("script", "huge"), *(one for one in KINDS if not isinstance(one, str))])
def test_several_odd_values_at_once_are_no_defect_either(visitor: httpx.Client, kind: str) -> None:
    names: dict[str, list[str]] = {}
    for path, name in PARAMETERS:
        if "{" not in path:
            names.setdefault(path, []).append(name)
    for path, held in names.items():
        pairs = "&".join(asked("/", name, kind).partition("?")[2] for name in held)
        if len(pairs) < 60_000:
            assert visitor.get(f"{path}?{pairs}").status_code < 500, path


def test_an_address_that_is_far_too_long_is_refused(visitor: httpx.Client) -> None:
    assert 400 <= visitor.get("/", params={"q": "x" * 50_000}).status_code < 500
