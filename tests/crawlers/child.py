"""A crawl in the process that it is called in: as little as possible is imported here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crawlers.__main__ import main


def run_job(job: str, errors: str) -> None:
    """``python -m crawlers JOB.json`` in this process, its words in a file."""
    with Path(errors).open("wb") as out:
        os.dup2(out.fileno(), 2)
    sys.stderr = open(2, "w", encoding="utf8", buffering=1, closefd=False)  # noqa: SIM115  # until the process ends
    sys.exit(main([job]))
