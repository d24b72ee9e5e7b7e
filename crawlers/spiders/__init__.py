"""The four ways to walk a site, one small spider each; a source's kind picks it."""

from __future__ import annotations

from config.sources import SourceKind
from crawlers.spiders.base import SourceSpider
from crawlers.spiders.feed import FeedSpider
from crawlers.spiders.listing import ListingSpider
from crawlers.spiders.page import PageSpider
from crawlers.spiders.sitemap import SitemapSpider

SPIDERS: dict[SourceKind, type[SourceSpider]] = {
    SourceKind.FEED: FeedSpider,
    SourceKind.SITEMAP: SitemapSpider,
    SourceKind.LISTING: ListingSpider,
    SourceKind.PAGE: PageSpider,
}
