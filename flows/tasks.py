"""The tasks that the flows share. Between tasks go ids and counts, never documents."""

from __future__ import annotations

from typing import Any

from prefect import task
from sqlalchemy import select

from config.settings import Settings
from config.sources import Source
from crawlers.contract import Allowance
from flows.context import opened, process_analyser
from models.crawl import CrawlRun
from models.session import read_session
from pipeline.archive import Archive
from pipeline.extract.ocr import make_ocr
from pipeline.process import process_batch
from pipeline.run import crawl_source
from search.index import refresh

Plain = dict[str, Any]
"""A record as plain data: what goes to a worker process and into Prefect's database."""


@task(task_run_name="crawl-{source_id}", retries=1, retry_delay_seconds=60)
def crawl_task(
    settings: Settings, source_id: str, source: Plain, trigger: str, allowance: Plain | None = None
) -> Plain:
    """Crawl one source and take in what came. A second try helps where disk, database or archive were away."""
    with opened(settings) as (_, engine):
        granted = Allowance(**allowance) if allowance else None
        report = crawl_source(settings, engine, Source.model_validate(source), trigger, allowance=granted)
    return {
        "run_id": report.run_id,
        "source_id": report.source_id,
        "state": report.state,
        "message": report.message,
        "counts": report.counts,
    }


def with_verdicts(settings: Settings, crawls: list[Plain]) -> list[Plain]:
    """The crawls with the state of their runs after processing, which may have found fields empty."""
    with opened(settings) as (_, engine), read_session(engine) as session:
        rows = session.execute(
            select(CrawlRun.id, CrawlRun.state, CrawlRun.message).where(
                CrawlRun.id.in_([crawl["run_id"] for crawl in crawls])
            )
        )
        now = {run_id: {"state": state, "message": message} for run_id, state, message in rows}
    return [crawl | now.get(crawl["run_id"], {}) for crawl in crawls]


@task(task_run_name="process-{worker}", retries=2, retry_delay_seconds=5)
def process_task(settings: Settings, worker: str, ids: list[int]) -> dict[str, int]:
    """Read, analyse and load a batch of captures that the flow has claimed; doing it again changes nothing."""
    with opened(settings) as (_, engine):
        ocr = make_ocr(settings.ocr, settings.ocr_languages)
        result = process_batch(engine, Archive(settings.archive), process_analyser(settings), ids, ocr)
    return dict(result.counts)


@task(retries=2, retry_delay_seconds=5)
def refresh_task(settings: Settings) -> int:
    """Bring the index up to date; the number of documents added or renewed."""
    with opened(settings) as (_, engine):
        result = refresh(engine, settings.index)
    return result.added + result.updated
