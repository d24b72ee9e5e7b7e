"""A search that is saved from its page finds what the page shows, filters and all."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.web.conftest import Filled

SEARCHES = (
    "q=memorandum",
    "q=memorandum&theme=health-data",
    "q=nhs+OR+data&theme=health-data&theme=education-skills&lang=en",
    "theme=Health+data&source=Courier&country=DE&country=BE",
    "q=&org={organisation}&with={partner}&agreement=mou",
    "q=memorandum&since=2021&until=2021-12",
    "kind=news&since=30d",
    "org=%22EIT+Health%22",
)


@pytest.mark.parametrize("search", SEARCHES)
def test_the_query_to_be_saved_finds_the_same(client: httpx.Client, filled: Filled, search: str) -> None:
    asked = search.format(organisation=filled.organisation, partner=filled.partner)
    page = client.get(f"/?{asked}")
    link = re.search(r'href="(/saved\?[^"]*)"', page.text)
    assert link is not None, page.text
    query = parse_qs(urlsplit(unescape(link[1])).query, keep_blank_values=True)["query"][0]
    wanted = client.get(f"/api/v1/search?{asked.removeprefix('q=&')}").json()
    found = client.get("/api/v1/search", params={"q": query}).json()
    assert [hit["id"] for hit in found["items"]] == [hit["id"] for hit in wanted["items"]], query
    assert found["total"] == wanted["total"]
