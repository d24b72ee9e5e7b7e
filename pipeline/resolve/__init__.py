"""Mention -> organisation, across documents; see docs/database.md, "Organisations"."""
