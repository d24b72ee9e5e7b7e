"""A world on each kind of database."""

from __future__ import annotations

from tests.pipeline.load.conftest import world

__all__ = ["world"]
