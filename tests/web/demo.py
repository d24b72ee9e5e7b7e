"""The demo behind the pages: the sample sites crawled, read, analysed and indexed once, and served; they can grow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from cli.crawls import ProcessCrawls
from config.settings import Settings, load
from models.migrate import upgrade
from models.session import make_engine
from pipeline.archive import Archive
from pipeline.run import crawl_many, process_pending
from samples.declare import sample_sources
from samples.server import Server, serve
from samples.site import Resource
from search.index import open_index, refresh
from tests.web.serving import serving
from web.app import create_app

ITEM = "<item><title>{title}</title><link>{url}</link><guid>{url}</guid><pubDate>{date}</pubDate></item>\n<item>"
ARTICLE = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="article:published_time" content="2026-11-20"></head>
<body><article><h1>{title}</h1>{text}</article></body></html>"""


@dataclass(frozen=True)
class Demo:
    """Where the pages are, and what is behind them."""

    address: str
    settings: Settings
    server: Server

    def publish(self, name: str, title: str, *paragraphs: str) -> str:
        """Put a new article into the news site and its feed; its address."""
        path = f"/news/2026/11/{name}/"
        url = f"{self.server.sites.news_url}{path}"
        self.server.resource("courier", "/")  # makes them
        held = self.server._resources[self.server.edition]["courier"]
        text = "".join(f"<p>{one}</p>" for one in paragraphs)
        held[path] = Resource(ARTICLE.format(title=title, text=text).encode())
        item = ITEM.format(title=title, url=url, date="Fri, 20 Nov 2026 08:00:00 GMT")
        feed = held["/feed.xml"]
        held["/feed.xml"] = replace(feed, body=feed.body.replace(b"<item>", item.encode(), 1))
        return url


@contextmanager
def demo(folder: Path, environment: dict[str, str]) -> Iterator[Demo]:
    """The pages over a nightly run of the sample sites; the sites stay up while they are shown."""
    settings = load(data_dir=folder, database_url="", allow_private=True, delay=0.0, workers=1)
    engine = make_engine(settings.database)
    upgrade(engine)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        server = stack.enter_context(serve(edition=1))
        sources = sample_sources(server.sites)
        declared = [source.model_dump(mode="json", exclude_unset=True) for source in sources]
        (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": declared}), encoding="utf8")
        crawl_many(settings, engine, sources, "nightly")
        process_pending(settings, engine)
        refresh(engine, settings.index)
        values = {
            "PACTWATCH_DATA_DIR": str(folder), "PACTWATCH_ALLOW_PRIVATE": "true", "PACTWATCH_DELAY": "0",
            "PACTWATCH_SOURCES_FILE": str(folder / "sources.yaml"), "PACTWATCH_WORKERS": "1",
        }  # fmt: skip
        crawls = ProcessCrawls(environment | values, lambda *_: None)
        stack.callback(crawls.close)
        app = create_app(
            settings,
            engine,
            open_index(engine, settings.index),
            read_capture=Archive(settings.archive).read,
            crawls=crawls,
        )
        yield Demo(stack.enter_context(serving(app)), settings, server)
