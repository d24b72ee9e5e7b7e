"""The nightly flow: every source that is due, then everything that waits, then the index."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prefect import flow
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from config.settings import Settings, load
from config.sources import Source, load_sources
from flows.context import opened
from flows.params import NightlyParams, Summary
from flows.process import process_all
from flows.report import publish, summarise
from flows.tasks import Plain, crawl_task, with_verdicts
from models.base import now
from models.session import read_session
from pipeline.crawl import allowance_of
from pipeline.run import due_sources, recover
from search.health import Expected
from search.history import turned


@flow(name="nightly")
def nightly(params: NightlyParams = NightlyParams()) -> Summary:  # noqa: B008  # frozen, and Prefect shows the default
    """Crawl, process, index; ends Completed even where single sources are not green: the artifact names them."""
    settings = load()
    crawls = crawl_all(settings, chosen(settings, params), "nightly")
    documents, indexed = process_all(settings)
    crawls = with_verdicts(settings, crawls)
    summary = summarise(crawls, documents, indexed, health_turned(settings, crawls))
    publish(crawls, summary, "nightly")
    return summary


def health_turned(settings: Settings, crawls: list[Plain]) -> list[str]:
    """The declared sources whose health these crawls have changed, worst first, each with the reason."""
    declared = load_sources(settings.sources_file)
    expected = {one.id: Expected(one.enabled, one.every_hours, one.expect.days) for one in declared}
    with opened(settings) as (_, engine), read_session(engine) as session:
        return [turn.told() for turn in turned(session, expected, now(), [crawl["run_id"] for crawl in crawls])]


def chosen(settings: Settings, params: NightlyParams) -> list[Source]:
    """The sources that the run crawls; raises ValueError for an id that is not declared."""
    declared = {source.id: source for source in load_sources(settings.sources_file)}
    unknown = [name for name in params.sources if name not in declared]
    if unknown:
        raise ValueError(f"no source {', '.join(unknown)} in {settings.sources_file}")
    wanted = [declared[name] for name in params.sources] or list(declared.values())
    if params.force:
        return wanted if params.sources else [source for source in wanted if source.enabled]
    with opened(settings) as (_, engine):
        recover(settings, engine)  # a crawl that was killed counts as under way until then, and its source as not due
        with read_session(engine) as session:
            return due_sources(session, wanted, now())


def crawl_all(settings: Settings, sources: list[Source], trigger: str) -> list[Plain]:
    """Crawl the sources, some at a time; one report each."""
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=settings.max_crawls)
    crawls: list[Plain] = crawl_sources.with_options(task_runner=runner)(settings, sources, trigger)
    return crawls


@flow(name="crawl-sources", validate_parameters=False)
def crawl_sources(settings: Settings, sources: list[Source], trigger: str) -> list[Plain]:
    """One task a source; a crawl that fails for good is a report that is not green, the others go on."""
    plain = {source.id: source.model_dump(mode="json", exclude_unset=True) for source in sources}
    crawls: list[Plain] = []
    with allowance_of(settings) as allowance:
        shared = asdict(allowance) if allowance else None
        futures = {name: crawl_task.submit(settings, name, source, trigger, shared) for name, source in plain.items()}
        for name, future in futures.items():
            result: Any = future.result(raise_on_failure=False)
            if isinstance(result, BaseException):
                result = {"run_id": "", "source_id": name, "state": "failed", "message": str(result), "counts": {}}
            crawls.append(result)
    return crawls
