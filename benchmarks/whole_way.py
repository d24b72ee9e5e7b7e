"""Documents a second from the archived page to the indexed document, against the stock spaCy pipeline alone.

``python -m benchmarks.whole_way [--json] [--documents N]``. Ours: two worker processes that read, analyse, resolve and
load (SQLite), then the index refresh; starting workers and loading the model is part of the time. Stock: one
process, `nlp.pipe` of en_core_web_sm over the texts that ours stored; loading is not part of the time. Both run
in turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

import spacy
from sqlalchemy import Engine, select

from benchmarks.texts import page, served, texts
from config.settings import Settings
from models.migrate import upgrade
from models.session import make_engine, read_session
from models.tables import Document
from pipeline.analyse.model import MODEL
from pipeline.run import crawl_source, process_pending
from search.index import refresh

WORKERS = 2
BAR = 1.3


def ours(folder: Path, pages: list[bytes]) -> tuple[float, list[str]]:
    """Seconds from archive to index, and the texts that were stored."""
    settings = Settings(data_dir=folder, allow_private=True, delay=0.0)
    engine = make_engine(settings.database)
    try:
        upgrade(engine)
        with served(pages) as source:
            report = crawl_source(settings, engine, source, "ad-hoc")
        assert report.waiting == len(pages), report
        began = time.perf_counter()
        process_pending(settings, engine, workers=WORKERS)
        refresh(engine, settings.index)
        seconds = time.perf_counter() - began
        return seconds, _texts(engine)
    finally:
        engine.dispose()


def _texts(engine: Engine) -> list[str]:
    with read_session(engine) as session:
        return list(session.scalars(select(Document.text)))


def stock(stored: list[str]) -> float:
    """Seconds of `nlp.pipe` over the texts."""
    nlp = spacy.load(MODEL)
    began = time.perf_counter()
    for _ in nlp.pipe(stored):
        pass
    return time.perf_counter() - began


def measure(documents: int, rounds: int) -> dict[str, float]:
    """Median rates of both and their ratio."""
    pages = [page(*one) for one in texts(documents)]
    mine, bare = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            seconds, stored = ours(Path(folder), pages)
        mine.append(len(stored) / seconds)
        bare.append(len(stored) / stock(stored))
    return {
        "documents": documents,
        "rounds": rounds,
        "ours_documents_per_second": round(statistics.median(mine), 2),
        "stock_spacy_documents_per_second": round(statistics.median(bare), 2),
        "ratio": round(statistics.median(mine) / statistics.median(bare), 3),
        "bar": BAR,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    figures = measure(given.documents, given.rounds)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
