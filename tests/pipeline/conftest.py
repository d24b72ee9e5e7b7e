"""A spool, an archive and crawls that left their files in it, written as a crawl writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.sources import Source
from pipeline.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(str(tmp_path / "archive"))


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    path = tmp_path / "spool"
    path.mkdir()
    return path


@pytest.fixture
def source() -> Source:
    return Source(id="news", name="News", kind="feed", start=("https://news.example/feed",), expect={"documents": 2})
