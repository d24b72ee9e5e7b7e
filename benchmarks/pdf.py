"""How well, how safely and how fast PDFs are read, beside bare pypdfium2 in the same run.

    python -m benchmarks.pdf [FOLDER] [--json] [--files] [--texts] [--rounds N]

FOLDER holds PDFs, in subfolders or not; without it, `../shared/corpora/pdf`. A file `NAME.md` or `NAME.txt` beside
`NAME.pdf` is its reviewed text.

Outcome, seconds and peak memory: each file is read by a reading process of its own, whose start (about 0.3 s) is
counted (`--files` prints them). Peak memory is the most resident memory of that process (VmHWM), libraries included.

Words: texts become multisets of case-folded words (``\\w+`` after NFKC and without Markdown marks); F1 of the words in
common, the mean over files. Order: of the runs of three words that stand exactly once in both texts, the share that
the longest stretch in the reviewed order holds (1 is the same order). Tables and headings are text like any other.

Speed: pages a second of `pipeline.extract.extract` (layout, furniture, anchors, title, dates, language, and the way to
the other process and back) and of bare pypdfium2 (open, one text page a page, its whole text) over the files that both
read, best of the rounds.
"""

from __future__ import annotations

import argparse
import bisect
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from pipeline.extract import extract
from pipeline.extract.pdf_process import PdfProcess
from pipeline.records import Capture

BAR = 0.2
"""Least share of bare pypdfium2's pages a second."""
LEAST_F1 = 0.90
"""Of the mean; texts below it are named."""
MOST_SECONDS, MOST_MEMORY = 30.0, 1 << 30
_DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "pdf"
_WORD = re.compile(r"\w+")
_MARKDOWN = re.compile(
    r"<!--.*?-->|^\s*#+\s|^\|(?:\s*:?-+:?\s*\|)+\s*$|^```\w*|(?<!\w)\*\*?|\*\*?(?!\w)", re.MULTILINE | re.DOTALL
)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "\\_": "_"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One file: what became of it and what it cost."""

    name: str
    outcome: str
    detail: str
    seconds: float
    memory: int
    """Bytes."""
    pages: int


@dataclass(frozen=True, slots=True)
class Score:
    """One file's text against its reviewed text."""

    name: str
    precision: float
    recall: float
    f1: float
    order: float


def plain(markdown: str) -> str:
    """A reviewed text without its Markdown marks."""
    text = _MARKDOWN.sub(" ", markdown)
    for mark, sign in _ENTITIES.items():
        text = text.replace(mark, sign)
    return text


