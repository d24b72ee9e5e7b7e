"""A data folder that a real crawl of two of the sample sources has filled once, and copies of it to spoil."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from config.sources import Source
from samples.declare import sample_sources
from samples.server import serve
from tests.cli.calling import Ran, call
from tests.crawlers.site import Site, serving

CRAWLED = ("sample-courier", "sample-podcast")


def declare(path: Path, sources: list[Source]) -> Path:
    declared = [source.model_dump(mode="json", exclude_unset=True) for source in sources]
    path.write_text(yaml.safe_dump({"sources": declared}), encoding="utf8")
    return path


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """The folder, and what the command that filled it said."""
    folder = tmp_path_factory.mktemp("cli")
    with serve() as server:
        wanted = [source for source in sample_sources(server.sites) if source.id in CRAWLED]
        file = declare(folder / "sources.yaml", wanted)
        ran = call(
            folder / "data", "nightly", "--json", PACTWATCH_SOURCES_FILE=str(file), PACTWATCH_ALLOW_PRIVATE="true"
        )
    return folder / "data", ran


@pytest.fixture(scope="session")
def filled(first_run: tuple[Path, Ran]) -> Path:
    """The folder; only to be read."""
    return first_run[0]


@pytest.fixture
def copied(filled: Path, tmp_path: Path) -> Path:
    """A copy of the folder, to be changed."""
    return Path(shutil.copytree(filled, tmp_path / "copy"))


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served
