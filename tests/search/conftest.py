"""Rows in the empty database of `tests/conftest.py`, and the index's folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.session import write_session
from models.tables import Revision
from tests.search.factories import World


@pytest.fixture
def world(engine: Engine) -> World:
    """Adds rows; the row of revisions is there."""
    with write_session(engine) as session:
        if session.get(Revision, 1) is None:
            session.add(Revision(id=1, value=0))
    return World(engine)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of an index that is not there yet."""
    return tmp_path / "index"
