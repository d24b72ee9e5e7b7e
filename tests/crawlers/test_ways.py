"""Several ways to a source's documents: the next one is tried when those before gave nothing, and the crawl says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from crawlers.contract import Known
from tests.crawlers.conftest import Crawled
from tests.crawlers.site import Site

Crawl = Callable[..., Crawled]


def with_pages(site: Site) -> None:
    for path in ("/a", "/b"):
        site.page(path)


def lists(site: Site, path: str, *links: str, more: str = "") -> str:
    items = "".join(f"<li><a href='{link}'>A document</a></li>" for link in links)
    return site.add(path, f"<html><body><ul>{items}</ul>{more}</body></html>")


def gave(crawled: Crawled) -> tuple[int, list[str]]:
    assert crawled.done is not None
    return crawled.done["way"], crawled.done["gave"]


def test_the_next_way_is_tried_when_the_first_is_broken_or_empty(site: Site, crawl: Crawl) -> None:
    with_pages(site)
    site.feed("/empty")
    listing = lists(site, "/list", "/a", "/b")
    fallbacks: list[dict[str, Any]] = [
        {"kind": "feed", "start": site.url("/empty")},
        {"kind": "listing", "start": listing, "listing": {"items": "li a"}},
        {"kind": "feed", "start": site.url("/never")},
    ]
    crawled = crawl("sitemap", site.url("/gone"), fallbacks=fallbacks)
    assert gave(crawled) == (2, ["failed status-404", "empty", "used"])
    assert crawled.verdicts() == {
        "gone": "failed status-404", "empty": "fetched", "list": "fetched", "a": "fetched", "b": "fetched",
    }  # fmt: skip
    assert site.asked("/never") == 0


def test_a_way_that_works_is_the_only_one_also_when_it_has_nothing_new(site: Site, crawl: Crawl) -> None:
    with_pages(site)
    site.conditional(
        "/feed", f"<rss><channel><item><link>{site.url('/a')}</link></item></channel></rss>", '"1"', "text/xml"
    )
    fallbacks = [{"kind": "page", "start": site.url("/b")}]
    crawled = crawl("feed", site.url("/feed"), [Known(site.url("/feed"), etag='"1"')], fallbacks=fallbacks)
    assert gave(crawled) == (0, ["used"])
    assert crawled.verdicts() == {"feed": "unchanged"}


def test_a_source_whose_ways_all_fail_says_why_each_did(site: Site, crawl: Crawl) -> None:
    crawled = crawl("feed", site.url("/x"), fallbacks=[{"kind": "sitemap", "start": site.add("/s", "no sitemap")}])
    assert gave(crawled) == (1, ["failed status-404", "failed broken-sitemap"])


@pytest.mark.parametrize("items", ["//li/a", "(//li)[position() > 0]", ".//li/a", "ul li"])
def test_items_are_selected_by_css_or_xpath(site: Site, crawl: Crawl, items: str) -> None:
    with_pages(site)
    crawled = crawl("listing", lists(site, "/list", "/a", "/b"), listing={"items": items})
    assert crawled.verdicts() == {"list": "fetched", "a": "fetched", "b": "fetched"}


@pytest.mark.parametrize(
    ("pages", "paths", "more"),
    [
        ("/list?page={page}", ["/list?page=2", "/list?page=3"], {}),
        ("/list?from={offset}", ["/list?from=10", "/list?from=20"], {"first": 10, "step": 10}),
    ],
)
def test_pages_are_walked_by_number_until_one_names_nothing_new(
    site: Site, crawl: Crawl, pages: str, paths: list[str], more: dict[str, int]
) -> None:
    with_pages(site)
    lists(site, "/list", "/a")
    lists(site, paths[0], "/a", "/b")
    lists(site, paths[1], "/a", "/b")
    crawled = crawl("listing", site.url("/list"), listing={"items": "li a", "pages": site.url(pages), **more})
    assert sorted(crawled.verdicts()) == sorted(["list", "a", "b", paths[0][1:], paths[1][1:]])


def test_that_a_numbered_page_is_not_there_is_the_end_of_the_list_and_no_failure(site: Site, crawl: Crawl) -> None:
    with_pages(site)
    lists(site, "/list", "/a")
    crawled = crawl("listing", site.url("/list"), listing={"items": "li a", "pages": site.url("/list/{page}/")})
    assert crawled[site.url("/list/2/")].reason == "last-page"


def test_an_archive_by_year_is_walked_back_over_a_year_without_items(site: Site, crawl: Crawl) -> None:
    from datetime import UTC, datetime

    with_pages(site)
    year = datetime.now(UTC).year
    lists(site, "/archive")
    lists(site, f"/{year}", "/a")
    lists(site, f"/{year - 1}")
    lists(site, f"/{year - 2}", "/b")
    crawled = crawl("listing", site.url("/archive"), listing={"items": "li a", "pages": site.url("/{year}")})
    assert crawled[site.url("/b")].outcome == "fetched"
    assert crawled[site.url(f"/{year - 3}")].reason == "last-page"


def test_more_is_loaded_from_an_endpoint_that_answers_json_with_urls_or_pieces_of_html(
    site: Site, crawl: Crawl
) -> None:
    with_pages(site)
    lists(site, "/list")
    site.add("/api?p=1", json.dumps({"data": {"items": [{"url": "/a"}]}}), "application/json")
    site.add("/api?p=2", json.dumps({"data": {"items": [{"url": "<li><a href='/b'>B</a></li>"}]}}), "application/json")
    site.add("/api?p=3", json.dumps({"data": {"items": []}}), "application/json")
    listing = {"items": "li a", "pages": site.url("/api?p={page}"), "first": 1, "json": "data.items.url"}
    crawled = crawl("listing", site.url("/list"), listing=listing)
    assert crawled[site.url("/a")].outcome == crawled[site.url("/b")].outcome == "fetched"
    assert site.asked("/api?p=4") == 0
    site.add("/api?p=1", "{", "application/json")
    assert crawl("listing", site.url("/list"), listing=listing)[site.url("/api?p=1")].reason == "broken-listing"


def test_files_behind_links_without_an_ending_are_known_by_their_content(site: Site, crawl: Crawl) -> None:
    pdf = b"%PDF-1.4\n" + b"x" * 100
    links = "<a href='/download?id=3'>The report</a><a href='/node/7'>Full report (PDF)</a><a href='/node/8'>About</a>"
    site.add("/page", f"<html><body>{links}<a href='/app'>Download our app</a></body></html>")
    site.add("/download?id=3", pdf, "application/pdf", Content_Disposition="attachment")
    site.add("/node/7", pdf + b"y", "application/octet-stream")
    site.page("/app")
    crawled = crawl("page", site.url("/page"))
    assert crawled.verdicts() == {
        "page": "fetched", "download?id=3": "fetched", "node/7": "fetched", "app": "filtered type",
    }  # fmt: skip
    assert site.asked("/node/8") == 0


def test_a_crawl_goes_back_to_a_date_through_the_pages_of_a_feed(site: Site, crawl: Crawl) -> None:
    def paged(path: str, year: int, more: str) -> None:
        item = f"<item><link>{site.page(f'/{year}')}</link><pubDate>Mon, 05 Jan {year} 10:00:00 GMT</pubDate></item>"
        site.add(path, f"<rss><channel>{more}{item}</channel></rss>", "application/rss+xml")

    after = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="/feed2"/>'
    paged("/feed", 2026, after)
    paged("/feed2", 2020, "<generator>https://wordpress.org/?v=6</generator>")
    paged("/feed2?paged=2", 2015, "<generator>https://wordpress.org/?v=6</generator>")
    crawled = crawl("feed", site.url("/feed"), [Known(site.url("/2026"), etag="x")], since="2018-06-01")
    assert crawled.verdicts() == {
        "feed": "fetched", "feed2": "fetched", "feed2?paged=2": "fetched", "2020": "fetched",
        "2015": "filtered since", "feed2?paged=3": "filtered last-page",
    }  # fmt: skip
    assert crawl("feed", site.url("/feed")).verdicts() == {"feed": "fetched", "2026": "fetched"}
