"""Speed of the analysis against stock spaCy: ``python -m benchmarks.analysis [--json] [--texts FILE …]``.

Both run over the same texts in the same process on one core, in turns, and the best turn of each counts.
``--long`` gives processor seconds and peak memory of long and odd texts instead, each at two lengths: where the time is
linear, the second takes no more than about twice the first.
"""

from __future__ import annotations

import argparse
import json
import resource
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


def long_texts(length: int) -> dict[str, str]:
    """Return texts of about `length` characters: a report, one line, many names, bullets, a table, rubbish."""
    report = "\n\n".join(t.text for t in read_texts([EVAL / "dev" / f"{name}_texts.jsonl" for name in SETS]))
    names = (f"The Institute of Topic{n} signed an agreement with Body{n} GmbH.\n" for n in range(length // 60 + 1))
    lists = (
        ", ".join(f"Institute of Topic{n}x{m}" for m in range(12)) + f" and Body{n} GmbH signed an agreement.\n"
        for n in range(length // 300 + 1)
    )
    return {
        "report": (report * (length // len(report) + 1))[:length],
        "one line": ("Acme GmbH and the University of Oslo signed an agreement on research. " * (length // 69))[
            :length
        ],
        "names": "".join(names)[:length],
        "lists of names": "".join(lists)[:length],
        "bullets": ("▪ University of Oslo\n• Acme GmbH\n" * (length // 33))[:length],
        "table": ("| Acme GmbH | 42 | University of Oslo | 3.5 |\n" * (length // 45))[:length],
        "emoji": ("🏥🤝" * (length // 2))[:length],
        "signs": ("((" * (length // 2))[:length],
        "right to left": ("\u202eمستشفى الملك\u202c signed (" * (length // 22))[:length],
        "rubbish": ("l1ke 0CR rub8ish Un1v. 0f a’A’A’ .,;-- ~" * (length // 40))[:length],
    }


def measure_long(length: int, only: list[str]) -> None:
    """Print processor seconds of each text at half of `length` and at `length`, and the peak memory so far."""
    analyser = build_analyser()
    half, whole = long_texts(length // 2), long_texts(length)
    print(f"{'text':16}{length // 2:>10}{length:>10}{'ratio':>7}  peak MiB")
    for name in only or list(half):
        seconds = []
        for text in (half[name], whole[name]):
            work = Text("long", "", text, language="en")
            seconds.append(processor_seconds(lambda work=work: list(analyser.analyse([work]))))  # type: ignore[misc]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:16}{seconds[0]:10.2f}{seconds[1]:10.2f}{seconds[1] / seconds[0]:7.2f}  {peak:.0f}", flush=True)


def main() -> None:
    """Print both rates, or the figures of long texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--texts", type=Path, nargs="*", default=[EVAL / "dev" / f"{name}_texts.jsonl" for name in SETS]
    )
    parser.add_argument("--documents", type=int, default=120, help="most documents, evenly taken from the texts")
    parser.add_argument("--long", type=int, nargs="?", const=900_000, metavar="CHARACTERS", help="long and odd texts")
    parser.add_argument("--only", nargs="*", default=[], help="names of long texts")
    options = parser.parse_args()
    if options.long:
        measure_long(options.long, options.only)
        return
    texts = list(read_texts(options.texts))
    result = compare(texts[:: max(1, len(texts) // options.documents)][: options.documents])
    print(json.dumps(result) if options.json else "\n".join(f"{name:32}{value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
