"""Organisations, partnerships and the reports of them; what a person decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigInt, PartialDate, first_revision, now


class Organisation(Base):
    """A body or project in the world, to which mentions of many documents are resolved."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("type", "key"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    type: Mapped[str] = mapped_column(String(16))
    """``organisation`` or ``project``."""
    name: Mapped[str]
    key: Mapped[str]
    """Normalised name without legal form: what makes two names the same."""
    register_id: Mapped[str | None]
    """ROR id."""
    country: Mapped[str | None] = mapped_column(String(2))
    kind: Mapped[str | None] = mapped_column(String(16))
    """What the register says it is (`RegisterEntry.kind`)."""
    parent_register_id: Mapped[str | None]
    """ROR id of the body that its name says it is a part of ("Department of Surgery, Lund University")."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """Set where this row was found to be the same as another; the other one counts."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    aliases: Mapped[list[OrganisationAlias]] = relationship(order_by="OrganisationAlias.alias", viewonly=True)


class OrganisationAlias(Base):
    """A form under which an organisation is named."""

    __tablename__ = "organisation_alias"
    __table_args__ = (
        UniqueConstraint("organisation_id", "alias"),
        Index("ix_organisation_alias_key", "key"),
        Index("ix_organisation_alias_block", "block"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    alias: Mapped[str]
    key: Mapped[str]
    how: Mapped[str] = mapped_column(String(16))
    """``name``, ``defined`` (by a text), ``variant``, ``register``, ``person``."""
    weak: Mapped[bool] = mapped_column(default=False)
    """True for acronyms: never enough to resolve a name on its own."""
    block: Mapped[str] = mapped_column(String(32), default="")
    """Initials of the key's words: only names that share it are compared when near matches are sought."""


class Partnership(Base):
    """The agreement or relation in the world, merged from every report of it."""

    __tablename__ = "partnership"
    __table_args__ = (Index("ix_partnership_parties_key", "parties_key"), Index("ix_partnership_revision", "revision"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    parties_key: Mapped[str]
    """Sorted organisation ids, joined by a comma."""
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    """``planned``, ``signed``, ``extended``, ``ended``: the latest that was reported."""
    signed: Mapped[str | None] = mapped_column(PartialDate)
    duration_months: Mapped[int | None]
    expires: Mapped[str | None] = mapped_column(PartialDate)
    """Signed plus duration, to the precision of `signed`; where an extension gives a later end, that one."""
    amount: Mapped[float | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    confidence: Mapped[float]
    """The best report's."""
    reports_count: Mapped[int]
    sources_count: Mapped[int]
    """Independent ones: stories, not copies."""
    first_reported: Mapped[date | None]
    last_reported: Mapped[date | None]
    revision: Mapped[int] = mapped_column(BigInt)
    added_revision: Mapped[int] = mapped_column(BigInt, default=first_revision, index=True)
    """Revision with which the row came; does not change."""

    parties: Mapped[list[PartnershipParty]] = relationship(order_by="PartnershipParty.position", viewonly=True)
    reports: Mapped[list[PartnershipReport]] = relationship(order_by="PartnershipReport.id", viewonly=True)


class PartnershipParty(Base):
    """A party of a partnership."""

    __tablename__ = "partnership_party"

    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnership.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    role: Mapped[str | None] = mapped_column(String(32))
    position: Mapped[int]

    organisation: Mapped[Organisation] = relationship(viewonly=True)


class PartnershipReport(Base):
    """What one document says of one agreement, with the sentence that says it."""

    __tablename__ = "partnership_report"
    __table_args__ = (
        Index("ix_partnership_report_document_id", "document_id"),
        Index("ix_partnership_report_partnership_id", "partnership_id"),
        Index("ix_partnership_report_parties_key", "parties_key"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnership.id"))
    """Set by the merge, in the same transaction."""
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    parties: Mapped[list[Any]]
    """``{"organisation_id", "name", "role"}`` of each party, in the order of the text."""
    parties_key: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    signed: Mapped[str | None] = mapped_column(PartialDate)
    duration_months: Mapped[int | None]
    amount: Mapped[float | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    confidence: Mapped[float]
    evidence: Mapped[str]
    """The sentence, as it stands in the text."""
    evidence_start: Mapped[int]
    evidence_end: Mapped[int]
    page: Mapped[int | None]
    """Page or slide of the evidence, counted from 1."""


class Review(Base):
    """A question for a person, or a decision of one; survives reprocessing."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("subject", "key"), Index("ix_review_subject_state", "subject", "state"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    subject: Mapped[str] = mapped_column(String(32))
    """``organisation-merge`` (are two the same?), ``organisation-split`` (keep two apart), …"""
    key: Mapped[str]
    """What it is about, in terms that reprocessing does not change (names, not ids)."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(16), default="open")
    """``open``, ``accepted``, ``rejected``."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
