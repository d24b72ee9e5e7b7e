"""The four ways to the documents of a site; a source's kind picks one, its fallbacks name more."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from scrapy.http import Response, TextResponse

from config.sources import Source, SourceKind, Way
from crawlers.contract import Limits, UrlRole
from crawlers.discovery import Found, UnreadableError
from crawlers.feeds import read_feed
from crawlers.listings import ListingReader
from crawlers.media import SITEMAP, sniff
from crawlers.sitemaps import read_sitemap


class Walk:
    """How one way is walked. A kind says in `read` how its discovery documents are read."""

    start_role: ClassVar[UrlRole] = UrlRole.DISCOVERY
    asks_for_changes: ClassVar[bool] = True
    """Whether discovery documents are asked for with If-None-Match and the like."""
    by_date: ClassVar[bool] = False
    """Whether documents are asked for by their date, late ones first."""

    def __init__(self, way: Way, source: Source, limits: Limits, back: bool = False) -> None:
        self.way = way
        self.back = back
        """Whether the pages before the present one are wanted, too."""
        self.limits = limits
        self.most = 50
        """Most feeds, sitemaps or listing pages of one crawl."""
        self.depth = 0
        """How far links of pages are followed."""

    def read(self, response: Response, url: str) -> Found:
        """Links of the discovery document that was asked for as `url`; raises UnreadableError."""
        raise UnreadableError("broken-feed", f"a source of kind {self.way.kind} has none")


class FeedWalk(Walk):
    """RSS, RDF, Atom and JSON feeds: the entries are the documents."""

    def read(self, response: Response, url: str) -> Found:
        """Entries of the feed, and where it is wanted the page before."""
        found = read_feed(response.body, response.url)
        return found if self.back else replace(found, further=())


class SitemapWalk(Walk):
    """Sitemaps: the listed URLs are the documents, an index leads to further sitemaps."""

    asks_for_changes = False
    """An index stays the same while what it points to changes, so it is read each time."""
    by_date = True

    def __init__(self, way: Way, source: Source, limits: Limits, back: bool = False) -> None:
        super().__init__(way, source, limits, back)
        self.most = 500

    def read(self, response: Response, url: str) -> Found:
        """URLs of the sitemap, or the sitemaps of the index."""
        return read_sitemap(response.body, response.url, self.limits.max_body_bytes)


class ListingWalk(Walk):
    """Listings: pages of links to documents, and what leads to the next page."""

    def __init__(self, way: Way, source: Source, limits: Limits, back: bool = False) -> None:
        super().__init__(way, source, limits, back)
        self.most = way.listing.max_pages
        self._reader = ListingReader(way.listing, source.id)

    def read(self, response: Response, url: str) -> Found:
        """Links of the items, and the next page."""
        if not isinstance(response, TextResponse):
            raise UnreadableError("broken-listing", "not a page of text")
        return self._reader.read(response, url)


class PageWalk(Walk):
    """Watched pages: the start pages are documents, links on the same host are followed `depth` steps.

    A start URL that turns out to be a feed or a sitemap is walked as one.
    """

    start_role = UrlRole.DOCUMENT

    def __init__(self, way: Way, source: Source, limits: Limits, back: bool = False) -> None:
        super().__init__(way, source, limits, back)
        self.most = 500
        self.depth = min(source.depth, limits.max_depth)

    def read(self, response: Response, url: str) -> Found:
        """Links of a start URL that is a feed or a sitemap, and of the sitemaps of an index."""
        if sniff(response.body, "") == SITEMAP:
            return read_sitemap(response.body, response.url, self.limits.max_body_bytes)
        return replace(read_feed(response.body, response.url), further=())


WALKS: dict[SourceKind, type[Walk]] = {
    SourceKind.FEED: FeedWalk,
    SourceKind.SITEMAP: SitemapWalk,
    SourceKind.LISTING: ListingWalk,
    SourceKind.PAGE: PageWalk,
}


def walks(source: Source, limits: Limits, *, back: bool = False) -> list[Walk]:
    """The source's own way and its fallbacks; raises ConfigError for a selector that is none."""
    return [WALKS[way.kind](way, source, limits, back) for way in source.ways]
