"""What read a document: stored beside what was read, so that stale readings can be found and renewed."""

from __future__ import annotations

from importlib.metadata import version

RULES = "1.1"
"""Version of this package's own rules; raise it whenever a rule changes what is read."""

EXTRACTOR = f"pactwatch-extract {RULES} (trafilatura {version('trafilatura')}, pypdfium2 {version('pypdfium2')})"
