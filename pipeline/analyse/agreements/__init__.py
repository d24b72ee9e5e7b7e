"""Agreements of a document: who with whom, of which kind, in which status, since when, and the sentence that says so."""

from pipeline.analyse.agreements.finder import AgreementFinder, find_reports

__all__ = ["AgreementFinder", "find_reports"]
