"""The end of a crawl: by itself, by the clock, or because the disk failed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy.utils.defer import _schedule_coro
from twisted.python.failure import Failure

from crawlers.verdicts import filtered

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Control:
    """Stops a crawl and wakes what sleeps in it. ``reason`` stays ``finished`` where nothing stopped it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stopping = asyncio.Event()
        self.reason = "finished"

    def stop(self, reason: str) -> None:
        """End the crawl: requests under way are finished, those that wait for their turn are given up."""
        if self._stopping.is_set():
            return
        self.reason = reason
        self._stopping.set()
        engine = self._crawler.engine
        if engine is None or engine.spider is None:
            return
        for slot in engine.downloader.slots.values():
            waiting = list(slot.queue)
            slot.queue.clear()
            for _, answer in waiting:
                answer.errback(Failure(filtered("limit", reason)))  # type: ignore[no-untyped-call]
        _schedule_coro(engine.close_spider_async(reason=reason))

    async def sleep(self, seconds: float) -> None:
        """Sleep; raises Refused (``limit``) where the crawl ends meanwhile."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
        raise filtered("limit", self.reason)
