"""Documents, their versions and stories, and what was found in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigInt, PartialDate, first_revision, now


class Revision(Base):
    """One row: the last revision given out. Its row lock serialises writers, so revisions appear in commit order."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInt, default=0)


class Story(Base):
    """Documents that say nearly the same: copies of one announcement count as one source (docs/stories.md)."""

    __tablename__ = "story"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    digest: Mapped[str] = mapped_column(String(80), unique=True)
    """Digest of one of its texts, as in `models.story.StoryText`."""


class Document(Base):
    """What one canonical URL says today; earlier texts are in `DocumentVersion`."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_revision", "revision"),
        Index("ix_document_published_date", "published_date"),
        Index("ix_document_source_id", "source_id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    """Canonical URL."""
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"))
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    text_digest: Mapped[str] = mapped_column(String(80), index=True)
    language: Mapped[str | None] = mapped_column(String(8))
    published: Mapped[str | None] = mapped_column(PartialDate)
    published_date: Mapped[date | None]
    """First day of `published`, for ranges."""
    published_from: Mapped[str | None] = mapped_column(String(16))
    """Where the date came from: json-ld, meta, time, url, text, pdf, office, feed."""
    authors: Mapped[list[Any]] = mapped_column(default=list)
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else the page says of itself: `pipeline.load.items.ALSO_READ`, each only where it is there."""
    media_type: Mapped[str | None]
    anchors: Mapped[list[Any]] = mapped_column(default=list)
    """``[start, end, page]`` for each page or slide."""
    kind: Mapped[str] = mapped_column(String(16))
    kind_score: Mapped[float]
    extract_outcome: Mapped[str] = mapped_column(String(16), default="ok")
    """``ok`` or ``stub``."""
    extractor: Mapped[str]
    analyser: Mapped[str]
    complete: Mapped[bool] = mapped_column(default=True)
    """False where the language is only partly analysed."""
    version: Mapped[int] = mapped_column(default=1)
    capture_id: Mapped[int] = mapped_column(BigInt)
    """The capture that the present text came from. No foreign key: captures point here already."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    gone_since: Mapped[datetime | None]
    """When the page was first found to be gone (404, 410); the document stays."""
    revision: Mapped[int] = mapped_column(BigInt)
    """Grows with each change of the row or of what was found in it; the index follows it."""
    added_revision: Mapped[int] = mapped_column(BigInt, default=first_revision, index=True)
    """Revision with which the row came; does not change. What is above somebody's last visit is new to them."""

    versions: Mapped[list[DocumentVersion]] = relationship(order_by="DocumentVersion.number", viewonly=True)
    mentions: Mapped[list[Mention]] = relationship(order_by="Mention.start", viewonly=True)
    themes: Mapped[list[DocumentTheme]] = relationship(order_by="DocumentTheme.score.desc()", viewonly=True)


class DocumentVersion(Base):
    """A text that stood at the document's URL; number 1 is the first that was seen."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    number: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    text_digest: Mapped[str] = mapped_column(String(80))
    published: Mapped[str | None] = mapped_column(PartialDate)
    capture_id: Mapped[int] = mapped_column(ForeignKey("capture.id"))
    created_at: Mapped[datetime]
    """When this text was captured."""


class Mention(Base):
    """A name in the present text of a document, exactly where it stands."""

    __tablename__ = "mention"
    __table_args__ = (
        Index("ix_mention_document_id", "document_id"),
        Index("ix_mention_organisation_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """None while the mention is not resolved."""
    type: Mapped[str] = mapped_column(String(16))
    """``organisation`` or ``project``."""
    name: Mapped[str]
    """Fullest form that the document gives."""
    text: Mapped[str]
    start: Mapped[int]
    """First character in `Document.text`."""
    end: Mapped[int]
    """One behind the last character."""
    confidence: Mapped[float]


class Theme(Base):
    """A theme of themes.yaml."""

    __tablename__ = "theme"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str]


class DocumentTheme(Base):
    """A theme given to a document, with its score and the words that gave it."""

    __tablename__ = "document_theme"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    theme_id: Mapped[str] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)
    score: Mapped[float]
    words: Mapped[list[Any]] = mapped_column(default=list)


class SavedSearch(Base):
    """A query that somebody wants to see again."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    name: Mapped[str]
    owner: Mapped[str]
    about: Mapped[str] = mapped_column(String(16), default="documents")
    """``documents`` or ``partnerships``: what the query finds."""
    query: Mapped[str]
    """In the query language; for partnerships as the parameters of an address (``with=EIT+Health&kind=mou``)."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_revision: Mapped[int] = mapped_column(BigInt, default=0)
    """Revision up to which the owner has seen results."""
