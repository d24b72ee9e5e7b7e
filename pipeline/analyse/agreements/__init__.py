"""Agreements of a document: who with whom, of which kind and status, since when, and the evidence."""

from pipeline.analyse.agreements.finder import AgreementFinder, find_reports

__all__ = ["AgreementFinder", "find_reports"]
