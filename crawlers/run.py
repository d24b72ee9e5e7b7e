"""One crawl from job to summary; a Twisted reactor starts once a process, so this runs once a process."""

from __future__ import annotations

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


def run(job: Job) -> Done:
    """Crawl; return the summary that also stands in done.json.

    Raises ConfigError for a job or a source that makes no sense, OSError where the disk is full or read-only. What was
    written until then stays readable.
    """
    folder = Path(job.folder)
    source = _source(job)
    if (folder / OUTCOMES_FILE).exists():
        raise ConfigError(f"{folder}: already holds a crawl: give each run a folder of its own")
    try:
        known = read_known(folder)
    except (ValueError, TypeError) as err:
        raise ConfigError(f"{folder}: known.jsonl is not readable: {err}") from err
    started_at = now()
    process = AsyncCrawlerProcess(_settings(job, source))
    crawler = process.create_crawler(ProbeSpider if job.probe else SourceSpider)
    archive = Archive(folder, job.user_agent, lambda: _stop_from_thread(crawler), job.warc_bytes)
    ledger = Ledger(archive)
    task = process.crawl(crawler, job=job, source=source, known=known, ledger=ledger)
    process.start()
    if task.cancelled() or task.exception() is not None:
        archive.close()
        raise task.exception() or ConfigError("the crawl was cancelled")
    spider = cast("SourceSpider", crawler.spider)
    reason = spider.control.reason
    ledger.settle_rest(unasked(reason), f"the crawl ended: {reason}")
    archive.close()
    done = Done(
        job.run_id, reason, started_at, now(), dict(archive.counts), spider.trail.place, spider.trail.told(), job.since
    )
    _write_done(folder, done)
    return done


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
