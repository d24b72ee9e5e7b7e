"""robots.txt as RFC 9309 reads it: absent allows all, out of order forbids all, unreachable makes the site so."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawlers.robots_text import parse_robots
from crawlers.throttle import PoliteThrottle
from crawlers.verdicts import filtered

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

BODY_BYTES = 512_000
"""How much of a robots.txt is parsed; RFC 9309 section 2.5 asks for 500 KiB at least."""
PRIORITY = 1000


class RobotsMiddleware:
    """Refuses what robots.txt forbids, before the request and again for every hop of a redirect.

    2xx: its rules. 4xx: everything is allowed. 429 and 5xx: nothing is (``robots-unavailable``). No answer at all: the
    requests of that host get the same verdict, without being tried. ``Crawl-delay`` lengthens the delay of the host.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        # The product token is what robots.txt files name, not the version or the contact.
        self._token = crawler.settings["USER_AGENT"].split("/")[0].split()[0]
        self._rules: dict[str, asyncio.Task[Protego | Exception]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's way to build it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused, or what fetching robots.txt raised, where the URL may not be fetched."""
        if "robots" in request.meta:
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._fetch(origin))
        rules = await self._rules[origin]
        if isinstance(rules, Exception):
            raise rules
        if not rules.can_fetch(request.url, self._token):
            raise filtered("robots", f"{origin}/robots.txt forbids it")

    async def _fetch(self, origin: str) -> Protego | Exception:
        request = Request(f"{origin}/robots.txt", priority=PRIORITY, meta={"robots": True}, callback=NO_CALLBACK)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as err:  # noqa: BLE001  # whatever it was, it is the verdict on every URL of this origin
            logger.info("%s/robots.txt: %r", origin, err)
            return err
        if response.status >= 500 or response.status == 429:
            return filtered("robots-unavailable", f"{origin}/robots.txt answered {response.status}")
        return self._parse(response) if 200 <= response.status < 300 else Protego.parse("")

    def _parse(self, response: Response) -> Protego:
        rules = parse_robots(response.body[:BODY_BYTES].decode("utf-8-sig", "ignore"))
        delay = rules.crawl_delay(self._token)
        throttle = self._crawler.get_extension(PoliteThrottle)
        if delay and throttle:
            throttle.slow_down(urlsplit(response.url).hostname or "", delay)
        return rules
