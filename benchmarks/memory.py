"""Resident memory of one worker over many documents: ``python -m benchmarks.memory [--json] [--documents N]``.

One process reads, analyses and loads from the archive (SQLite); its resident set is noted after every batch. "Constant"
means that the second half needs no more than the first: the peaks of both are given. The child that reads PDF is not
part of it, and the server of the pages runs in this process only while the pages are crawled.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import psutil

from benchmarks.texts import page, served, texts
from config.settings import Settings
from models.migrate import upgrade
from models.session import make_engine
from pipeline.process import BatchResult
from pipeline.run import crawl_source, process_pending

BAR_MIB = 1229
LONGEST = 900
"""Characters a text: enough for names and agreements, short enough for 10,000 documents in some minutes."""


def measure(documents: int) -> dict[str, float]:
    """Peaks in MiB of both halves, and how many documents there were."""
    noted: list[tuple[int, float]] = []
    process = psutil.Process()
    done = 0

    def note(result: BatchResult) -> None:
        nonlocal done
        done += sum(result.counts.values())
        noted.append((done, process.memory_info().rss / (1 << 20)))

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), allow_private=True, delay=0.0)
        engine = make_engine(settings.database)
        upgrade(engine)
        with served([page(*one) for one in texts(documents, LONGEST)]) as source:
            crawl_source(settings, engine, source, "ad-hoc")
        process_pending(settings, engine, workers=1, progress=note)
        engine.dispose()
    half = done / 2
    return {
        "documents": done,
        "peak_first_tenth_mib": round(
            max(rss for number, rss in noted if number <= done / 10 or number == noted[0][0]), 1
        ),
        "peak_first_half_mib": round(max(rss for number, rss in noted if number <= half), 1),
        "peak_second_half_mib": round(max(rss for number, rss in noted if number > half), 1),
        "bar_mib": BAR_MIB,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--documents", type=int, default=10_000)
    given = parser.parse_args()
    figures = measure(given.documents)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
