"""The API: lists page by page and whole, problems that say what is wrong, tags that spare what is known."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import httpx
import openpyxl
import pandas as pd
import pytest

from tests.web.conftest import SCRIPT, Filled

LISTS = ("search", "documents", "partnerships", "organisations", "themes", "sources", "runs", "network", "timeline")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx", "parquet"])
def test_every_list_comes_whole_as_a_file_that_pandas_reads(client: httpx.Client, name: str, ending: str) -> None:
    answer = client.get(f"/api/v1/{name}.{ending}")
    assert answer.status_code == 200, answer.text
    assert 'filename="' in answer.headers["content-disposition"]
    content = io.BytesIO(answer.content)
    frame = {
        "csv": lambda: pd.read_csv(content, comment="#", encoding="utf-8-sig"),
        "jsonl": lambda: pd.read_json(content, lines=True),
        "xlsx": lambda: pd.read_excel(content),
        "parquet": lambda: pd.read_parquet(content),
    }[ending]()
    whole = client.get(f"/api/v1/{name}").json()
    assert len(frame) == len(whole["edges" if name == "network" else "items"])
    assert len(frame) > 0


@pytest.mark.parametrize("name", ["documents", "partnerships", "organisations", "runs"])
def test_pages_of_a_list_join_to_the_whole_without_gap_or_double(client: httpx.Client, name: str) -> None:
    found, address = [], f"/api/v1/{name}?limit=1"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        found += [one["id"] for one in answer.json()["items"]]
        following = answer.json()["next"]
        assert (f'<{following}>; rel="next"' == answer.headers.get("link")) == (following is not None)
        address = following
    assert found == [one["id"] for one in client.get(f"/api/v1/{name}").json()["items"]]
    assert len(found) > 1


def test_a_partnership_has_parties_reports_and_evidence(client: httpx.Client, filled: Filled) -> None:
    one = client.get(f"/api/v1/partnerships/{filled.partnership}").json()
    assert [party["name"] for party in one["parties"]] == ["EIT Health", "BioMed Alliance"]
    report = one["reports"][0]
    text = client.get(f"/api/v1/documents/{report['document_id']}").json()["text"]
    assert report["evidence"] in text


def test_filters_of_a_file_are_those_of_its_list(client: httpx.Client) -> None:
    frame = pd.read_json(io.BytesIO(client.get("/api/v1/partnerships.jsonl?kind=mou&limit=1").content), lines=True)
    assert frame["kind"].tolist() == ["mou"]
    search = pd.read_json(io.BytesIO(client.get("/api/v1/search.jsonl?q=memorandum&limit=1").content), lines=True)
    assert len(search) == 3


def test_a_title_that_begins_like_a_formula_is_harmless_in_excel(client: httpx.Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/v1/search.xlsx?q=nhs").content))
    assert f"'=1+1 {SCRIPT}" in [cell.value for row in book.active.iter_rows() for cell in row]


def test_the_network_comes_as_graphml(client: httpx.Client) -> None:
    answer = client.get("/api/v1/network.graphml")
    graph = ElementTree.fromstring(answer.content)
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert len(graph.findall(f".//{space}node")) == 3
    assert len(graph.findall(f".//{space}edge")) == 2
    assert client.get("/network.svg").text.startswith("<svg")


@pytest.mark.parametrize("path", ["/api/v1/search?q=data", "/partnerships", "/", "/api/v1/openapi.json"])
def test_what_is_known_already_is_not_sent_again(client: httpx.Client, path: str) -> None:
    client.get(path)  # the table of partnerships is another page for whoever was never here
    first = client.get(path)
    tag = first.headers["etag"]
    again = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert "content-length" not in again.headers
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


WRONG = {
    "/api/v1/search?limit=0": (422, "limit"),
    "/api/v1/search?limit=1e9": (422, "limit"),
    "/api/v1/search?offset=-1": (422, "offset"),
    "/api/v1/search?nonsense=1": (422, "nonsense: there is no such parameter"),
    "/api/v1/search?q=(mou": (400, "this parenthesis is not closed"),
    "/api/v1/search.csv?q=(mou": (400, "this parenthesis is not closed"),
    "/api/v1/search?theme=heatlh-data": (400, "nearest is health-data"),
    "/api/v1/search?since=soon": (422, "since"),
    "/api/v1/search?since=2021-13": (400, "2021-13"),
    "/api/v1/search?since=2023&until=2021": (400, "later"),
    "/api/v1/search.docx": (422, "format"),
    "/api/v1/documents?after=x": (422, "after"),
    "/api/v1/documents/0": (422, "number"),
    "/api/v1/documents/99999999999999999999999": (422, "number"),
    "/api/v1/documents/12345": (404, "there is no document 12345"),
    "/api/v1/partnerships?after=nonsense": (400, "no place in this list"),
    "/api/v1/partnerships?kind=friendship": (422, "kind"),
    "/api/v1/partnerships?with=a&with=b&with=c": (400, "twice at most"),
    "/api/v1/partnerships?min_confidence=nan": (422, "min_confidence"),
    "/api/v1/organisations?after=1~x": (400, "no place in this list"),
    "/api/v1/organisations?country=Germany": (422, "country"),
    "/api/v1/organisations?q=%00": (422, "NUL"),
    "/api/v1/network?most=100000": (422, "most"),
    "/api/v1/runs?after=yesterday": (400, "no place in this list"),
    "/api/v1/sources/..%2F..%2Fetc": (404, ""),
    "/api/v1/nothing": (404, ""),
}


@pytest.mark.parametrize("path", WRONG)
def test_a_mistake_is_told_as_a_problem(client: httpx.Client, path: str) -> None:
    status, part = WRONG[path]
    answer = client.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status), problem
    assert part in problem["detail"]


ODD = (
    "%00",
    "%ff%fe",
    "'; DROP TABLE document; --",
    "(.*)+$",
    "שלום",
    "🧬",
    "x" * 10_000,
    "<script>",
    "a" * 400,
    "../..",
    "%",
)


@pytest.mark.parametrize("value", ODD, ids=[one[:12] for one in ODD])
@pytest.mark.parametrize("name", ["q", "with", "theme", "after", "since"])
def test_odd_values_of_any_parameter_never_break_a_page(client: httpx.Client, name: str, value: str) -> None:
    for path in ("/", "/partnerships", "/organisations", "/network"):
        answer = client.get(path, params={name: value} if "%" not in value else f"{name}={value}")
        assert answer.status_code < 500, f"{path} {name}: {answer.text[:300]}"
        assert "<script>" not in answer.text.replace("<script src=", "")


def test_only_get_is_answered_where_nothing_can_be_changed(client: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/api/v1/search")
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"
