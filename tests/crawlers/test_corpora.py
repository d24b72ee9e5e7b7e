"""Feeds, sitemaps and robots.txt of other projects: read as expected, and every difference is listed here."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from protego import Protego

from crawlers.feeds import read_entries, read_feed
from crawlers.robots_text import parse_robots
from crawlers.sitemaps import read_sitemap
from tests.crawlers.conftest import ROOT

CORPORA = ROOT.parent / "shared" / "corpora"
BASE = "http://example.org/feed"
pytestmark = pytest.mark.skipif(not CORPORA.exists(), reason="the corpora of feeds and robots.txt are not here")

ID_IS_LINK = {"atom03_feed_entry_id.xml", "atom10_feed_entry_id.xml"}
"""Entries without a link whose id is a URL: read as the link, as readers do."""


def expected(file: Path, entry: dict[str, Any]) -> tuple[str, str, str]:
    """Link, title and date that the corpus expects of an entry; empty where none."""
    if file.parent.name == "atom":
        links = entry.get("links", [])
        link = next((k["href"] for k in links if k.get("rel", "alternate") == "alternate" and k.get("href")), "")
        date = entry.get("published") or entry.get("updated")
    else:
        link, date = entry.get("link"), entry.get("pubDate") or (entry.get("dcExt") or {}).get("date", [None])[0]
    return (link or "").strip(), plain(entry.get("title")), date or ""


def plain(title: str | None) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", html.unescape(title or ""))))


def test_all_433_feeds_are_read_with_entries_links_titles_and_dates_as_expected() -> None:
    pairs, entries, wrong = 0, 0, []
    for file in sorted((CORPORA / "feeds" / "gofeed").glob("parser/*/*.xml")):
        if not file.with_suffix(".json").exists():
            continue
        data = json.loads(file.with_suffix(".json").read_text())
        wanted = [expected(file, entry) for entry in data.get("entries") or data.get("items") or []]
        body = file.read_bytes()
        read = [(e.url, plain(e.title), e.published or "") for e in read_entries(body, BASE)]
        pairs, entries = pairs + 1, entries + len(wanted)
        same = len(read) == len(wanted) and all(
            (got[0].endswith(one[0]) if one[0] else not got[0] or file.name in ID_IS_LINK) and got[1:] == one[1:]
            for got, one in zip(read, wanted, strict=True)
        )
        found = read_feed(body, BASE)
        missing = sum(not url for url, _, _ in read)
        named = found.note is not None and f"{missing} entries without a link" in found.note
        if not same or len(found.documents) != len(read) - missing or bool(missing) != named:
            wrong.append((file.name, wanted, read))
    assert (pairs, entries) == (433, 215)
    assert wrong == []


SITEMAPS = {
    "rss/feed.rss": (3, 0), "rss/xmlRss_pubDate.xml": (7, 0), "sitemaps/atom.xml": (1, 0),
    "sitemaps/do-not-visit.txt": (1, 0), "sitemaps/sitemap-with-bom.txt": (2, 0), "sitemaps/sitemap.badns.xml": (2, 0),
    "sitemaps/sitemap.index.xml": (0, 15), "sitemaps/sitemap.ns.xml": (2, 0), "sitemaps/sitemap.txt": (2, 0),
    "sitemaps/sitemap.txt.gz": (5, 0), "sitemaps/xmlSitemap.gz": (5, 0),
    "sitemaps/extension/hebdenbridgetimes-articles-sitemap.xml": (74, 0),
    "sitemaps/extension/pagemaps-sitemap.xml": (2, 0), "sitemaps/extension/shinpaideshou-news-sitemap.xml": (3, 0),
    "sitemaps/extension/sitemap-images.xml": (1, 0), "sitemaps/extension/sitemap-links.xml": (3, 0),
    "sitemaps/extension/sitemap-mobile.xml": (3, 0), "sitemaps/extension/sitemap-news.xml": (2, 0),
    "sitemaps/extension/sitemap-videos-tvshow.xml": (1, 0), "sitemaps/extension/sitemap-videos.xml": (3, 0),
}  # fmt: skip


def test_every_sitemap_is_read_as_expected() -> None:
    folder = CORPORA / "feeds" / "sitemaps"
    files = {
        str(f.relative_to(folder)) for part in ("rss", "sitemaps") for f in (folder / part).rglob("*") if f.is_file()
    }
    assert files == set(SITEMAPS)
    for name, (documents, further) in SITEMAPS.items():
        read = read_sitemap((folder / name).read_bytes(), "http://www.example.com/sitemap.xml", 5_000_000)
        assert (len(read.documents), len(read.further)) == (documents, further), name


def test_robots_txt_is_read_as_google_does_but_for_what_is_listed() -> None:
    cases = [json.loads(line) for line in (CORPORA / "robots" / "google_cases.jsonl").read_text().splitlines()]
    differs: Counter[str] = Counter()
    for case in cases:
        ours = parse_robots(case["robots"]).can_fetch(case["url"], case["agent"]) == case["allowed"]
        bare = Protego.parse(case["robots"]).can_fetch(case["url"], case["agent"]) == case["allowed"]
        assert ours or not bare, case
        differs[case["test"]] += not ours
    assert len(cases) == 140
    assert {name: number for name, number in differs.items() if number} == {
        "ID_Encoding": 3,  # RFC 9309 section 2.2.2 compares after percent-encoding, Google does not
        "GoogleOnly_AcceptUserAgentUpToFirstSpace": 1,  # asks as "Foo Bar", which no product token is
    }
