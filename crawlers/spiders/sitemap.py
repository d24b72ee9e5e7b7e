"""Sitemaps: the listed URLs are the documents, an index leads to further sitemaps."""

from __future__ import annotations

from scrapy.http import Response

from crawlers.discovery import Found
from crawlers.sitemaps import read_sitemap
from crawlers.spiders.base import SourceSpider


class SitemapSpider(SourceSpider):
    """Walks sitemaps and indexes of them."""

    name = "sitemap"
    asks_for_changes = False
    """An index stays the same while what it points to changes, so it is read each time."""
    most_discoveries = 500

    def read(self, response: Response) -> Found:
        """URLs of the sitemap, or the sitemaps of the index."""
        return read_sitemap(response.body, response.url, self.limits.max_body_bytes)
