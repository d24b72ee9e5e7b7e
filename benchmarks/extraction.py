"""Pages a second of `pipeline.extract.extract` beside bare `trafilatura.bare_extraction`, over the same pages in the
same run.

    python -m benchmarks.extraction [ROUNDS]

The pages are those of `../shared/corpora/extraction` where that is present, else pages generated here. Both readers
are given bytes; each round reads all pages with one, then with the other, and the figure is each reader's best round.
Time is the processor's, so that a busy machine hurts neither.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from pipeline.extract import extract
from pipeline.records import Capture

BAR = 0.85
"""Least share of bare trafilatura's pages a second."""
_CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "extraction" / "dataset" / "html"


def pages() -> list[bytes]:
    """The pages to read."""
    if _CORPUS.is_dir():
        return [gzip.decompress(path.read_bytes()) for path in sorted(_CORPUS.glob("*.html.gz"))]
    return [_generated(n) for n in range(60)]


def _generated(n: int) -> bytes:
    words = ["institute", "region", "agreement", "training", "clinic", "network", "partner", "programme", "course"]
    sentences = (" ".join(words[(n + i * k) % len(words)] for k in range(1, 16)).capitalize() + "." for i in range(60))
    paragraphs = "".join(f"<p>{s}</p>" for s in sentences)
    links = "".join(f'<li><a href="/news/{i}">Other news number {i} of this site</a></li>' for i in range(150))
    return (
        f"<!doctype html><html lang='en'><head><title>Page {n} | Generated</title>"
        f"<meta property='article:published_time' content='2021-03-{n % 28 + 1:02}T10:00:00Z'></head>"
        f"<body><nav><ul>{links}</ul></nav><article><h1>Page {n}</h1>{paragraphs}</article>"
        f"<aside class='related'><ul>{links}</ul></aside></body></html>"
    ).encode()


def rate(read: Callable[[bytes], object], bodies: list[bytes]) -> float:
    """Pages a second of processor time over one round."""
    start = time.process_time()
    for body in bodies:
        read(body)
    return len(bodies) / (time.process_time() - start)


def main() -> None:
    """Print both rates and their ratio; exit with 1 below the bar."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    bodies = pages()

    def ours(body: bytes) -> object:
        return extract(Capture(url="https://news.example.com/item", body=body, media_type="text/html"))

    for read in (ours, trafilatura.bare_extraction):  # models and rules load outside the clock
        rate(read, bodies[:3])
    best = {"ours": 0.0, "bare": 0.0}
    for _ in range(rounds):
        best["ours"] = max(best["ours"], rate(ours, bodies))
        best["bare"] = max(best["bare"], rate(trafilatura.bare_extraction, bodies))
    ratio = best["ours"] / best["bare"]
    rates = f"pactwatch {best['ours']:.1f} pages/s, bare trafilatura {best['bare']:.1f} pages/s"
    print(f"{len(bodies)} pages: {rates}, ratio {ratio:.2f} (bar {BAR})")
    sys.exit(0 if ratio >= BAR else 1)


if __name__ == "__main__":
    main()
