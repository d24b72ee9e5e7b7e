"""Watched pages: the start pages are documents; links on the same host are followed `depth` steps."""

from __future__ import annotations

from typing import Any

from scrapy.http import Response

from crawlers.contract import UrlRole
from crawlers.discovery import Found
from crawlers.feeds import read_feed
from crawlers.media import SITEMAP, sniff
from crawlers.sitemaps import read_sitemap
from crawlers.spiders.base import SourceSpider


class PageSpider(SourceSpider):
    """Watches pages; a start URL that turns out to be a feed or a sitemap is walked as one."""

    name = "page"
    start_role = UrlRole.DOCUMENT
    most_discoveries = 500

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.depth = min(self.source.depth, self.limits.max_depth)

    def read(self, response: Response) -> Found:
        """Links of a start URL that is a feed or a sitemap, and of the sitemaps of an index."""
        if sniff(response.body, "") == SITEMAP:
            return read_sitemap(response.body, response.url, self.limits.max_body_bytes)
        return read_feed(response.body, response.url)
