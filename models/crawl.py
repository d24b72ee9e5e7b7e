"""Sources, runs and captures: what was asked of the web and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigInt, now


class Source(Base):
    """A declared source, or ``adhoc`` for URLs that were crawled without a declaration."""

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    home: Mapped[str | None]
    country: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str | None] = mapped_column(String(2))
    declaration: Mapped[dict[str, Any]]
    """The declaration as last crawled (`config.sources.Source.model_dump`)."""
    last_crawled_at: Mapped[datetime | None]
    """When the last crawl of it began; decides whether the source is due."""


class CrawlRun(Base):
    """One crawl of one source."""

    __tablename__ = "crawl_run"
    __table_args__ = (Index("ix_crawl_run_source_id_started_at", "source_id", "started_at"),)

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Also the name of the run's folder in the spool and in the archive."""
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"))
    trigger: Mapped[str] = mapped_column(String(16))
    """``nightly``, ``ad-hoc`` or ``demo``."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16))
    """A `models.states.RunState`: ``running``, ``completed`` (green), ``empty`` (yielded less than expected),
    ``incomplete`` (documents lack expected fields), ``interrupted``, ``failed``."""
    message: Mapped[str | None]
    """Why the run is not green, for people."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Number of URLs for each outcome."""
    intake_offset: Mapped[int] = mapped_column(BigInt, default=0)
    """Bytes of outcomes.jsonl that intake has taken in."""


class Capture(Base):
    """What became of one URL in one run; a fetched document page goes on to be processed."""

    __tablename__ = "capture"
    __table_args__ = (
        UniqueConstraint("run_id", "url"),
        Index("ix_capture_source_id_url", "source_id", "url"),
        Index("ix_capture_state", "state"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("crawl_run.id"))
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"))
    url: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    """``discovery`` or ``document``."""
    outcome: Mapped[str] = mapped_column(String(16))
    """``fetched``, ``unchanged``, ``filtered``, ``failed``, ``unreachable``."""
    reason: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None]
    status: Mapped[int | None]
    """HTTP status."""
    at: Mapped[datetime]
    final_url: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInt)
    """Bytes of the payload."""
    digest: Mapped[str | None] = mapped_column(String(80))
    """``sha256:<hex>`` of the payload."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    found_on: Mapped[str | None]
    entries: Mapped[str | None] = mapped_column(String(80))
    """``sha256:<hex>`` of what the entries of a feed say; the feed around them changes with the hour."""
    signals: Mapped[str | None] = mapped_column(String(64))
    """What the site says of the use of the document: some of ``noai``, ``nofollow``, ``noindex``, ``tdm``, with blanks
    between."""
    hint_title: Mapped[str | None]
    hint_published: Mapped[str | None]
    archive_file: Mapped[str | None]
    """File of the record, relative to the archive's root."""
    archive_offset: Mapped[int | None] = mapped_column(BigInt)
    archive_length: Mapped[int | None] = mapped_column(BigInt)
    state: Mapped[str] = mapped_column(String(16), default="done")
    """``fetched`` (waits for processing), ``processed``, ``failed``; ``done`` where there is nothing to process."""
    state_reason: Mapped[str | None]
    """Why processing failed (`pipeline.records.EXTRACT_OUTCOMES` or an error), for people."""
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    """The document that this capture became or confirmed."""
    created_at: Mapped[datetime] = mapped_column(default=now)
