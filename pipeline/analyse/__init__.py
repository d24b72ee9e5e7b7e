"""Organisations, agreements, themes and kinds of texts. The only package that imports spaCy; no Doc leaves it."""

from pipeline.analyse import lean  # noqa: F401 - first: it decides how spaCy is imported
from pipeline.analyse.analyser import Analyser, load_analyser

__all__ = ["Analyser", "load_analyser"]
