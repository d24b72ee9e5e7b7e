"""How a run stands. Without SQLAlchemy, so that the command line can name the states before it opens a database."""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    """Every state of a run (`models.crawl.CrawlRun.state`); only ``completed`` is green."""

    COMPLETED = "completed"
    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    RUNNING = "running"
