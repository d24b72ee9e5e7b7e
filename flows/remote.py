"""Run a flow from the command line so that a configured Prefect server shows it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from config.settings import Settings
from flows.params import CrawlParams, NightlyParams, Summary
from flows.up import environment


def crawl_with_prefect(settings: Settings, target: str, depth: int, max_pages: int) -> Summary:
    """Run the ad-hoc flow in this process under the server of the settings."""
    _use_server(settings)
    from flows.crawl import crawl  # noqa: PLC0415

    params = CrawlParams(target=target, depth=depth, max_pages=max_pages, allow_private=settings.allow_private)
    summary: Summary = crawl(params)
    return summary


def nightly_with_prefect(settings: Settings, sources: Sequence[str], *, force: bool) -> Summary:
    """Run the nightly flow in this process under the server of the settings."""
    _use_server(settings)
    from flows.nightly import nightly  # noqa: PLC0415

    summary: Summary = nightly(NightlyParams(sources=tuple(sources), force=force))
    return summary


def _use_server(settings: Settings) -> None:
    # Prefect reads its settings when it is imported, so this comes first and the flows are imported after it.
    os.environ.update(environment(settings))
    os.environ["PREFECT_API_URL"] = settings.prefect_api_url
