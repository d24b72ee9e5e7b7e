"""The views for SQL users, as tables to select from. Their SQL stands in the migrations; a test compares."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Table

metadata = MetaData()
"""Apart from `Base.metadata`: views are not created by it."""


def _view(name: str, columns: str) -> Table:
    return Table(name, metadata, *(Column(column) for column in columns.split()))


v_documents = _view(
    "v_documents",
    "document_id url title kind kind_score language published published_date published_from source_id source "
    "source_country themes organisations projects partnerships_count copies_count version complete first_seen_at "
    "last_seen_at gone_since revision text",
)
"""A document a row; themes, organisations and projects joined by "; "."""

v_partnerships = _view(
    "v_partnerships",
    "partnership_id parties kind status signed duration_months expires amount currency confidence reports_count "
    "sources_count first_reported last_reported evidence evidence_page url title document_id revision",
)
"""A partnership a row, with the evidence of its best report and where that stands; parties joined by "; "."""

v_parties = _view(
    "v_parties",
    "partnership_id kind status signed expires confidence sources_count organisation_id organisation type country "
    "register_id role position",
)
"""A party of a partnership a row."""

v_document_organisations = _view(
    "v_document_organisations",
    "document_id published_date source_id organisation_id organisation type country mentions",
)
"""An organisation or project that a document names a row, with the number of times."""

v_document_themes = _view("v_document_themes", "document_id published_date source_id theme_id theme score")
"""A theme of a document a row."""

v_organisations = _view(
    "v_organisations", "organisation_id name type country register_id documents_count partnerships_count"
)
"""An organisation or project a row; those that were merged into another are counted there."""

v_runs = _view(
    "v_runs",
    "run_id source_id source trigger state message started_at finished_at urls_count fetched_count failed_count",
)
"""A crawl of a source a row, with the number of URLs it met, fetched and could not fetch."""
