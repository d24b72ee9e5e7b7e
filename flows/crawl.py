"""The ad-hoc flow: one source or any URL, until its documents can be searched."""

from __future__ import annotations

from prefect import flow

from config.settings import Settings, load
from config.sources import Source, load_sources
from flows.nightly import crawl_all
from flows.params import CrawlParams, Summary
from flows.process import process_all
from flows.report import publish, summarise
from flows.tasks import with_verdicts
from pipeline.run import adhoc_source


@flow(name="crawl")
def crawl(params: CrawlParams) -> Summary:
    """Crawl, process, index."""
    settings = load(allow_private=True) if params.allow_private else load()
    crawls = crawl_all(settings, [_source(settings, params)], "ad-hoc")
    documents, indexed = process_all(settings)
    crawls = with_verdicts(settings, crawls)
    summary = summarise(crawls, documents, indexed)
    publish(crawls, summary, "crawl")
    return summary


def _source(settings: Settings, params: CrawlParams) -> Source:
    if "://" in params.target:
        return adhoc_source(params.target, params.depth, params.max_pages)
    declared = {source.id: source for source in load_sources(settings.sources_file)}
    if params.target not in declared:
        raise ValueError(f"no source {params.target} in {settings.sources_file}, and it is no URL either")
    return declared[params.target]
