"""Speed of the analysis against stock spaCy: ``python -m benchmarks.analysis [--json] [--texts FILE …]``.

Both run over the same texts in the same process on one core, in turns, and the best turn of each counts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import spacy

from benchmarks.gold import EVAL, SETS
from benchmarks.quality import build_analyser
from pipeline.analyse.contract import read_texts
from pipeline.analyse.model import MODEL
from pipeline.records import Text

TURNS = 3


def processor_seconds(work: Callable[[], object]) -> float:
    """Return the processor time of `work`: other programs of a shared machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(texts: list[Text]) -> dict[str, float]:
    """Return documents a second of both, and their ratio."""
    stock, analyser = spacy.load(MODEL), build_analyser()
    plain = [text.text for text in texts]
    stock_best = ours_best = float("inf")
    for _ in range(TURNS):
        stock_best = min(stock_best, processor_seconds(lambda: [None for _ in stock.pipe(plain, batch_size=32)]))
        ours_best = min(ours_best, processor_seconds(lambda: [None for _ in analyser.analyse(texts)]))
    return {
        "documents": len(texts),
        "stock_documents_per_second": round(len(texts) / stock_best, 2),
        "analysis_documents_per_second": round(len(texts) / ours_best, 2),
        "ratio": round(stock_best / ours_best, 3),
    }


def main() -> None:
    """Print both rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--texts", type=Path, nargs="*", default=[EVAL / "dev" / f"{name}_texts.jsonl" for name in SETS]
    )
    parser.add_argument("--documents", type=int, default=120, help="most documents, evenly taken from the texts")
    options = parser.parse_args()
    texts = list(read_texts(options.texts))
    result = compare(texts[:: max(1, len(texts) // options.documents)][: options.documents])
    print(json.dumps(result) if options.json else "\n".join(f"{name:32}{value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
