"""Views for SQL users: parties, organisations, what a document names and is about, runs.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

VIEWS = (
    """
CREATE VIEW v_parties AS
SELECT
    p.id AS partnership_id, p.kind, p.status, p.signed, p.expires, p.confidence, p.sources_count,
    o.id AS organisation_id, o.name AS organisation, o.type, o.country, o.register_id, pp.role, pp.position
FROM partnership AS p
JOIN partnership_party AS pp ON pp.partnership_id = p.id
JOIN organisation AS named ON named.id = pp.organisation_id
JOIN organisation AS o ON o.id = COALESCE(named.merged_into_id, named.id)
""",
    """
CREATE VIEW v_document_organisations AS
SELECT
    m.document_id, d.published_date, d.source_id, o.id AS organisation_id, o.name AS organisation, o.type, o.country,
    count(*) AS mentions
FROM mention AS m
JOIN document AS d ON d.id = m.document_id
JOIN organisation AS named ON named.id = m.organisation_id
JOIN organisation AS o ON o.id = COALESCE(named.merged_into_id, named.id)
GROUP BY m.document_id, d.published_date, d.source_id, o.id, o.name, o.type, o.country
""",
    """
CREATE VIEW v_document_themes AS
SELECT dt.document_id, d.published_date, d.source_id, t.id AS theme_id, t.label AS theme, dt.score
FROM document_theme AS dt
JOIN document AS d ON d.id = dt.document_id
JOIN theme AS t ON t.id = dt.theme_id
""",
    """
CREATE VIEW v_organisations AS
SELECT
    o.id AS organisation_id, o.name, o.type, o.country, o.register_id,
    (SELECT count(DISTINCT m.document_id) FROM mention AS m JOIN organisation AS n ON n.id = m.organisation_id
     WHERE n.id = o.id OR n.merged_into_id = o.id) AS documents_count,
    (SELECT count(DISTINCT pp.partnership_id) FROM partnership_party AS pp
     JOIN organisation AS n ON n.id = pp.organisation_id
     WHERE n.id = o.id OR n.merged_into_id = o.id) AS partnerships_count
FROM organisation AS o
WHERE o.merged_into_id IS NULL
""",
    """
CREATE VIEW v_runs AS
SELECT
    r.id AS run_id, r.source_id, s.name AS source, r.trigger, r.state, r.message, r.started_at, r.finished_at,
    (SELECT count(*) FROM capture AS c WHERE c.run_id = r.id) AS urls_count,
    (SELECT count(*) FROM capture AS c WHERE c.run_id = r.id AND c.outcome = 'fetched') AS fetched_count,
    (SELECT count(*) FROM capture AS c WHERE c.run_id = r.id AND c.outcome = 'failed') AS failed_count
FROM crawl_run AS r
JOIN source AS s ON s.id = r.source_id
""",
)


def upgrade() -> None:
    """Create the views; the same on both databases."""
    for statement in VIEWS:
        op.execute(statement)
