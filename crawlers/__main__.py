"""``python -m crawlers JOB.json``: one crawl as a process of its own.

Exit status: 0 the crawl ran to its end (URLs may have failed), 1 the disk failed, 2 the job makes no sense, 3 stopped
by a signal. Errors are one line on standard error; everything else is in ``crawl.log``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from config.errors import ConfigError
from crawlers.contract import Job


def main(arguments: list[str]) -> int:
    """Run the crawl of a job file; return the exit status."""
    if len(arguments) != 1:
        return _fail(2, "usage: python -m crawlers JOB.json")
    try:
        job = Job.read(Path(arguments[0]))
    except (OSError, ValueError) as err:
        return _fail(2, str(err))
    try:
        from crawlers.run import run  # noqa: PLC0415  # a wrong path shall not cost the start of Scrapy

        done = run(job)
    except OSError as err:
        place = f"{err.filename}: " if err.filename else ""
        return _fail(1, f"{place}{err.strerror or err}: free the disk or choose another folder")
    except (ConfigError, ValueError) as err:
        return _fail(2, str(err))
    return 3 if done.reason == "shutdown" else 0


def _fail(status: int, message: str) -> int:
    sys.stderr.write(f"crawl: {' '.join(message.split())}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
