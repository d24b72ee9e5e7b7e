"""What was read and found goes into the database: idempotent, in batches, in the caller's transaction."""

from __future__ import annotations

from pipeline.load.batch import load_batch
from pipeline.load.gone import mark_gone, mark_seen
from pipeline.load.identity import document_url, is_current, is_read_alike, text_digest
from pipeline.load.items import LoadItem, LoadResult
from pipeline.load.revision import lock_writer, next_revision
from pipeline.load.stories import catch_up
from pipeline.load.themes import store_themes

__all__ = [
    "LoadItem",
    "LoadResult",
    "catch_up",
    "document_url",
    "is_current",
    "is_read_alike",
    "load_batch",
    "lock_writer",
    "mark_gone",
    "mark_seen",
    "next_revision",
    "store_themes",
    "text_digest",
]
