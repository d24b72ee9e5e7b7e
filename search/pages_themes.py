"""Themes: how often, when, with whom and together with which others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased

from models.tables import Document, DocumentTheme, Mention, Organisation, PartnershipReport, Theme
from search.merged import canonical_id


@dataclass(frozen=True, slots=True)
class ThemeTotals:
    """A theme, with the documents that have it and the partnerships that those report."""

    id: str
    label: str
    documents: int
    partnerships: int


@dataclass(frozen=True, slots=True)
class ThemeMonth:
    """Documents of a theme published in a month."""

    theme: str
    month: str
    """``2021-04``; a document that gives only a year counts in its January."""
    documents: int


@dataclass(frozen=True, slots=True)
class Leader:
    """An organisation, and the theme's documents that name it."""

    id: int
    name: str
    country: str | None
    documents: int


@dataclass(frozen=True, slots=True)
class ThemePair:
    """Two themes, and the documents that have both; `one` comes before `other` by its id."""

    one: str
    other: str
    documents: int


def theme_totals(session: Session) -> list[ThemeTotals]:
    """Every theme, the most frequent first."""
    count = func.count(DocumentTheme.document_id)
    reported = (
        select(DocumentTheme.theme_id, func.count(PartnershipReport.partnership_id.distinct()))
        .join(PartnershipReport, PartnershipReport.document_id == DocumentTheme.document_id)
        .group_by(DocumentTheme.theme_id)
    )
    partnerships = {row[0]: row[1] for row in session.execute(reported)}
    statement = (
        select(Theme.id, Theme.label, count)
        .outerjoin(DocumentTheme, DocumentTheme.theme_id == Theme.id)
        .group_by(Theme.id, Theme.label)
        .order_by(count.desc(), Theme.id)
    )
    return [ThemeTotals(*row, partnerships.get(row[0], 0)) for row in session.execute(statement)]


def theme_months(session: Session, theme: str | None = None) -> list[ThemeMonth]:
    """Documents of each theme, or of one, by month of publication, rising; undated ones are left out."""
    month = func.substr(cast(Document.published_date, String), 1, 7)
    statement = (
        select(DocumentTheme.theme_id, month, func.count(Document.id))
        .join(Document, Document.id == DocumentTheme.document_id)
        .where(Document.published_date.is_not(None))
        .group_by(DocumentTheme.theme_id, month)
        .order_by(DocumentTheme.theme_id, month)
    )
    if theme is not None:
        statement = statement.where(DocumentTheme.theme_id == theme)
    return [ThemeMonth(*row) for row in session.execute(statement)]


def leading_organisations(session: Session, theme: str, limit: int = 15) -> list[Leader]:
    """The organisations that most documents of a theme name."""
    kept: Any = aliased(Organisation)
    count = func.count(Mention.document_id.distinct())
    statement = (
        select(kept.id, kept.name, kept.country, count)
        .select_from(DocumentTheme)
        .join(Mention, Mention.document_id == DocumentTheme.document_id)
        .join(Organisation, Organisation.id == Mention.organisation_id)
        .join(kept, kept.id == canonical_id())
        .where(DocumentTheme.theme_id == theme)
        .group_by(kept.id, kept.name, kept.country)
        .order_by(count.desc(), kept.name, kept.id)
        .limit(limit)
    )
    return [Leader(*row) for row in session.execute(statement)]


def theme_pairs(session: Session) -> list[ThemePair]:
    """Themes that documents have together, the most frequent pair first."""
    one, other = aliased(DocumentTheme), aliased(DocumentTheme)
    count = func.count(one.document_id)
    statement = (
        select(one.theme_id, other.theme_id, count)
        .join(other, other.document_id == one.document_id)
        .where(one.theme_id < other.theme_id)
        .group_by(one.theme_id, other.theme_id)
        .order_by(count.desc(), one.theme_id, other.theme_id)
    )
    return [ThemePair(*row) for row in session.execute(statement)]
