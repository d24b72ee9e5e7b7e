"""The tables and the session: SQLAlchemy models, Alembic migrations. No queries of the read side."""
