"""The end of a crawl: by itself, by the clock, or because the disk failed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy.utils.defer import _schedule_coro
from twisted.python.failure import Failure

from crawlers.verdicts import filtered

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


LIMITS = frozenset({"finished", "max-seconds", "max-bytes", "run-pages", "run-bytes", "run-minutes"})
"""Ends of a crawl that a bound has brought about, its own or that of the run."""


def unasked(reason: str) -> str:
    """The outcome's reason for URLs that a crawl which ended for `reason` left: its limit, or somebody ended it."""
    return "limit" if reason in LIMITS else "interrupted"


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
        for host in list(engine.downloader.slots):
            self.take_back(host, filtered(unasked(reason), reason))
        _schedule_coro(engine.close_spider_async(reason=reason))

    def take_back(self, host: str, error: Exception) -> None:
        """Give up the requests that wait in the downloader for their turn with a host; each ends in `error`."""
        slot = self._crawler.engine.downloader.slots.get(host) if self._crawler.engine else None
        waiting = list(slot.queue) if slot else []
        if slot:
            slot.queue.clear()
        for _, answer in waiting:
            answer.errback(Failure(error))  # type: ignore[no-untyped-call]

    async def sleep(self, seconds: float) -> None:
        """Sleep; raises Refused (see `unasked`) where the crawl ends meanwhile."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
        raise filtered(unasked(self.reason), self.reason)
