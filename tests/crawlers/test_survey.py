"""What a first look makes of a site: feeds before sitemaps before listings; selectors that select the list alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from crawlers.patterns import find_pattern
from crawlers.survey import Proposal, Seen, first_look, proposals, second_look, seen_of, slug
from samples.site import Sites, build

BASE = "https://news.example"
TITLES = [f"A hospital and a university begin work number {number} together" for number in range(5)]


def survey(pages: Mapping[str, tuple[str, str]], start: str = "/") -> list[Proposal]:
    """Both looks at a site whose pages are given by path, as body and Content-Type."""

    def fetch(urls: Iterable[str]) -> dict[str, Seen]:
        found = {url: pages.get(url.removeprefix(BASE)) for url in urls}
        return {url: seen_of(url, page[0].encode(), page[1]) for url, page in found.items() if page}

    url = BASE + start
    seen = fetch(first_look(url))
    seen |= fetch(second_look(url, seen))
    return proposals(url, seen, id_="site")


def page(body: str, head: str = "") -> tuple[str, str]:
    return (
        f"<!doctype html><html lang='de-AT'><head><title>News of all</title>{head}</head><body>{body}</body></html>",
        "text/html",
    )


def listing(
    prefix: str = "/news/", wrap: str = "<div class='teaser post-{n}'><h2><a href='{url}'>{title}</a></h2></div>"
) -> str:
    items = "".join(wrap.format(n=n, url=f"{prefix}{n}", title=title) for n, title in enumerate(TITLES))
    menu = "".join(f"<li><a href='/about/{n}'>A page of the menu, number {n}</a></li>" for n in range(9))
    return f"<nav><ul>{menu}</ul></nav><main>{items}</main>"


FEED = "<rss version='2.0'><channel>{}</channel></rss>".format(
    "".join(f"<item><title>T</title><link>{BASE}/news/{n}</link></item>" for n in range(6))
)
SITEMAP = "<urlset><url><loc>https://news.example/news/1</loc></url></urlset>"


def test_a_feed_that_the_page_names_is_proposed_with_what_the_site_says_of_itself() -> None:
    head = (
        "<link rel='alternate' type='application/rss+xml' title='Comments' href='/comments/feed/'>"
        "<link rel='alternate' type='application/rss+xml' href='/hidden/rss'>"
    )
    (first, *_) = survey(
        {"/": page(listing(), head), "/hidden/rss": (FEED, "text/xml"), "/comments/feed/": (FEED, "text/xml")}
    )
    assert (first.source.kind, first.source.start) == ("feed", (f"{BASE}/hidden/rss",))
    assert (first.source.name, first.source.language) == ("News of all", "de")
    assert first.source.expect.documents == 3
    assert "lists 6 entries" in first.because


def test_feeds_at_usual_places_are_found_without_a_link() -> None:
    (first, *_) = survey({"/": page("<p>Hello"), "/atom.xml": (FEED, "application/xml")})
    assert first.source.start == (f"{BASE}/atom.xml",)


def test_a_sitemap_that_robots_txt_names_is_proposed_for_the_part_of_the_site_that_is_listed() -> None:
    pages = {
        "/": page(listing()),
        "/robots.txt": ("User-agent: *\nDisallow:\nSitemap: https://news.example/maps/one.xml", "text/plain"),
        "/maps/one.xml": (SITEMAP, "application/xml"),
    }
    (first, second, *_) = survey(pages)
    assert (first.source.kind, first.source.start) == ("sitemap", (f"{BASE}/maps/one.xml",))
    assert first.source.allow == (r"^https?://(?:www\.)?news\.example/news/.",)
    assert second.source.kind == "listing"


def test_a_listing_behind_the_front_page_is_found_with_its_pagination() -> None:
    more = "<div class='pager'><a class='forward' href='/aktuelles/?page=2'>Weiter ›</a></div>"
    pages = {"/": page("<a href='/aktuelles/'>Aktuelles</a>"), "/aktuelles/": page(listing() + more)}
    (first, *_) = survey(pages)
    assert (first.source.kind, first.source.start) == ("listing", (f"{BASE}/aktuelles/",))
    assert first.source.listing.items == "h2 a"
    assert first.source.listing.next == "div.pager a.forward"


def test_the_url_that_was_given_goes_first_where_it_is_a_feed() -> None:
    pages = {"/": page("", "<link rel=alternate type=application/rss+xml href=/big>"), "/big": (FEED, "text/xml")}
    small = "<rss><channel><item><link>/only</link></item></channel></rss>"
    (first, *_) = survey({**pages, "/small": (small, "text/xml")}, "/small")
    assert first.source.start == (f"{BASE}/small",)


def test_a_site_without_any_list_is_watched_and_says_so() -> None:
    (only,) = survey({"/": page("<p>Nothing here</p>")})
    assert only.source.kind == "page"
    assert "nothing that lists documents was found" in only.because


@pytest.mark.parametrize(
    ("wrap", "selector"),
    [
        ("<article class='card'><a class='card-link' href='{url}'>{title}</a></article>", "a.card-link"),
        ("<ul class='reports'><li><a href='{url}'>{title}</a> 3 March 2021</li></ul>", "ul.reports li a"),
        ("<dl class='row'><dt>2021-03-0{n}</dt><dd><a href='{url}'>PDF</a></dd></dl>", None),
    ],
)
def test_the_selector_of_a_list_selects_it_alone(wrap: str, selector: str | None) -> None:
    body, _ = page(listing(wrap=wrap))
    found = find_pattern(body.encode(), f"{BASE}/")
    assert found is not None
    assert found.links == tuple(f"{BASE}/news/{n}" for n in range(len(TITLES)))
    assert found.prefix == f"{BASE}/news/"
    if selector:
        assert found.items == selector


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"<a href='/x'>y</a>", b"<a href='http://[/'>a long title of a page</a>" * 9]
)
def test_pages_without_a_list_have_no_pattern(body: bytes) -> None:
    assert find_pattern(body, f"{BASE}/") is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.some-cluster.example/news", "some-cluster"),
        ("http://127.0.0.1:8700/", "127-0-0-1"),
        ("https://x.org/", "xx"),
        ("https://news.site.co.uk/", "news-site-co"),
    ],
)
def test_a_source_is_named_after_its_host(url: str, name: str) -> None:
    assert slug(url) == name


@pytest.mark.parametrize(("site", "kind"), [("courier", "feed"), ("clusters", "sitemap"), ("table", "listing")])
def test_the_sample_sites_are_understood(site: str, kind: str) -> None:
    sites = Sites(*[BASE if name == site else f"https://{name}.example" for name in ("courier", "clusters", "table")])
    pages = {
        path: (found.body.decode("utf8", "replace"), found.media_type) for path, found in build(sites, 1)[site].items()
    }
    assert survey(pages)[0].source.kind == kind
