"""Run every benchmark, one after the other, and print the figures: ``python -m benchmarks [NAME …]``.

Each runs in a process of its own against its bare tool in the same run. The last block is Markdown for
docs/benchmarks.md. Take the figures on an otherwise idle machine.
"""

from __future__ import annotations

import json
import subprocess
import sys

SPEED = {
    "crawl": "pages/s over a loopback site, with archive and outcomes, against a bare Scrapy spider",
    "night": "200 sources at once in one run against the slowest one's own politeness time, and memory",
    "recrawl": "a crawl of 2,000 pages against the same again with nothing new, start and intake included",
    "extraction": "HTML pages/s against bare trafilatura.bare_extraction",
    "pdf": "PDF pages/s with layout, headers and anchors against bare pypdfium2 text; needs ../shared",
    "analysis": "documents/s of the whole analysis against the stock spaCy pipeline, one core",
    "whole_way": "documents/s from archived page to indexed document, two processes, against stock spaCy in one",
    "search": "median of 200 mixed queries over 100,000 documents against SQLite FTS5 with bm25",
    "web": "pages of a search with ten clients, first byte and memory of a whole list, 100,000 documents",
    "near_duplicates": "precision and recall of stories; look-up against 1,000,000 stored signatures",
    "memory": "resident memory of one worker over 10,000 documents",
}


def run(name: str) -> dict[str, object]:
    """Run one benchmark; its figures. Raises CalledProcessError where it fails: a missing figure is a failure."""
    answer = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--json"], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, object] = json.loads(answer.stdout.strip().splitlines()[-1])
    return figures


def main() -> None:
    """Run those named, or all."""
    chosen = sys.argv[1:] or list(SPEED)
    unknown = [name for name in chosen if name not in SPEED]
    if unknown:
        sys.exit(f"benchmarks: no {', '.join(unknown)}: choose from {', '.join(SPEED)}")
    rows = []
    for name in chosen:
        print(f"{name}: {SPEED[name]}", flush=True)
        for key, value in run(name).items():
            print(f"  {key}: {value}", flush=True)
            rows.append(f"| {name} | {key.replace('_', ' ')} | {value} |")
    print("\n| benchmark | figure | value |\n|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
