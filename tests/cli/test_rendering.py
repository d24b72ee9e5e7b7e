"""A source whose pages are made by scripts, as its operator sees it: empty without rendering, read with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from cli.context import opened
from config.settings import load
from config.sources import Source
from crawlers.chromium import find_chromium
from models.document import Document
from models.migrate import upgrade
from models.session import read_session
from pipeline.run import crawl_source, process_pending
from tests.cli.calling import call
from tests.cli.conftest import declare
from tests.crawlers.scripted import build
from tests.crawlers.site import Site
from tests.pipeline.crawled import Fixed


@pytest.mark.skipif(find_chromium(None) is None, reason="needs Chromium (Debian: chromium)")
def test_without_rendering_the_run_is_not_green_and_with_it_the_documents_arrive(tmp_path: Path, site: Site) -> None:
    given = {"id": "app", "name": "App", "kind": "listing", "start": build(site), "listing": {"items": "#app a"}}
    settings = load(data_dir=tmp_path / "data", allow_private=True, delay=0)
    settings.data_dir.mkdir()
    with opened(settings) as engine:
        upgrade(engine)
        empty = crawl_source(settings, engine, Source.model_validate(given), "ad-hoc")
        assert (empty.state, empty.waiting) == ("empty", 0)
        rendered = {**given, "render": {"wait_for": "#app a, #app article"}}
        full = crawl_source(settings, engine, Source.model_validate(rendered), "ad-hoc")
        assert (full.green, full.counts) == (True, {"fetched": 3})
        process_pending(settings, engine, workers=1, analyser=Fixed())
        with read_session(engine) as session:
            titles = set(session.scalars(select(Document.title)))
    assert titles == {"Agreement 1 – signé à Orléans", "Agreement 2 – signé à Orléans"}
    shown = call(tmp_path / "data", "archive", "show", site.url("/article/1"), "--at", "2999-01-01")
    assert "made from its scripts by Chromium" in shown.out


def test_a_missing_browser_is_told_before_any_crawl(tmp_path: Path) -> None:
    source = Source(id="app", name="App", kind="page", start=("http://127.0.0.1:9/",), render=True)
    file = declare(tmp_path / "sources.yaml", [source])
    values = {"PACTWATCH_SOURCES_FILE": str(file), "PACTWATCH_CHROMIUM": str(tmp_path / "none")}
    told = call(tmp_path / "data", "sources", "check", **values)
    assert told.code == 2
    assert "source app: it asks for rendering, and no browser at" in told.mistake
    assert "apt-get install chromium" in told.mistake
    tried = call(tmp_path / "data", "sources", "check", "app", **values)
    assert (tried.code, "asks for rendering" in tried.out) == (1, True)
    found = {row["check"]: row for row in call(tmp_path / "data", "doctor", "--json", **values).rows}["browser"]
    assert found["well"] is False and "asks for rendering" in found["detail"] and "PACTWATCH_CHROMIUM" in found["mend"]
