"""Feeds: the entries are the documents."""

from __future__ import annotations

from scrapy.http import Response

from crawlers.discovery import Found
from crawlers.feeds import read_feed
from crawlers.spiders.base import SourceSpider


class FeedSpider(SourceSpider):
    """Walks RSS, RDF, Atom and JSON feeds."""

    name = "feed"

    def read(self, response: Response) -> Found:
        """Entries of the feed."""
        return read_feed(response.body, response.url)
