"""No request to a private address, however it is written, and whatever leads there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.addresses import is_public, literal_address, names_private
from crawlers.redirects import RedirectMiddleware
from crawlers.spiders.base import SourceSpider
from crawlers.verdicts import Refused
from tests.crawlers.conftest import Crawled
from tests.crawlers.site import Site

Crawl = Callable[..., Crawled]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_every_spelling_of_a_private_address_is_seen(host: str) -> None:
    assert names_private(f"http://{host}:8080/")


def test_a_name_is_no_literal_address() -> None:
    assert literal_address("http://example.org/") is None


def test_urls_and_names_that_lead_to_this_machine_are_filtered(site: Site, crawl: Crawl) -> None:
    site.page("/")
    hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
    crawled = crawl("page", [f"http://{host}:{site.port}/" for host in hosts], allow_private=False)
    assert {(outcome.outcome, outcome.reason) for outcome in crawled.outcomes} == {("filtered", "private")}
    assert len(crawled.outcomes) == len(hosts)
    assert site.hits == []


def test_a_name_that_resolves_to_a_private_address_is_not_connected_to(site: Site, crawl: Crawl) -> None:
    crawled = crawl("page", f"http://localhost:{site.port}/", allow_private=False)
    assert crawled.verdicts() == {"": "filtered private"}
    assert "127.0.0.1" in (crawled.outcomes[0].detail or "") or "::1" in (crawled.outcomes[0].detail or "")


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "//2130706433/", "http://[::ffff:10.0.0.1]/"])
def test_a_redirect_to_a_private_address_is_not_followed(target: str) -> None:
    hops = RedirectMiddleware(Crawler(SourceSpider, {"ALLOW_PRIVATE": False}))
    answer = Response("http://example.org/", 302, headers={"Location": target})
    with pytest.raises(Refused) as refused:
        hops.process_response(Request("http://example.org/"), answer)
    assert refused.value.verdict.reason == "private"
