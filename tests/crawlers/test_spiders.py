"""The four kinds of source, walked over a real server."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from crawlers.contract import OutcomeKind, UrlRole
from tests.crawlers.conftest import Crawled
from tests.crawlers.site import Site

Crawl = Callable[..., Crawled]
PDF = b"%PDF-1.7\n%%EOF"


def sitemap(*urls: str, index: bool = False, dates: tuple[str, ...] = ()) -> str:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    marks = [f"<lastmod>{date}</lastmod>" for date in dates] or [""] * len(urls)
    body = "".join(f"<{inner}><loc>{url}</loc>{mark}</{inner}>" for url, mark in zip(urls, marks, strict=True))
    return f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</{outer}>'


def test_a_feed_leads_to_its_entries_with_their_hints(site: Site, crawl: Crawl) -> None:
    page = site.page("/one")
    feed = site.add(
        "/feed",
        f"<rss><channel><item><title>One &amp; only</title><link>{page}?utm_source=rss#top</link>"
        "<pubDate>Mon, 05 Apr 2021 10:00:00 GMT</pubDate></item></channel></rss>",
        "application/rss+xml",
    )
    crawled = crawl("feed", feed)
    assert crawled.verdicts() == {"feed": "fetched", "one": "fetched"}
    assert crawled[feed].role is UrlRole.DISCOVERY
    one = crawled[page]
    assert (one.role, one.found_on) == (UrlRole.DOCUMENT, feed)
    assert (one.hint_title, one.hint_published) == ("One & only", "Mon, 05 Apr 2021 10:00:00 GMT")
    assert (one.status, one.media_type) == (200, "text/html")


def test_two_spellings_of_a_url_are_one_document(site: Site, crawl: Crawl) -> None:
    site.page("/a?x=1&y=2")
    feed = site.feed("/feed", site.url("/a?x=1&amp;y=2"), site.url("/a?x=1&amp;y=2#part"), site.url("/a?y=2&amp;x=1"))
    assert crawl("feed", feed).verdicts() == {"feed": "fetched", "a?x=1&y=2": "fetched"}
    assert site.asked("/a?x=1&y=2") == 1


def test_a_sitemap_index_leads_through_gzipped_sitemaps_to_pages(site: Site, crawl: Crawl) -> None:
    pages = [site.page(f"/p{n}") for n in range(3)]
    plain = site.add("/plain.xml", sitemap(*pages[:2]), "application/xml")
    packed = site.add("/packed.xml.gz", gzip.compress(sitemap(pages[2]).encode()), "application/octet-stream")
    index = site.add("/sitemap.xml", sitemap(plain, packed, index=True), "application/xml")
    crawled = crawl("sitemap", index)
    assert set(crawled.verdicts().values()) == {"fetched"}
    assert {o.url for o in crawled.outcomes if o.role is UrlRole.DOCUMENT} == set(pages)


def test_the_limit_on_documents_keeps_the_newest_of_all_sitemaps(site: Site, crawl: Crawl) -> None:
    pages = [site.page(f"/p{n}") for n in range(4)]
    old = site.add("/old.xml", sitemap(*pages[:2], dates=("2020-01-01", "2024-05-05")), "application/xml")
    new = site.add("/new.xml", sitemap(*pages[2:], dates=("2021-01-01", "2023-01-01")), "application/xml")
    crawled = crawl("sitemap", site.add("/index.xml", sitemap(old, new, index=True)), max_documents=2)
    assert {o.url for o in crawled.outcomes if o.reason == "limit"} == {pages[0], pages[2]}
    assert crawled[pages[1]].outcome is OutcomeKind.FETCHED


def test_a_listing_is_walked_page_by_page_up_to_its_limit(site: Site, crawl: Crawl) -> None:
    for n in range(4):
        site.page(f"/n{n}")
        site.add(
            f"/list{n}",
            f'<html><body><div class="item"><a href="n{n}">N</a></div><a href="/about">About</a>'
            f'<a rel="next" href="/list{n + 1}">older</a></body></html>',
        )
    listing = {"items": "div.item", "next": "a[rel=next]", "max_pages": 3}
    crawled = crawl("listing", site.url("/list0"), listing=listing)
    assert crawled.verdicts() == {
        **{f"list{n}": "fetched" for n in range(3)},
        **{f"n{n}": "fetched" for n in range(3)},
        "list3": "filtered limit",
    }


def test_a_page_brings_its_files_and_no_other_page(site: Site, crawl: Crawl) -> None:
    report = site.add("/files/Report.PDF", PDF, "application/octet-stream")
    page = site.add("/", '<html><body><a href="files/Report.PDF">Report</a> <a href="/other">Other</a></body></html>')
    crawled = crawl("page", page, allow=["/$"])
    assert crawled.verdicts() == {"": "fetched", "files/Report.PDF": "fetched"}
    assert crawled[report].media_type == "application/pdf"
    assert crawl("page", page, follow_files=False).verdicts() == {"": "fetched"}


def test_depth_follows_links_on_the_same_host_so_many_steps(site: Site, crawl: Crawl) -> None:
    for n in range(4):
        site.add(f"/d{n}", f'<html><body><a href="/d{n + 1}">on</a><a href="http://other.test/">off</a></body></html>')
    assert crawl("page", site.url("/d0"), depth=2).verdicts() == {"d0": "fetched", "d1": "fetched", "d2": "fetched"}


def test_a_start_url_that_turns_out_to_be_a_feed_is_walked_as_one(site: Site, crawl: Crawl) -> None:
    page = site.page("/one")
    crawled = crawl("page", site.feed("/", page))
    assert crawled[site.url("/")].role is UrlRole.DISCOVERY
    assert crawled[page].outcome is OutcomeKind.FETCHED


def test_a_start_url_that_turns_out_to_be_a_sitemap_index_is_walked_as_one(site: Site, crawl: Crawl) -> None:
    page = site.page("/one")
    child = site.add("/child.xml", sitemap(page), "application/xml")
    crawled = crawl("page", site.add("/", sitemap(child, index=True), "text/xml"))
    assert crawled.verdicts() == {"": "fetched", "child.xml": "fetched", "one": "fetched"}


def test_patterns_and_hosts_filter_by_name(site: Site, crawl: Crawl) -> None:
    site.page("/news/a")
    feed = site.feed(
        "/feed", *map(site.url, ("/news/a", "/news/tag/b", "/shop/c")), "http://other.test/d", "ftp://x.test/e"
    )
    crawled = crawl("feed", feed, allow=["/news/"], deny=["/tag/"])
    assert crawled.verdicts() == {
        "feed": "fetched",
        "news/a": "fetched",
        "news/tag/b": "filtered pattern",
        "shop/c": "filtered pattern",
        "d": "filtered pattern",
        "e": "filtered scheme",
    }
    assert crawl("feed", feed).verdicts()["d"] == "filtered host"
    assert site.asked("/shop/c") == 1


def test_the_user_agent_is_the_jobs_and_no_cookie_is_sent_back(site: Site, crawl: Crawl) -> None:
    site.page("/one", Set_Cookie="session=1")
    crawl("feed", site.feed("/feed", site.url("/one"), Set_Cookie="session=1"))
    for _, headers in site.headers:
        assert headers["User-Agent"] == "Pactwatch-test/0 (+http://127.0.0.1/)"
        assert "Cookie" not in headers
