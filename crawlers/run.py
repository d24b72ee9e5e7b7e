"""Crawls from job to summary; a Twisted reactor starts once a process, so `run` runs once a process."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from config.errors import ConfigError
from config.sources import Source
from crawlers.archive import Archive
from crawlers.chromium import what_is_missing, with_rendering
from crawlers.contract import DONE_FILE, OUTCOMES_FILE, Done, Job, read_known
from crawlers.control import unasked
from crawlers.ledger import Ledger, now
from crawlers.settings import scrapy_settings
from crawlers.spiders.base import SourceSpider
from crawlers.spiders.probe import ProbeSpider


class Crawl:
    """One crawl, from its job to its summary. Several may go on in one process, each with its own folder."""

    def __init__(self, job: Job) -> None:
        """Read what the job says; raises ConfigError where job or source make no sense."""
        self.job = job
        self.folder = Path(job.folder)
        self._source = _source(job)
        if (self.folder / OUTCOMES_FILE).exists():
            raise ConfigError(f"{self.folder}: already holds a crawl: give each run a folder of its own")
        try:
            self._known = read_known(self.folder)
        except (ValueError, TypeError) as err:
            raise ConfigError(f"{self.folder}: known.jsonl is not readable: {err}") from err
        self.settings = _settings(job, self._source)

    def begin(self, process: AsyncCrawlerProcess) -> asyncio.Task[None]:
        """Begin it; what comes back ends with the crawl. Raises OSError where the folder cannot be written."""
        self._started_at = now()
        self._crawler = Crawler(ProbeSpider if self.job.probe else SourceSpider, self.settings)
        self._archive = Archive(
            self.folder, self.job.user_agent, lambda: _stop_from_thread(self._crawler), self.job.warc_bytes
        )
        self._ledger = Ledger(self._archive)
        given = {"job": self.job, "source": self._source, "known": self._known, "ledger": self._ledger}
        return process.crawl(self._crawler, **given)

    def stop(self, reason: str) -> None:
        """End it before its time."""
        if self._crawler.spider is not None:
            cast("SourceSpider", self._crawler.spider).control.stop(reason)

    def end(self, task: asyncio.Task[None]) -> Done:
        """Settle what is left and write the summary; raises what ended the crawl where that was an error."""
        if task.cancelled() or task.exception() is not None:
            self._archive.close()
            raise task.exception() or ConfigError("the crawl was cancelled")
        spider = cast("SourceSpider", self._crawler.spider)
        reason = spider.control.reason
        self._ledger.settle_rest(unasked(reason), f"the crawl ended: {reason}")
        self._archive.close()
        done = Done(
            self.job.run_id,
            reason,
            self._started_at,
            now(),
            dict(self._archive.counts),
            spider.trail.place,
            spider.trail.told(),
            self.job.since,
        )
        _write_done(self.folder, done)
        return done


def run(job: Job) -> Done:
    """Crawl; return the summary that also stands in done.json.

    Raises ConfigError for a job or a source that makes no sense, OSError where the disk is full or read-only. What was
    written until then stays readable.
    """
    crawl = Crawl(job)
    process = AsyncCrawlerProcess(crawl.settings)
    task = crawl.begin(process)
    process.start()
    return crawl.end(task)


def _source(job: Job) -> Source:
    try:
        return Source.model_validate(job.source)
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
        raise ConfigError(f"source of run {job.run_id}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from err


def _settings(job: Job, source: Source) -> dict[str, Any]:
    """Scrapy's settings; raises ConfigError for a source that asks for rendering where the means are missing."""
    settings = scrapy_settings(job, source)
    if source.render is None:
        return settings
    missing = what_is_missing(job.chromium)
    if missing:
        raise ConfigError(f"source {source.id}: {missing}")
    return with_rendering(settings, source.render, job.chromium)


def _stop_from_thread(crawler: Crawler) -> None:
    from twisted.internet import reactor  # noqa: PLC0415  # importing it installs it; here it runs already

    def stop() -> None:
        if crawler.spider is not None:
            cast("SourceSpider", crawler.spider).control.stop("disk")

    reactor.callFromThread(stop)


def _write_done(folder: Path, done: Done) -> None:
    """Whole or not at all: a reader takes done.json for the end of the crawl."""
    draft = folder / f"{DONE_FILE}.part"
    with draft.open("w", encoding="utf8") as out:
        json.dump(asdict(done), out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(folder / DONE_FILE)
