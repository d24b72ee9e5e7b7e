"""What a site offers: feeds, sitemaps and listings, and the declarations that follow from them, best first.

Pure functions on pages that were fetched before (`crawlers.spiders.probe`), in two looks: the page itself and its
robots.txt say where to look further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from config.sources import Source
from crawlers.discovery import Found, UnreadableError
from crawlers.feeds import read_feed
from crawlers.media import FEED, HTML, JSON_FEED, SITEMAP, XHTML, sniff
from crawlers.patterns import Pattern, find_pattern, parse
from crawlers.robots_text import parse_robots
from crawlers.sitemaps import read_sitemap
from crawlers.urls import clean, host_of

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
FEED_PATHS = ("feed/", "rss.xml", "feed.xml", "atom.xml", "rss", "index.xml", "feed.json", "news/feed/", "blog/feed/")
SITEMAP_PATHS = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml", "news-sitemap.xml")
NEWS_WORDS = re.compile(
    r"\b(?:news|press|blog|articles?|stories|announcements?|publications?|reports?|aktuell\w*|nachrichten|presse"
    r"|actualit\w+|noticias|notizie|nieuws|media)\b",
    re.IGNORECASE,
)
COMMENTS = re.compile(r"comment", re.IGNORECASE)
MOST_PAGES = 4
"""Pages of the site that are looked at for a listing."""
MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that was fetched."""

    url: str
    """Where it lies in the end."""
    media: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Proposal:
    """A declaration, and what was seen that speaks for it."""

    source: Source
    because: str


def first_look(url: str) -> list[str]:
    """What to fetch first: the page, the site's front page, and robots.txt."""
    return list(dict.fromkeys([clean(url), urljoin(url, "/"), urljoin(url, "/robots.txt")]))


def second_look(url: str, seen: Mapping[str, Seen]) -> list[str]:
    """What to fetch then: feeds and sitemaps that are named, else those at usual places; pages that may be listings."""
    pages = [page for page in seen.values() if page.media in {HTML, XHTML}]
    feeds = [link for page in pages for link in _linked_feeds(page)]
    maps = list(_robots_sitemaps(url, seen))
    root = urljoin(url, "/")
    further = [
        *(feeds or [urljoin(root, path) for path in FEED_PATHS]),
        *(maps[:3] or [urljoin(root, path) for path in SITEMAP_PATHS]),
        *[link for page in pages for link in _news_pages(page)][:MOST_PAGES],
    ]
    return [link for link in dict.fromkeys(map(clean, further)) if link not in seen]


def proposals(url: str, seen: Mapping[str, Seen], *, id_: str) -> list[Proposal]:
    """Declarations for a site, best first: feeds, then sitemaps, then listings, then the page itself."""
    pages = [page for page in seen.values() if page.media in {HTML, XHTML}]
    base = _about(url, pages) | {"id": id_}
    patterns = [(page, pattern) for page in pages if (pattern := find_pattern(page.body, page.url))]
    patterns.sort(key=lambda pair: -pair[1].score)
    found = [
        *_feeds(base, seen.values()),
        *_sitemaps(base, seen.values(), patterns[0][1] if patterns else None),
        *(_listing(base, page, pattern) for page, pattern in patterns),
    ]
    if _is(seen, url, FEED, JSON_FEED, SITEMAP):  # the very URL that was given goes first
        found.sort(key=lambda one: clean(url) not in one.source.start)
    watched = Source.model_validate({**base, "kind": "page", "start": clean(url)})
    return [*found, Proposal(watched, "nothing that lists documents was found, so the page itself is watched")]


def slug(url: str) -> str:
    """An id for a source from its host: ``www.some-cluster.example`` becomes ``some-cluster``."""
    host = host_of(url)
    name = host.rpartition(".")[0] if not re.fullmatch(r"[\d.]+", host) and "." in host else host
    return (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "site")[:50].ljust(2, "x")


def _is(seen: Mapping[str, Seen], url: str, *media: str) -> bool:
    page = seen.get(clean(url))
    return page is not None and page.media in media


def _about(url: str, pages: Sequence[Seen]) -> dict[str, Any]:
    """Name, home and language of the site, as its pages say."""
    told: dict[str, Any] = {"name": host_of(url), "home": urljoin(url, "/")}
    for page in pages:
        root = parse(page.body)
        if root is None:
            continue
        names = [*root.xpath("//meta[@property='og:site_name']/@content"), root.findtext(".//title") or ""]
        name = next((" ".join(str(one).split()) for one in names if str(one).strip()), None)
        language = (root.get("lang") or "")[:2].lower()
        if name and told["name"] == host_of(url):
            told["name"] = name
        if re.fullmatch("[a-z]{2}", language):
            told.setdefault("language", language)
    return told


