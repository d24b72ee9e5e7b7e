"""Redirects: followed one by one, each hop checked like a new request; loops are named."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from crawlers.addresses import names_private
from crawlers.urls import DEFAULT_PORTS, clean
from crawlers.verdicts import failed, filtered

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawlers.spiders.base import SourceSpider

STATUSES = frozenset({301, 302, 303, 307, 308})
MOST_HOPS = 10


class RedirectMiddleware:
    """Turns a redirect into a request for its target, which then passes robots.txt and the address check.

    Scrapy's own one keeps cookies, methods and referrers, of which a crawl of public pages has none, and calls a loop
    a request that was ignored.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectMiddleware:
        """Scrapy's way to build it."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The request for the next hop; raises Refused for a loop or a target that is not wanted."""
        location = response.headers.get("Location")
        if response.status not in STATUSES or not location:
            return response
        try:
            target = clean(location.decode("utf8", "replace"), response.url)
        except ValueError as err:
            raise failed("bad-redirect", f"{err}") from err
        hops = [*request.meta.get("hops", ()), request.url]
        if target in hops or len(hops) > MOST_HOPS:
            raise failed("redirect-loop", f"{len(hops)} redirects, the last to {target}")
        self._check(request, target)
        hop: Request = request.replace(url=target, priority=request.priority + 1)
        hop.meta["hops"] = hops
        hop.meta.pop("download_slot", None)
        hop.meta.pop("not_before", None)
        return hop

    def _check(self, request: Request, target: str) -> None:
        scheme = target.partition(":")[0]
        if scheme not in DEFAULT_PORTS:
            raise filtered("scheme", f"redirects to {target}")
        if names_private(target) and not self._crawler.settings.getbool("ALLOW_PRIVATE"):
            raise filtered("private", f"redirects to {target}")
        entry = request.meta.get("entry")
        reason = (
            cast("SourceSpider", self._crawler.spider).frontier.refusal_of_redirect(entry, target) if entry else None
        )
        if reason:
            raise filtered(reason, f"redirects to {target}")
