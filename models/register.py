"""The organisation register (ROR): its entries, the names they go by, and which organisations are which entries."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigInt


class RegisterEntry(Base):
    """One entry of the imported register."""

    __tablename__ = "register_entry"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """ROR id, a URL."""
    name: Mapped[str]
    country: Mapped[str | None] = mapped_column(String(2))
    kind: Mapped[str | None] = mapped_column(String(16))
    """``education``, ``healthcare``, ``company``, ``government``, ``nonprofit``, ``facility``, ``archive``, ``funder``,
    ``other``: the first of its types."""
    city: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(16))
    """``active``, ``inactive``, ``withdrawn``; ``removed`` where the file last imported no longer has it. The last two
    have no names and are never linked to; the row stays for what pointed to it."""
    branch: Mapped[bool] = mapped_column(default=False)
    """A national branch of a company ("Abbott (Brazil)"): its bare name means another body more often than not."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what was imported: an entry that has not changed is not written again."""


class RegisterName(Base):
    """A name of an entry."""

    __tablename__ = "register_name"
    __table_args__ = (Index("ix_register_name_key", "key"), Index("ix_register_name_entry_id", "entry_id"))

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("register_entry.id"))
    key: Mapped[str]
    """`pipeline.resolve.names.organisation_key` of the name."""
    name: Mapped[str]
    how: Mapped[str] = mapped_column(String(8))
    """``name`` (the one shown), ``label`` (in another language), ``alias``, ``acronym``."""
    weak: Mapped[bool] = mapped_column(default=False)
    """True for acronyms, under whatever heading the register lists them."""


class RegisterRelation(Base):
    """How entries belong together, as the register states it."""

    __tablename__ = "register_relation"

    entry_id: Mapped[str] = mapped_column(ForeignKey("register_entry.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(16), primary_key=True)
    """What the other one is to this one: ``parent``, ``child``, ``related``, ``successor``, ``predecessor``."""
    other_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """ROR id; may name an entry that the imported file lacks."""


class OrganisationRegister(Base):
    """What the texts' names say an organisation is in the register; `Organisation.register_id` where that is one."""

    __tablename__ = "organisation_register"
    __table_args__ = (Index("ix_organisation_register_entry_id", "entry_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("register_entry.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(8), primary_key=True)
    """``is`` the entry, or ``part-of`` it ("Department of Surgery, Lund University")."""
