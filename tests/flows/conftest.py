"""A real Prefect server, once a session (its start takes a while), and settings in the environment, read by flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from config.settings import Settings, load
from samples.declare import sample_sources
from samples.server import Server, serve

Prepare = Callable[[str, Sequence[str]], Settings]
"""Put the settings for a database and the sample sources of these ids into the environment."""


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """Address of a Prefect server with a database of its own."""
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield str(PREFECT_API_URL.value())


@pytest.fixture
def sites() -> Iterator[Server]:
    """The sample sites."""
    with serve() as server:
        yield server


@pytest.fixture
def prepare(sites: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """As `Prepare` says; everything that is written goes into the test's folder."""

    def prepared(database_url: str, ids: Sequence[str]) -> Settings:
        sources = [one for one in sample_sources(sites.sites) if one.id in ids]
        file = tmp_path / "sources.yaml"
        rows = [one.model_dump(mode="json", exclude_unset=True) for one in sources]
        file.write_text(yaml.safe_dump({"sources": rows}), encoding="utf8")
        values = {
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": database_url,
            "SOURCES_FILE": str(file),
            "ALLOW_PRIVATE": "true",
            "DELAY": "0",
            "BATCH_SIZE": "5",
        }
        for name, value in values.items():
            monkeypatch.setenv(f"PACTWATCH_{name}", value)
        return load()

    return prepared


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database."""
    path = tmp_path / "flows.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"
