"""The runner: serves the deployments and keeps the nightly schedule. `python -m flows.serve`; Prefect's API from the
environment."""

from __future__ import annotations

from typing import Any

from prefect import serve
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings, load
from flows.crawl import crawl
from flows.nightly import nightly
from flows.reprocess import reprocess


def deployments(settings: Settings) -> list[Any]:
    """The three deployments; only the nightly one has a schedule. This is the only place that names them."""
    cron = Cron(settings.nightly_cron, timezone=settings.timezone)
    by_module = EntrypointType.MODULE_PATH
    return [
        # One nightly run at a time: a second would find the same sources due.
        nightly.to_deployment("nightly", schedule=cron, concurrency_limit=1, entrypoint_type=by_module),
        crawl.to_deployment("ad-hoc", entrypoint_type=by_module),
        reprocess.to_deployment("reprocess", concurrency_limit=1, entrypoint_type=by_module),
    ]


def main() -> None:
    """Serve until told to stop."""
    serve(*deployments(load()), pause_on_shutdown=False, print_starting_message=False)


if __name__ == "__main__":
    main()
