"""Retries with growing pauses, only where a retry helps, and Retry-After obeyed for the whole host."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, cast

from scrapy import signals
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError

from crawlers.contract import OutcomeKind, rest_told
from crawlers.urls import host_of, netloc_of
from crawlers.verdicts import HostRestsError, Refused, failed, is_transient

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawlers.control import Control
    from crawlers.spiders.base import SourceSpider

logger = logging.getLogger(__name__)

STATUSES = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
MOST_SECONDS = 60.0
"""Longest pause; a host that asks for a longer one is left alone for the rest of the crawl."""
FAILURES_TO_REST = 3
"""Failures of a host in a row after which all its requests wait, not only the one that failed."""
FAILURES_TO_BREAK = 10
"""Failures of a host in a row after which it is left alone for `OPEN_SECONDS`, and if it then fails again for good."""
OPEN_SECONDS = 30.0
FIRST_SECONDS = 0.5
"""Pause before the first retry where the crawl's delay is shorter; it doubles with each further one."""


def retry_after(value: bytes | None) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date (RFC 9110 section 10.2.3); None: unreadable."""
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def pause_of(response: Response) -> float | None:
    """Seconds that the server of an overloaded site asks to be left alone for; None where it asks for none."""
    return retry_after(response.headers.get("Retry-After")) if response.status in {429, 503} else None


class RetryMiddleware:
    """Retries time-outs, broken connections and the statuses of an overloaded server.

    Not DNS, refused connections or TLS: they do not mend within a crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._retries = crawler.settings.getint("RETRY_TIMES")
        self._first = max(FIRST_SECONDS, crawler.settings.getfloat("DOWNLOAD_DELAY"))
        self._resume: dict[str, float] = {}
        self._failures: Counter[str] = Counter()
        """Of each host (with its port) since it last answered in order."""
        self._opened: Counter[str] = Counter()
        """How often the circuit of a host was opened."""

    @property
    def _control(self) -> Control:
        return cast("SourceSpider", self._crawler.spider).control

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryMiddleware:
        """Scrapy's way to build it."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.downloaded, signal=signals.response_downloaded)
        return middleware

    def downloaded(self, request: Request, response: Response) -> None:
        """Let the host rest if it asks for that, before the downloader sends it the next request."""
        if response.status < 500 and response.status != 429:
            self._failures.pop(netloc_of(request.url), None)
        pause = pause_of(response)
        if pause:
            host = host_of(request.url)
            self._resume[host] = max(self._resume.get(host, 0.0), monotonic() + pause)
            self._control.take_back(request.meta.get("download_slot", ""), HostRestsError())

    def is_down(self, url: str) -> bool:
        """Whether the URL's host has failed so often that it is left alone for the rest of the crawl."""
        return self._opened[netloc_of(url)] > 1

    def resume(self, url: str) -> float:
        """When the URL's host may be asked again, on the clock of `time.monotonic`."""
        return self._resume.get(host_of(url), 0.0)

    async def process_request(self, request: Request) -> None:
        """Wait until the host may be asked again; raises Refused where that is too far off, or the host is down."""
        if self.is_down(request.url):
            raise Refused(OutcomeKind.UNREACHABLE, "host-down", f"{FAILURES_TO_BREAK} requests in a row have failed")
        resume = max(self.resume(request.url), request.meta.get("not_before", 0.0))
        wait = resume - monotonic()
        if wait > MOST_SECONDS:
            raise failed("retry-after", rest_told(wait))
        if wait > 0:
            await self._control.sleep(wait)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Retry an overloaded server's answer, after the time it asks for."""
        if response.status not in STATUSES:
            return response
        self._failed(request)
        pause = pause_of(response)
        if pause is not None and pause > MOST_SECONDS:
            return response
        return self._again(request, f"status {response.status}", pause) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Retry what may succeed in a moment."""
        if isinstance(exception, HostRestsError):
            return request.copy()  # it was never asked; `process_request` makes it wait
        if isinstance(exception, DownloadFailedError | DownloadTimeoutError | OSError):
            self._failed(request)
        return self._again(request, repr(exception), None) if is_transient(exception) else None

    def _failed(self, request: Request) -> None:
        """Count a failure of the host; after too many in a row open its circuit."""
        host = netloc_of(request.url)
        if self._opened[host] and monotonic() < self.resume(request.url):
            return  # it was under way when the circuit opened
        self._failures[host] += 1
        if self._failures[host] >= FAILURES_TO_BREAK:
            self._failures[host] = FAILURES_TO_BREAK - 1  # the first request after the rest decides
            self._opened[host] += 1
            if self._opened[host] == 1:
                self._resume[host_of(request.url)] = monotonic() + OPEN_SECONDS
            logger.warning("%s: %d failures in a row, circuit opened", host, FAILURES_TO_BREAK)

    def _again(self, request: Request, why: str, pause: float | None) -> Request | None:
        done = request.meta.get("retries", 0)
        if done >= self._retries:
            return None
        if pause is None:
            failures = self._failures[netloc_of(request.url)]
            pause = min(self._first * 2.0 ** max(done, failures - FAILURES_TO_REST), MOST_SECONDS)
            if failures >= FAILURES_TO_REST:
                self._resume[host_of(request.url)] = max(
                    self.resume(request.url), monotonic() + min(pause, OPEN_SECONDS)
                )
        logger.info("retry in %.1f s: %s: %s", pause, request.url, why)
        again: Request = request.copy()
        again.meta["retries"] = done + 1
        again.meta["not_before"] = monotonic() + pause
        again.priority -= 1
        return again
