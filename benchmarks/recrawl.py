"""A crawl of 2,000 pages, and the same again with nothing new: ``python -m benchmarks.recrawl [--json] [--pages N]``.

Both are what a night does with a source: `pipeline.run.crawl_source` with database and archive, from its call to its
report, start of the process and intake included. The server is that of `benchmarks.crawl`, without delay. Given too are
the requests of each: politeness makes a real crawl as slow as it has requests.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import update

from benchmarks.beside import beside
from config.settings import Settings
from config.sources import Source
from models.crawl import Capture
from models.migrate import upgrade
from models.session import make_engine, write_session
from pipeline.run import crawl_source

BAR = 8.0


def measure(pages: int) -> dict[str, Any]:
    """Seconds and requests of the first and the second crawl."""
    seconds, requests = [], []
    site = beside("benchmarks.crawl", "--serve", "--pages", pages)
    with tempfile.TemporaryDirectory() as folder, site as port:
        settings = Settings(data_dir=Path(folder), allow_private=True, delay=0.0)
        engine = make_engine(settings.database)
        upgrade(engine)
        start = (f"http://127.0.0.1:{port}/sitemap.xml",)
        source = Source(id="bench", name="Benchmark", kind="sitemap", start=start, max_documents=pages, delay=0.0)
        for _ in range(2):
            began = time.monotonic()
            report = crawl_source(settings, engine, source, "ad-hoc", recheck=0)
            seconds.append(time.monotonic() - began)
            with write_session(engine) as session:  # reading and analysing the pages is not the crawl's time
                session.execute(update(Capture).values(state="done"))
            requests.append(report.counts.get("fetched", 0) + report.counts.get("unchanged", 0))
        engine.dispose()
    assert requests[0] == pages + 1, requests
    ratio = seconds[0] / seconds[1]
    return {
        "benchmark": "recrawl", "pages": pages, "first_seconds": round(seconds[0], 2),
        "again_seconds": round(seconds[1], 2), "first_requests": requests[0], "again_requests": requests[1],
        "ratio": round(ratio, 2), "bar": BAR, "passed": ratio >= BAR,
    }  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--pages", type=int, default=2000)
    given = parser.parse_args()
    figures = measure(given.pages)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
