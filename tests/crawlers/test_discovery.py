"""Feeds and sitemaps as they are found in the world: read right, or refused by name; never an unforeseen error."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.discovery import Found, Link, UnreadableError
from crawlers.feeds import read_feed
from crawlers.sitemaps import read_sitemap
from tests.crawlers.conftest import ROOT

CORPUS = ROOT.parent / "shared" / "corpora" / "feeds"
BASE = "http://example.org/feed"
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of feeds is not here")
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://example.org/blog/">{}</feed>'


def found(body: str | bytes) -> list[Link]:
    return list(read_feed(body.encode() if isinstance(body, str) else body, BASE).documents)


@pytest.mark.parametrize(
    ("body", "link"),
    [
        pytest.param(
            "<rss><channel><item><link>/a</link></item></channel></rss>", "http://example.org/a", id="relative"
        ),
        pytest.param(
            "<rss><item><guid>http://example.org/g</guid></item></rss>", "http://example.org/g", id="guid is the link"
        ),
        pytest.param(
            '<rss><item><guid isPermaLink="false">http://example.org/g</guid></item></rss>', None, id="guid is no link"
        ),
        pytest.param(
            "<rss><item><link>http://proxy.test/1</link><feedburner:origLink>http://example.org/1</feedburner:origLink>"
            "</item></rss>",
            "http://example.org/1",
            id="where it really lies",
        ),
        pytest.param(
            ATOM.format('<entry><link rel="self" href="s"/><link href="a" type="text/html"/></entry>'),
            "http://example.org/blog/a",
            id="alternate against xml:base",
        ),
        pytest.param(
            '<rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/"><item><link>http://e.org/r</link></item></rdf:RDF>',
            "http://e.org/r",
            id="RDF",
        ),
        pytest.param('{"version": "x", "items": [{"id": 1, "url": "/j"}, 3]}', "http://example.org/j", id="JSON"),
        pytest.param("\n \ufeff<?xml version='1.0'?><rss><item><link>/b</link></item></rss>", "http://example.org/b"),
    ],
)
def test_an_entry_has_the_link_that_its_format_says(body: str, link: str | None) -> None:
    assert [entry.url for entry in found(body)] == ([link] if link else [])


def test_titles_and_dates_are_hints_as_written() -> None:
    (entry,) = found(
        ATOM.format(
            "<entry><title>A <b>b</b></title><updated>u</updated><published>p</published><link href='a'/></entry>"
        )
    )
    assert (entry.title, entry.published) == ("A b", "p")


def test_no_entity_is_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]><rss><item><title>&x;</title><link>/a</link></item></rss>'
    assert "secret" not in str(found(body))


@pytest.mark.parametrize("body", ["", "<html/>", "{}", "[1]", "{", "nothing", "\x00\x01", "<"])
def test_what_is_no_feed_is_refused_by_name(body: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        found(body)
    assert refused.value.reason == "broken-feed"


def test_a_sitemap_that_unpacks_to_too_much_is_refused_by_name() -> None:
    with pytest.raises(UnreadableError) as refused:
        read_sitemap(gzip.compress(b"<urlset>" + b" " * 100_000), BASE, 50_000)
    assert refused.value.reason == "too-large"


def test_a_news_sitemap_gives_titles_and_the_date_of_publication() -> None:
    body = (
        b"<urlset><url><loc>http://e.org/1</loc><lastmod>2022</lastmod><n:news xmlns:n='n'><n:title>T</n:title>"
        b"<n:publication_date>2021-04-05</n:publication_date></n:news></url></urlset>"
    )
    assert read_sitemap(body, BASE, 10_000) == Found((Link("http://e.org/1", "T", "2021-04-05", "2022"),))


def test_the_last_change_of_a_page_is_not_its_date_of_publication() -> None:
    body = b"<urlset><url><loc>http://e.org/1</loc><lastmod>2022-03-10</lastmod></url></urlset>"
    assert read_sitemap(body, BASE, 10_000) == Found((Link("http://e.org/1", changed="2022-03-10"),))


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"<rss><item>", b"<urlset><url><loc>", b'{"items": [', b"\x1f\x8b"])
)
def test_no_bytes_at_all_cause_an_unforeseen_error(body: bytes, head: bytes) -> None:
    for read in (lambda data: read_feed(data, BASE), lambda data: read_sitemap(data, BASE, 10_000)):
        try:
            assert isinstance(read(head + body), Found)
        except UnreadableError as refused:
            assert refused.reason in {"broken-feed", "broken-sitemap", "too-large"}


def expected_links(file: Path, data: dict[str, Any]) -> Iterator[str]:
    """Links that the corpus expects of each entry: an RSS link, or an Atom entry's first alternate."""
    for entry in data.get("entries") or data.get("items") or []:
        if file.parent.name == "atom":
            links = [
                k["href"] for k in entry.get("links", []) if k.get("rel", "alternate") == "alternate" and k.get("href")
            ]
            yield from links[:1]
        elif entry.get("link"):
            yield entry["link"]


@needs_corpus
def test_the_corpus_of_feeds_is_read_as_expected() -> None:
    """Of the well-formed feeds with expected links, each link must be found; all others must not cause an error."""
    compared, wrong = 0, []
    for file in sorted(CORPUS.glob("gofeed/**/*.xml")):
        try:
            links = [entry.url for entry in found(file.read_bytes())]
        except UnreadableError:
            links = []
        expectation = file.with_suffix(".json")
        if file.parent.name not in {"rss", "atom"} or not expectation.exists():
            continue
        wanted = list(expected_links(file, json.loads(expectation.read_text())))
        compared += bool(wanted)
        if not all(any(link.endswith(url) for link in links) for url in wanted):
            wrong.append((file.name, wanted, links))
    assert compared >= 10
    assert wrong == []


@needs_corpus
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("sitemap.ns.xml", 2),
        ("sitemap.badns.xml", 2),
        ("sitemap-with-bom.txt", 2),
        ("xmlSitemap.gz", 5),
        ("sitemap.txt.gz", 5),
        ("sitemap.index.xml", 15),
        ("atom.xml", 1),
        ("extension/sitemap-news.xml", 2),
    ],
)
def test_the_corpus_of_sitemaps_is_read_as_expected(name: str, count: int) -> None:
    body = (CORPUS / "sitemaps" / "sitemaps" / name).read_bytes()
    read = read_sitemap(body, "http://www.example.com/sitemap.xml", 1_000_000)
    assert len(read.documents) + len(read.further) == count
