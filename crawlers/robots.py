"""robots.txt as RFC 9309 reads it: absent allows all, out of order forbids all, unreachable makes the site so."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.exceptions import StopDownload
from scrapy.http.request import NO_CALLBACK

from crawlers.robots_text import parse_robots
from crawlers.throttle import PoliteThrottle
from crawlers.verdicts import EXPECTED, Refused, Verdict, filtered, judge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

BODY_BYTES = 512_000
"""How much of a robots.txt is read; RFC 9309 section 2.5 asks for 500 KiB at least."""
NONE_THERE = frozenset({"redirect-loop", "bad-redirect"})
"""Reasons for which robots.txt counts as not there (RFC 9309 section 2.3.1.2)."""
PRIORITY = 1000


class RobotsMiddleware:
    """Refuses what robots.txt forbids, before the request and again for every hop of a redirect.

    2xx: its rules. 4xx, redirects that lead nowhere: everything is allowed. 429 and 5xx: nothing is
    (``robots-unavailable``). No answer at all: the requests of that host get the same verdict, without being tried.
    ``Crawl-delay`` lengthens the delay of the host.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        # The product token is what robots.txt files name, not the version or the contact.
        self._token = crawler.settings["USER_AGENT"].split("/")[0].split()[0]
        self._rules: dict[str, asyncio.Task[Protego | Verdict]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way to build it."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.received, signal=signals.bytes_received)
        return middleware

    def received(self, data: bytes, request: Request) -> None:
        """Read no more of a robots.txt than is parsed."""
        if "robots" in request.meta:
            request.meta["robots"] += len(data)
            if request.meta["robots"] > BODY_BYTES:
                raise StopDownload(fail=False)

    async def process_request(self, request: Request) -> None:
        """Raise Refused where the URL may not be fetched, or robots.txt could not be."""
        if "robots" in request.meta:
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._fetch(origin))
        rules = await self._rules[origin]
        if isinstance(rules, Verdict):
            raise Refused(rules.kind, rules.reason, rules.detail)
        if not rules.can_fetch(request.url, self._token):
            raise filtered("robots", f"{origin}/robots.txt forbids it")

    async def _fetch(self, origin: str) -> Protego | Verdict:
        headers = {"Accept-Encoding": "identity"}  # what is packed cannot be read by its beginning alone
        meta = {"robots": 0, "download_maxsize": 0}  # `received` bounds it
        request = Request(f"{origin}/robots.txt", headers=headers, priority=PRIORITY, meta=meta, callback=NO_CALLBACK)
        try:
            response = await self._crawler.engine.download_async(request)
        except EXPECTED as err:
            verdict = judge(err, request.url)
            logger.info("%s/robots.txt: %s", origin, verdict)
            return Protego.parse("") if verdict.reason in NONE_THERE else verdict
        if response.status >= 500 or response.status == 429:
            return filtered("robots-unavailable", f"{origin}/robots.txt answered {response.status}").verdict
        return self._parse(response) if 200 <= response.status < 300 else Protego.parse("")

    def _parse(self, response: Response) -> Protego:
        rules = parse_robots(response.body[:BODY_BYTES].decode("utf-8-sig", "ignore"))
        delay = rules.crawl_delay(self._token)
        throttle = self._crawler.get_extension(PoliteThrottle)
        if delay and throttle:
            throttle.slow_down(urlsplit(response.url).hostname or "", delay)
        return rules
