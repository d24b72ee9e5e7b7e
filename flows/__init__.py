"""Prefect flows: nightly, crawl, reprocess. Thin; the only importer of prefect."""