def _linked_feeds(page: Seen) -> Iterator[str]:
    root = parse(page.body)
    if root is None:
        return
    for link in root.xpath("//link[@href]"):
        rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").lower()
        if ("alternate" in rel or "feed" in rel) and kind in FEED_TYPES:
            told = f"{link.get('title') or ''} {link.get('href')}"
            if not COMMENTS.search(told) and (href := _absolute(page.url, link.get("href"))):
                yield href


def _robots_sitemaps(url: str, seen: Mapping[str, Seen]) -> Iterator[str]:
    robots = seen.get(urljoin(url, "/robots.txt"))
    if robots is not None and robots.media not in {HTML, XHTML}:
        for link in parse_robots(robots.body.decode("utf-8-sig", "ignore")).sitemaps:
            if href := _absolute(url, link):
                yield href


def _news_pages(page: Seen) -> Iterator[str]:
    """Links of a page to where news may be listed: few path segments, and a word that says so."""
    root = parse(page.body)
    if root is None:
        return
    for anchor in root.xpath("//a[@href]"):
        href = _absolute(page.url, anchor.get("href"))
        if not href or host_of(href) != host_of(page.url):
            continue
        path = urlsplit(href).path.strip("/")
        words = " ".join(anchor.text_content().split())
        if path.count("/") <= 1 and len(words) < 30 and (NEWS_WORDS.search(words) or NEWS_WORDS.search(path)):
            yield href


def _absolute(base: str, href: str) -> str | None:
    try:
        target = clean(urljoin(base, href.strip()))
    except ValueError:
        return None
    return target if target.startswith(("http://", "https://")) else None


def _feeds(base: Mapping[str, Any], seen: Iterable[Seen]) -> Iterator[Proposal]:
    found = []
    for page in seen:
        if page.media not in {FEED, JSON_FEED}:
            continue
        try:
            read = read_feed(page.body, page.url)
        except UnreadableError:
            continue
        if read.documents and not COMMENTS.search(page.url):
            found.append((page, read))
    found.sort(key=lambda pair: -len(pair[1].documents))
    for page, read in found:
        links = [link.url for link in read.documents]
        source = _declare(base, "feed", page.url, links, _least(read))
        yield Proposal(source, f"the feed {page.url} lists {len(links)} entries")


def _sitemaps(base: Mapping[str, Any], seen: Iterable[Seen], pattern: Pattern | None) -> Iterator[Proposal]:
    for page in seen:
        if page.media != SITEMAP:
            continue
        try:
            read = read_sitemap(page.body, page.url, MOST_BYTES)
        except UnreadableError:
            continue
        links = [link.url for link in read.documents]
        number = len(links) + len(read.further)
        if not number:
            continue
        source = _declare(base, "sitemap", page.url, links, 1)
        if pattern is not None and urlsplit(pattern.prefix).path != "/":
            source = source.model_copy(update={"allow": (_pattern_of(pattern.prefix),)})
        kind = "sitemaps" if read.further else "pages"
        yield Proposal(source, f"the sitemap {page.url} names {number} {kind}")


def _listing(base: Mapping[str, Any], page: Seen, pattern: Pattern) -> Proposal:
    listing = {"items": pattern.items} | ({"next": pattern.next} if pattern.next else {})
    declared = {**base, "kind": "listing", "start": page.url, "listing": listing}
    if urlsplit(pattern.prefix).path != "/":
        declared["allow"] = _pattern_of(pattern.prefix)
    declared["expect"] = {"documents": max(1, len(pattern.links) // 2)}
    dated = ", with dates" if pattern.dated else ""
    because = f"{page.url} lists {len(pattern.links)} links that stand alike ({pattern.items}){dated}"
    return Proposal(Source.model_validate(declared), because)


def _declare(base: Mapping[str, Any], kind: str, start: str, links: Sequence[str], least: int) -> Source:
    own = {host_of(start), host_of(str(base["home"]))}
    others = sorted({host_of(link) for link in links} - own - {""})
    hosts = {"hosts": others} if others and len(others) <= 3 else {}
    return Source.model_validate({**base, "kind": kind, "start": start, "expect": {"documents": least}, **hosts})


def _least(read: Found) -> int:
    return max(1, len(read.documents) // 2)


def _pattern_of(prefix: str) -> str:
    return rf"^https?://(?:www\.)?{re.escape(urlsplit(prefix).netloc.removeprefix('www.') + urlsplit(prefix).path)}."


def seen_of(url: str, body: bytes, content_type: str) -> Seen:
    """A fetched page, with its media type by its content."""
    return Seen(url, sniff(body, content_type), body)