def words(text: str) -> list[str]:
    """The words that are compared, in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def score(name: str, text: str, reviewed: str) -> Score:
    """Compare a text with its reviewed one."""
    found, wanted = words(text), words(reviewed)
    common = sum((Counter(found) & Counter(wanted)).values())
    precision, recall = common / max(1, len(found)), common / max(1, len(wanted))
    return Score(name, precision, recall, 2 * common / max(1, len(found) + len(wanted)), order(found, wanted))


def order(found: list[str], wanted: list[str], run: int = 3) -> float:
    """The share of the runs of words that stand once in both texts and keep their order; 1 where there are none."""
    places = []
    for text in (found, wanted):
        grams = list(zip(*(text[i:] for i in range(run)), strict=False))
        seen = Counter(grams)
        places.append({gram: at for at, gram in enumerate(grams) if seen[gram] == 1})
    here, there = places
    sequence = [there[gram] for gram in here if gram in there]
    ends: list[int] = []  # of the longest rising stretches (patience sorting)
    for at in sequence:
        slot = bisect.bisect_left(ends, at)
        ends[slot : slot + 1] = [at]
    return len(ends) / len(sequence) if sequence else 1.0


def measure(path: Path, folder: Path) -> Reading:
    """Read one file in a process of its own."""
    process = PdfProcess()
    start = time.perf_counter()
    answer = process.read(path.read_bytes())
    seconds = time.perf_counter() - start
    memory = process.peak_memory() or 0
    process.close()
    pages = len(answer.get("pages") or ())
    return Reading(str(path.relative_to(folder)), answer["outcome"], answer.get("detail") or "", seconds, memory, pages)


def texts(folder: Path) -> list[Score]:
    """The scores of every file that has a reviewed text, worst first."""
    scores = []
    for path in sorted(folder.rglob("*.pdf")):
        for beside in (path.with_suffix(".md"), path.with_suffix(".txt")):
            if beside.is_file():
                got = extract(Capture("", path.read_bytes(), media_type="application/pdf"))
                scores.append(score(path.stem, got.text, plain(beside.read_text(encoding="utf-8"))))
    return sorted(scores, key=lambda s: (s.f1, s.order))


def bare(body: bytes) -> int:
    """Bare pypdfium2: the number of pages whose text was fetched."""
    document = pdfium.PdfDocument(body)
    try:
        for index in range(len(document)):
            page = document[index]
            textpage = page.get_textpage()
            textpage.get_text_range()
            textpage.close()
            page.close()
        return len(document)
    finally:
        document.close()


def speed(bodies: list[bytes], rounds: int) -> tuple[float, float]:
    """Pages a second of Pactwatch and of bare pypdfium2, best of the rounds."""
    pages = sum(bare(body) for body in bodies)
    readers = (lambda body: extract(Capture("", body, media_type="application/pdf")), bare)
    best = [0.0, 0.0]
    for turn in range(rounds + 1):  # the first is for caches
        for which, read in enumerate(readers):
            start = time.perf_counter()
            for body in bodies:
                read(body)
            if turn:
                best[which] = max(best[which], pages / (time.perf_counter() - start))
    return best[0], best[1]


def readable(folder: Path, readings: list[Reading]) -> list[bytes]:
    """The files that both readers read whole."""
    bodies = []
    for reading in readings:
        if reading.outcome == "ok" and not reading.detail:
            body = (folder / reading.name).read_bytes()
            try:
                bare(body)
            except pdfium.PdfiumError:
                continue
            bodies.append(body)
    return bodies


def main() -> None:
    """Print the figures; exit with 1 below a bar."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pdf")
    parser.add_argument("folder", nargs="?", type=Path, default=_DEFAULT)
    for flag in ("--json", "--files", "--texts"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    files = sorted(folder.rglob("*.pdf")) if folder.is_dir() else []
    if not files:
        sys.exit(f"{folder}: no PDF there; name a folder that holds some")
    readings = [measure(path, folder) for path in files]
    scores = texts(folder)
    ours, their = speed(readable(folder, readings), arguments.rounds)
    mean = sum(s.f1 for s in scores) / len(scores) if scores else 1.0
    figures: dict[str, object] = {
        "files": len(readings),
        "outcomes": dict(Counter(r.outcome for r in readings)),
        "most_seconds": round(max(r.seconds for r in readings), 2),
        "most_memory_mb": round(max(r.memory for r in readings) / 1e6),
        "texts": len(scores),
        "f1": round(mean, 4),
        "least_f1": round(min((s.f1 for s in scores), default=1.0), 4),
        "texts_below_bar": [s.name for s in scores if s.f1 < LEAST_F1],
        "order": round(sum(s.order for s in scores) / max(1, len(scores)), 4),
        "least_order": round(min((s.order for s in scores), default=1.0), 4),
        "pages_per_second": round(ours, 1),
        "bare_pages_per_second": round(their, 1),
        "ratio": round(ours / their, 3),
    }
    if arguments.files:
        for r in readings:
            print(f"{r.outcome:10} {r.seconds:6.2f} s {r.memory / 1e6:5.0f} MB {r.pages:4} p  {r.name}  {r.detail}")
    if arguments.texts:
        for s in scores:
            print(f"F1 {s.f1:.3f} (P {s.precision:.3f}, R {s.recall:.3f}) order {s.order:.3f}  {s.name}")
    print(json.dumps(figures) if arguments.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    late = any(r.seconds > MOST_SECONDS or r.memory > MOST_MEMORY for r in readings)
    sys.exit(1 if late or mean < LEAST_F1 or ours < BAR * their else 0)


if __name__ == "__main__":
    main()
