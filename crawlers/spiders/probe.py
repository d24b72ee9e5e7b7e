"""A first look at a site: the start URLs are fetched whatever they are, and nothing that they name is followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from config.sources import Source
from crawlers.ledger import Entry
from crawlers.media import declared, sniff
from crawlers.spiders.base import SourceSpider
from crawlers.ways import PageWalk, Walk


class ProbeSpider(SourceSpider):
    """Keeps every answer: feeds, sitemaps, robots.txt and pages alike (`crawlers.survey` reads them)."""

    name = "probe"

    def ways_of(self, source: Source) -> list[Walk]:
        """Pages, of which no link is followed."""
        return [PageWalk(source.ways[0], source, self.limits)]

    def _read(self, response: Response, entry: Entry, facts: dict[str, Any]) -> Iterator[Entry]:
        facts["media_type"] = sniff(response.body, declared(response.headers.get("Content-Type")))
        self._settle(response, entry, facts)
        yield from ()
