"""AutoThrottle with a least delay for each host, so that Crawl-delay is obeyed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.extensions.throttle import AutoThrottle

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MOST_SECONDS = 30.0
"""A Crawl-delay above this is a mistake or a refusal; it would outlast any crawl."""


class PoliteThrottle(AutoThrottle):
    """Scrapy's AutoThrottle; `slow_down` sets a host's least delay."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._least: dict[str, float] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        """From now on leave at least `seconds` between two requests to the host, `MOST_SECONDS` at most."""
        self._least[host] = min(seconds, MOST_SECONDS)
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, self._least[host])

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        slot.delay = max(slot.delay, self._least.get(urlsplit(response.url).hostname or "", 0.0))
