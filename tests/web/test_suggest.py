"""Organisations suggested through the API, and what a page says of a name that no organisation has."""

from __future__ import annotations

import re

import httpx

from tests.web.conftest import SCRIPT, Filled


def test_the_api_suggests_organisations_with_counts(client: httpx.Client, filled: Filled) -> None:
    (found,) = client.get("/api/v1/suggest?q=biomed").json()["items"]
    assert found == {
        "id": filled.partner, "name": "BioMed Alliance", "also": None, "type": "organisation", "country": "BE",
        "documents": 1, "partnerships": 1,
    }  # fmt: skip
    near = client.get("/api/v1/suggest", params={"q": "EIT Helth"}).json()["items"]
    assert [one["id"] for one in near] == [filled.organisation]
    assert len(client.get("/api/v1/suggest?limit=2").json()["items"]) == 2
    for wrong in ("q=" + "x" * 301, "limit=0", "limit=51", "limit=x", "other=1", "q=%00"):
        assert client.get(f"/api/v1/suggest?{wrong}").status_code == 422, wrong


def test_the_table_of_partnerships_names_the_nearest_of_an_unknown_party(client: httpx.Client) -> None:
    page = client.get("/partnerships?with=EIT+Helth&kind=mou").text
    meant = re.search(r'<a href="([^"]+)">EIT Health</a>\?', page)
    assert meant is not None and "No organisation has the name <strong>EIT Helth</strong>" in page
    assert 'class="parties"' in client.get(meant[1].replace("&amp;", "&")).text
    assert "No organisation has the name" not in client.get("/partnerships?with=EIT+Health&kind=licence").text
    hostile = client.get("/partnerships", params={"with": SCRIPT}).text
    assert SCRIPT not in hostile and "No organisation has the name" in hostile


def test_fields_that_suggest_load_the_script_and_others_do_not(client: httpx.Client) -> None:
    for path in ("/", "/partnerships", "/organisations"):
        page = client.get(path).text
        script = re.search(r'src="(/static/suggest\.js\?v=\w+)"', page)
        assert script is not None and "data-suggest=" in page
        assert client.get(script[1]).headers["content-type"].startswith("text/javascript")
    assert "suggest.js" not in client.get("/themes").text
