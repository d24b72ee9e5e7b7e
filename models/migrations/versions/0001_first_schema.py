"""The first schema: every table, index and view.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables in the order of their references, then the views over them."""
    _bookkeeping()
    _crawling()
    _documents()
    _captures()
    _texts()
    _organisations()
    _partnerships()
    op.execute("INSERT INTO revision (id, value) VALUES (1, 0)")
    for statement in VIEWS:
        op.execute(statement.replace("JOINED", "group_concat" if _sqlite() else "string_agg"))


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _fk(table: str, column: str, target: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")


def _bookkeeping() -> None:
    # Reviews, saved searches and the revision counter.
    op.create_table(
        "revision",
        Column("id", sa.Integer(), nullable=False),
        Column("value", BIGINT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_revision"),
    )
    op.create_table(
        "review",
        Column("id", BIGINT, nullable=False),
        Column("subject", sa.String(32), nullable=False),
        Column("key", TEXT, nullable=False),
        Column("detail", JSON, nullable=False),
        Column("state", sa.String(16), nullable=False),
        Column("created_at", TIME, nullable=False),
        Column("decided_at", TIME),
        Column("decided_by", TEXT),
        PrimaryKeyConstraint("id", name="pk_review"),
        UniqueConstraint("subject", "key", name="uq_review_subject_key"),
    )
    op.create_index("ix_review_subject_state", "review", ["subject", "state"])
    op.create_table(
        "saved_search",
        Column("id", BIGINT, nullable=False),
        Column("name", TEXT, nullable=False),
        Column("owner", TEXT, nullable=False),
        Column("query", TEXT, nullable=False),
        Column("created_at", TIME, nullable=False),
        Column("seen_revision", BIGINT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_saved_search"),
        UniqueConstraint("owner", "name", name="uq_saved_search_owner_name"),
    )


def _crawling() -> None:
    # Sources and runs.
    op.create_table(
        "source",
        Column("id", sa.String(64), nullable=False),
        Column("name", TEXT, nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("home", TEXT),
        Column("country", sa.String(2)),
        Column("language", sa.String(2)),
        Column("declaration", JSON, nullable=False),
        Column("last_crawled_at", TIME),
        PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_table(
        "crawl_run",
        Column("id", sa.String(80), nullable=False),
        Column("source_id", sa.String(64), nullable=False),
        Column("trigger", sa.String(16), nullable=False),
        Column("started_at", TIME, nullable=False),
        Column("finished_at", TIME),
        Column("state", sa.String(16), nullable=False),
        Column("message", TEXT),
        Column("counts", JSON, nullable=False),
        Column("intake_offset", BIGINT, nullable=False),
        _fk("crawl_run", "source_id", "source"),
        PrimaryKeyConstraint("id", name="pk_crawl_run"),
    )
    op.create_index("ix_crawl_run_source_id_started_at", "crawl_run", ["source_id", "started_at"])


def _documents() -> None:
    # Documents, their stories and themes.
    op.create_table(
        "story",
        Column("id", BIGINT, nullable=False),
        Column("digest", sa.String(80), nullable=False),
        PrimaryKeyConstraint("id", name="pk_story"),
        UniqueConstraint("digest", name="uq_story_digest"),
    )
    op.create_table(
        "theme",
        Column("id", sa.String(64), nullable=False),
        Column("label", TEXT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_theme"),
    )
    op.create_table(
        "document",
        Column("id", BIGINT, nullable=False),
        Column("url", TEXT, nullable=False),
        Column("source_id", sa.String(64), nullable=False),
        Column("story_id", BIGINT, nullable=False),
        Column("title", TEXT, nullable=False),
        Column("text", TEXT, nullable=False),
        Column("text_digest", sa.String(80), nullable=False),
        Column("language", sa.String(8)),
        Column("published", sa.String(10)),
        Column("published_date", sa.Date()),
        Column("published_from", sa.String(16)),
        Column("authors", JSON, nullable=False),
        Column("media_type", TEXT),
        Column("anchors", JSON, nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("kind_score", sa.Double(), nullable=False),
        Column("extract_outcome", sa.String(16), nullable=False),
        Column("extractor", TEXT, nullable=False),
        Column("analyser", TEXT, nullable=False),
        Column("complete", sa.Boolean(), nullable=False),
        Column("version", sa.Integer(), nullable=False),
        Column("capture_id", BIGINT, nullable=False),
        Column("first_seen_at", TIME, nullable=False),
        Column("last_seen_at", TIME, nullable=False),
        Column("gone_since", TIME),
        Column("revision", BIGINT, nullable=False),
        _fk("document", "source_id", "source"),
        _fk("document", "story_id", "story"),
        PrimaryKeyConstraint("id", name="pk_document"),
        UniqueConstraint("url", name="uq_document_url"),
    )
    op.create_index("ix_document_published_date", "document", ["published_date"])
    op.create_index("ix_document_revision", "document", ["revision"])
    op.create_index("ix_document_source_id", "document", ["source_id"])
    op.create_index("ix_document_story_id", "document", ["story_id"])
    op.create_index("ix_document_text_digest", "document", ["text_digest"])


def _captures() -> None:
    # What became of each URL.
    op.create_table(
        "capture",
        Column("id", BIGINT, nullable=False),
        Column("run_id", sa.String(80), nullable=False),
        Column("source_id", sa.String(64), nullable=False),
        Column("url", TEXT, nullable=False),
        Column("role", sa.String(16), nullable=False),
        Column("outcome", sa.String(16), nullable=False),
        Column("reason", sa.String(64)),
        Column("detail", TEXT),
        Column("status", sa.Integer()),
        Column("at", TIME, nullable=False),
        Column("final_url", TEXT),
        Column("media_type", TEXT),
        Column("size", BIGINT),
        Column("digest", sa.String(80)),
        Column("etag", TEXT),
        Column("last_modified", TEXT),
        Column("found_on", TEXT),
        Column("hint_title", TEXT),
        Column("hint_published", TEXT),
        Column("archive_file", TEXT),
        Column("archive_offset", BIGINT),
        Column("archive_length", BIGINT),
        Column("state", sa.String(16), nullable=False),
        Column("state_reason", TEXT),
        Column("attempts", sa.Integer(), nullable=False),
        Column("claimed_by", TEXT),
        Column("claimed_at", TIME),
        Column("document_id", BIGINT),
        Column("created_at", TIME, nullable=False),
        _fk("capture", "document_id", "document"),
        _fk("capture", "run_id", "crawl_run"),
        _fk("capture", "source_id", "source"),
        PrimaryKeyConstraint("id", name="pk_capture"),
        UniqueConstraint("run_id", "url", name="uq_capture_run_id_url"),
    )
    op.create_index("ix_capture_document_id", "capture", ["document_id"])
    op.create_index("ix_capture_source_id_url", "capture", ["source_id", "url"])
    op.create_index("ix_capture_state", "capture", ["state"])


def _texts() -> None:
    # The texts that stood at a document's URL, and the themes of the present one.
    op.create_table(
        "document_version",
        Column("id", BIGINT, nullable=False),
        Column("document_id", BIGINT, nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("title", TEXT, nullable=False),
        Column("text", TEXT, nullable=False),
        Column("text_digest", sa.String(80), nullable=False),
        Column("published", sa.String(10)),
        Column("capture_id", BIGINT, nullable=False),
        Column("created_at", TIME, nullable=False),
        _fk("document_version", "capture_id", "capture"),
        _fk("document_version", "document_id", "document"),
        PrimaryKeyConstraint("id", name="pk_document_version"),
        UniqueConstraint("document_id", "number", name="uq_document_version_document_id_number"),
    )
    op.create_table(
        "document_theme",
        Column("document_id", BIGINT, nullable=False),
        Column("theme_id", sa.String(64), nullable=False),
        Column("score", sa.Double(), nullable=False),
        Column("words", JSON, nullable=False),
        _fk("document_theme", "document_id", "document"),
        _fk("document_theme", "theme_id", "theme"),
        PrimaryKeyConstraint("document_id", "theme_id", name="pk_document_theme"),
    )
    op.create_index("ix_document_theme_theme_id", "document_theme", ["theme_id"])


def _organisations() -> None:
    # Organisations, their names, and where they are named.
    op.create_table(
        "organisation",
        Column("id", BIGINT, nullable=False),
        Column("type", sa.String(16), nullable=False),
        Column("name", TEXT, nullable=False),
        Column("key", TEXT, nullable=False),
        Column("register_id", TEXT),
        Column("country", sa.String(2)),
        Column("merged_into_id", BIGINT),
        Column("created_at", TIME, nullable=False),
        _fk("organisation", "merged_into_id", "organisation"),
        PrimaryKeyConstraint("id", name="pk_organisation"),
        UniqueConstraint("type", "key", name="uq_organisation_type_key"),
    )
    op.create_index("ix_organisation_merged_into_id", "organisation", ["merged_into_id"])
    op.create_table(
        "organisation_alias",
        Column("id", BIGINT, nullable=False),
        Column("organisation_id", BIGINT, nullable=False),
        Column("alias", TEXT, nullable=False),
        Column("key", TEXT, nullable=False),
        Column("how", sa.String(16), nullable=False),
        Column("weak", sa.Boolean(), nullable=False),
        Column("block", sa.String(32), nullable=False),
        _fk("organisation_alias", "organisation_id", "organisation"),
        PrimaryKeyConstraint("id", name="pk_organisation_alias"),
        UniqueConstraint("organisation_id", "alias", name="uq_organisation_alias_organisation_id_alias"),
    )
    op.create_index("ix_organisation_alias_block", "organisation_alias", ["block"])
    op.create_index("ix_organisation_alias_key", "organisation_alias", ["key"])
    op.create_table(
        "mention",
        Column("id", BIGINT, nullable=False),
        Column("document_id", BIGINT, nullable=False),
        Column("organisation_id", BIGINT),
        Column("type", sa.String(16), nullable=False),
        Column("name", TEXT, nullable=False),
        Column("text", TEXT, nullable=False),
        Column("start", sa.Integer(), nullable=False),
        Column("end", sa.Integer(), nullable=False),
        Column("confidence", sa.Double(), nullable=False),
        _fk("mention", "document_id", "document"),
        _fk("mention", "organisation_id", "organisation"),
        PrimaryKeyConstraint("id", name="pk_mention"),
    )
    op.create_index("ix_mention_document_id", "mention", ["document_id"])
    op.create_index("ix_mention_organisation_id", "mention", ["organisation_id"])


def _partnerships() -> None:
    # Partnerships, their parties and the reports of them.
    op.create_table(
        "partnership",
        Column("id", BIGINT, nullable=False),
        Column("parties_key", TEXT, nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("status", sa.String(16), nullable=False),
        Column("signed", sa.String(10)),
        Column("duration_months", sa.Integer()),
        Column("expires", sa.String(10)),
        Column("amount", sa.Double()),
        Column("currency", sa.String(3)),
        Column("confidence", sa.Double(), nullable=False),
        Column("reports_count", sa.Integer(), nullable=False),
        Column("sources_count", sa.Integer(), nullable=False),
        Column("first_reported", sa.Date()),
        Column("last_reported", sa.Date()),
        Column("revision", BIGINT, nullable=False),
        PrimaryKeyConstraint("id", name="pk_partnership"),
    )
    op.create_index("ix_partnership_parties_key", "partnership", ["parties_key"])
    op.create_index("ix_partnership_revision", "partnership", ["revision"])
    op.create_table(
        "partnership_party",
        Column("partnership_id", BIGINT, nullable=False),
        Column("organisation_id", BIGINT, nullable=False),
        Column("role", sa.String(32)),
        Column("position", sa.Integer(), nullable=False),
        _fk("partnership_party", "organisation_id", "organisation"),
        _fk("partnership_party", "partnership_id", "partnership"),
        PrimaryKeyConstraint("partnership_id", "organisation_id", name="pk_partnership_party"),
    )
    op.create_index("ix_partnership_party_organisation_id", "partnership_party", ["organisation_id"])
    op.create_table(
        "partnership_report",
        Column("id", BIGINT, nullable=False),
        Column("partnership_id", BIGINT),
        Column("document_id", BIGINT, nullable=False),
        Column("parties", JSON, nullable=False),
        Column("parties_key", TEXT, nullable=False),
        Column("kind", sa.String(16), nullable=False),
        Column("status", sa.String(16), nullable=False),
        Column("signed", sa.String(10)),
        Column("duration_months", sa.Integer()),
        Column("amount", sa.Double()),
        Column("currency", sa.String(3)),
        Column("confidence", sa.Double(), nullable=False),
        Column("evidence", TEXT, nullable=False),
        Column("evidence_start", sa.Integer(), nullable=False),
        Column("evidence_end", sa.Integer(), nullable=False),
        Column("page", sa.Integer()),
        _fk("partnership_report", "document_id", "document"),
        _fk("partnership_report", "partnership_id", "partnership"),
        PrimaryKeyConstraint("id", name="pk_partnership_report"),
    )
    op.create_index("ix_partnership_report_document_id", "partnership_report", ["document_id"])
    op.create_index("ix_partnership_report_parties_key", "partnership_report", ["parties_key"])
    op.create_index("ix_partnership_report_partnership_id", "partnership_report", ["partnership_id"])


# JOINED is the database's own function for joining texts of several rows, in the order of the inner query.
VIEWS = (
    """
CREATE VIEW v_documents AS
SELECT
    d.id AS document_id,
    d.url, d.title, d.kind, d.kind_score, d.language, d.published, d.published_date, d.published_from, d.source_id,
    s.name AS source, s.country AS source_country,
    (SELECT JOINED(x.label, '; ') FROM (
        SELECT t.label FROM document_theme AS dt JOIN theme AS t ON t.id = dt.theme_id
        WHERE dt.document_id = d.id ORDER BY dt.score DESC, t.id) AS x) AS themes,
    (SELECT JOINED(x.name, '; ') FROM (
        SELECT o.name FROM organisation AS o
        WHERE o.type = 'organisation'
          AND o.id IN (SELECT m.organisation_id FROM mention AS m WHERE m.document_id = d.id)
        ORDER BY o.name) AS x) AS organisations,
    (SELECT JOINED(x.name, '; ') FROM (
        SELECT o.name FROM organisation AS o
        WHERE o.type = 'project'
          AND o.id IN (SELECT m.organisation_id FROM mention AS m WHERE m.document_id = d.id)
        ORDER BY o.name) AS x) AS projects,
    (SELECT count(DISTINCT r.partnership_id) FROM partnership_report AS r
     WHERE r.document_id = d.id) AS partnerships_count,
    (SELECT count(*) FROM document AS c WHERE c.story_id = d.story_id) AS copies_count,
    d.version, d.complete, d.first_seen_at, d.last_seen_at, d.gone_since, d.revision, d.text
FROM document AS d
JOIN source AS s ON s.id = d.source_id
""",
    """
CREATE VIEW v_partnerships AS
SELECT
    p.id AS partnership_id,
    (SELECT JOINED(x.name, '; ') FROM (
        SELECT o.name FROM partnership_party AS pp JOIN organisation AS o ON o.id = pp.organisation_id
        WHERE pp.partnership_id = p.id ORDER BY pp.position) AS x) AS parties,
    p.kind, p.status, p.signed, p.duration_months, p.expires, p.amount, p.currency, p.confidence,
    p.reports_count, p.sources_count, p.first_reported, p.last_reported, r.evidence,
    r.page AS evidence_page,
    d.url, d.title, d.id AS document_id, p.revision
FROM partnership AS p
LEFT JOIN partnership_report AS r ON r.id = (
    SELECT b.id FROM partnership_report AS b JOIN document AS w ON w.id = b.document_id WHERE b.partnership_id = p.id
    ORDER BY b.confidence DESC, w.published_date IS NULL, w.published_date, w.url, b.evidence_start, b.id LIMIT 1)
LEFT JOIN document AS d ON d.id = r.document_id
""",
)
