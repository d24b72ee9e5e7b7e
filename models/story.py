"""The texts that documents say today, and how those that are nearly the same are found."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigInt


class StoryText(Base):
    """A text that one or more documents say today, known by its digest; its story is that of its near-duplicates."""

    __tablename__ = "story_text"
    __table_args__ = (
        Index(
            "ix_story_text_unsigned",
            "id",
            sqlite_where=text("signature IS NULL"),
            postgresql_where=text("signature IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    digest: Mapped[str] = mapped_column(String(80), unique=True)
    """`Document.text_digest` of the documents that say it."""
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id"), index=True)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    """MinHash signature, 128 numbers of 16 bits; empty for a text that is too short for one; None while it has not been
    made, as for the texts of an older schema."""
    published_first: Mapped[date | None]
    """First day on which one of the documents may have been published; None where all of them are undated."""
    published_last: Mapped[date | None]
    """Last such day."""


class StoryBand(Base):
    """Texts that share a key are candidates for near-duplicates."""

    __tablename__ = "story_band"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's own way of declaring it

    key: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    """Made of four numbers of the signature and their place in it."""
    text_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    """`StoryText.id`. No foreign key: its check would need an index on this column as large as the table."""
