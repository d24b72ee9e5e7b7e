"""The demo behind the pages: the sample sites crawled, read, analysed and indexed once, and served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.crawls import ProcessCrawls
from config.settings import Settings, load
from models.migrate import upgrade
from models.session import make_engine
from pipeline.archive import Archive
from pipeline.run import crawl_many, process_pending
from samples.declare import sample_sources
from samples.server import serve
from search.index import open_index, refresh
from tests.web.serving import serving
from web.app import create_app


@dataclass(frozen=True)
class Demo:
    """Where the pages are, and what is behind them."""

    address: str
    settings: Settings


@contextmanager
def demo(folder: Path, environment: dict[str, str]) -> Iterator[Demo]:
    """The pages over a nightly run of the sample sites; the sites stay up while they are shown."""
    settings = load(data_dir=folder, database_url="", allow_private=True, delay=0.0, workers=1)
    engine = make_engine(settings.database)
    upgrade(engine)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        server = stack.enter_context(serve(edition=1))
        crawl_many(settings, engine, sample_sources(server.sites), "nightly")
        process_pending(settings, engine)
        refresh(engine, settings.index)
        values = {"PACTWATCH_DATA_DIR": str(folder), "PACTWATCH_ALLOW_PRIVATE": "true", "PACTWATCH_DELAY": "0"}
        crawls = ProcessCrawls(environment | values, lambda *_: None)
        stack.callback(crawls.close)
        app = create_app(
            settings,
            engine,
            open_index(engine, settings.index),
            read_capture=Archive(settings.archive).read,
            crawls=crawls,
        )
        yield Demo(stack.enter_context(serving(app)), settings)
