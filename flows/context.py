"""What a flow or a task process builds for itself: settings, engine, archive, analyser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine

from config.settings import Settings, load
from models.migrate import check
from models.session import make_engine
from pipeline.analyse import Analyser
from pipeline.declared import build_analyser


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[tuple[Settings, Engine]]:
    """Settings (from the environment where none are given) and a checked engine, disposed of at the end."""
    settings = settings or load()
    engine = make_engine(settings.database)
    try:
        check(engine)
        yield settings, engine
    finally:
        engine.dispose()


@cache
def process_analyser(settings: Settings) -> Analyser:
    """The analyser of this worker process.

    Loading takes a second and a task is one batch, so a process keeps what it loaded: Prefect and Dask give tasks no
    other place to leave it. It is keyed by the settings and never changes.
    """
    return build_analyser(settings, make_engine(settings.database))
