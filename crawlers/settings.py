"""A job as Scrapy settings. Everything that Scrapy would do unasked is switched off by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scrapy.settings import default_settings

from config.sources import Source
from crawlers.contract import Job
from crawlers.media import DOCUMENTS

LOG_FILE = "crawl.log"

MIDDLEWARES = {
    # The priorities of the Scrapy middlewares that these stand for.
    "crawlers.robots.RobotsMiddleware": 100,
    "crawlers.retry.RetryMiddleware": 550,
    "crawlers.unpacking.UnpackingMiddleware": 590,
    "crawlers.redirects.RedirectMiddleware": 600,
}
KEPT = frozenset(
    {
        "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware",
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware",  # without it: 10 s, whatever is set
    }
)


def scrapy_settings(job: Job, source: Source) -> dict[str, Any]:
    """Settings of one crawl; the delay is the source's own where it declares one, else the job's."""
    limits = job.limits
    delay = limits.delay if source.delay is None else source.delay
    return {
        **_switched_off(),
        "USER_AGENT": job.user_agent,
        "DEFAULT_REQUEST_HEADERS": {
            "User-Agent": job.user_agent,
            "Accept": ",".join(sorted(DOCUMENTS)) + ",application/xml;q=0.9,*/*;q=0.5",
            "Accept-Language": f"{source.language},en;q=0.8" if source.language not in {None, "en"} else "en",
        },
        "ALLOW_PRIVATE": job.allow_private,
        "TWISTED_DNS_RESOLVER": "crawlers.addresses.GuardedResolver",
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(default_settings.DOWNLOAD_HANDLERS_BASE),  # no file, no ftp, no data
            "http": "crawlers.transport.BoundedHandler",
            "https": "crawlers.transport.BoundedHandler",
        },
        "DOWNLOAD_VERIFY_CERTIFICATES": True,  # default False: evidence should come from who it says
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_TIMEOUT": limits.timeout,  # bounds the whole request, body included
        "DOWNLOAD_MAXSIZE": limits.max_body_bytes,  # bounds the unpacked body too
        "DOWNLOAD_WARNSIZE": 0,
        "CONCURRENT_REQUESTS": max(16, 2 * limits.per_host),
        "CONCURRENT_REQUESTS_PER_DOMAIN": limits.per_host,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(limits.per_host),
        "RETRY_TIMES": limits.retries,
        "DOWNLOADER_MIDDLEWARES": {**_none(default_settings.DOWNLOADER_MIDDLEWARES_BASE, KEPT), **MIDDLEWARES},
        "EXTENSIONS": {**_none(default_settings.EXTENSIONS_BASE), "crawlers.throttle.PoliteThrottle": 0},
        "LOG_FILE": str(Path(job.folder) / LOG_FILE),
        "LOG_LEVEL": "INFO",
    }


def _switched_off() -> dict[str, Any]:
    return {
        "SPIDER_MIDDLEWARES": _none(default_settings.SPIDER_MIDDLEWARES_BASE),  # we judge statuses and depth ourselves
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # the ledger knows what was seen
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "STATS_DUMP": False,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # default LIFO, which turns the order of finds over
        "CONCURRENT_ITEMS": 1,  # default 100: as many tasks are made for each answer, and we have no items
        "LOG_VERSIONS": [],
    }


def _none(components: dict[str, Any], kept: frozenset[str] = frozenset()) -> dict[str, None]:
    return {name: None for name in components if name not in kept}
