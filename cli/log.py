"""The log on standard error: one line of ``name=value`` pairs an event, so that machines can read it, too."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

NOISY = ("alembic", "trafilatura", "htmldate", "httpx", "asyncio", "fsspec")


class Pairs(logging.Formatter):
    """``time=… level=info logger=pipeline.run message="…"``; a traceback follows as ``error="…"`` on the same line."""

    def format(self, record: logging.LogRecord) -> str:
        """One event as one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = f"time={at} level={record.levelname.lower()} logger={record.name} message={_quoted(record.getMessage())}"
        return line + (f" error={_quoted(self.formatException(record.exc_info))}" if record.exc_info else "")


class _StandardError(logging.StreamHandler[TextIO]):
    # Looked up anew each time: a progress bar, or a test, may have put something else in its place.
    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """There is nothing to set."""


def start(level: str) -> None:
    """Log from this level on; on a terminal only warnings and errors, since progress bars tell the rest there."""
    handler = _StandardError()
    handler.setFormatter(Pairs())
    least = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=max(logging.WARNING, least) if sys.stderr.isatty() else least, handlers=[handler])
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
