"""How well pages are read: body text against gold paragraphs, title, day and authors against gold fields, beside bare
trafilatura.

    python -m benchmarks.extraction_quality [CORPORA] [--failures] [--peer FILE]...

CORPORA is a folder with `extraction/` (pages and gold paragraphs) and `metadata/` (pages and gold fields); without
it, `../shared/corpora`. FILE holds what another reader made of the same pages (`benchmarks/extraction_peers.py`); it
is scored by the same rules.

Body: texts become multisets of case-folded words (``\\w+``, without marks); for each page precision, recall and F1 of
the words in common; the figure is the mean over pages. Gold paragraphs in square brackets are taken
to be optional (they are standfirsts and notes; the corpus does not say so): the better of the two readings counts. A
page of which nothing was read scores 0.

Title: exact after white
space and quotation marks are made alike. Day: the first ten characters, of the pages whose gold has a date. Authors:
the set, case-folded, exact.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import trafilatura

from pipeline.extract import extract
from pipeline.records import Capture

Read = dict[str, Any]
_WORD = re.compile(r"\w+")
_DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "corpora"


def ours(_key: str, body: bytes, url: str) -> Read:
    """What `pipeline.extract` reads."""
    got = extract(Capture(url=url, body=body, media_type="text/html"))
    return {"text": got.text, "title": got.title, "published": got.published, "authors": list(got.authors)}


def bare(_key: str, body: bytes, url: str) -> Read:
    """What trafilatura reads with its own settings and its own metadata."""
    got: Any = trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)
    if got is None:
        return {"text": "", "title": None, "published": None, "authors": []}
    return {
        "text": got.text or "",
        "title": got.title,
        "published": got.date,
        "authors": (got.author or "").split("; ") if got.author else [],
    }


def peer(file: Path) -> tuple[str, Callable[[str, bytes, str], Read]]:
    """The name of another reader, and what it read, by the page's key."""
    read = {line["key"]: line for line in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    return next(iter(read.values()))["reader"], lambda key, _body, _url: read[key]


def words(text: str) -> Counter[str]:
    """The multiset of a text's words."""
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def overlap(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the words in common."""
    found, wanted = words(text), words(gold)
    common = sum((found & wanted).values())
    precision = common / max(1, found.total())
    recall = common / max(1, wanted.total())
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def best_overlap(text: str, gold: list[str]) -> tuple[float, float, float]:
    """The better of the two readings of the gold: with its optional paragraphs (in square brackets) and without."""
    whole = "\n".join(gold)
    firm = "\n".join(p for p in gold if not (p.startswith("[") and p.endswith("]")))
    return max(overlap(text, whole), overlap(text, firm or whole), key=lambda score: score[2])


def body_pages(folder: Path) -> Iterator[tuple[str, str, bytes, list[str]]]:
    """(name, url, page, gold paragraphs)."""
    dataset = folder / "extraction" / "dataset"
    gold = json.loads((dataset / "ground_truth.json").read_text(encoding="utf-8"))
    for name, entry in gold.items():
        yield name, entry.get("url", ""), gzip.decompress((dataset / "html" / name).read_bytes()), entry["body"]


def metadata_pages(folder: Path) -> Iterator[tuple[str, str, bytes, Read]]:
    """(name, url, page, gold fields)."""
    for path in sorted((folder / "metadata" / "metadata").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        page = folder / "metadata" / "html" / f"{path.stem}.html"
        if page.exists():
            yield path.stem, gold.get("url") or "", page.read_bytes(), gold


def alike(title: str | None) -> str:
    """A title with its quotation marks and white space made alike."""
    straight = (title or "").translate(str.maketrans("‘’“”", "''\"\""))
    return " ".join(unicodedata.normalize("NFC", straight).split())


def measure_bodies(
    folder: Path, read: Callable[[str, bytes, str], Read]
) -> tuple[list[float], list[tuple[float, str]]]:
    """Mean precision, recall, F1; and (F1, name) of each page, worst first."""
    scores, pages = [], []
    for name, url, body, gold in body_pages(folder):
        scores.append(best_overlap(read(f"extraction/{name}", body, url)["text"], gold))
        pages.append((scores[-1][2], name))
    return [sum(column) / len(scores) for column in zip(*scores, strict=True)], sorted(pages)


def measure_fields(
    folder: Path, read: Callable[[str, bytes, str], Read]
) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """For each field (right, of how many); and a line for each one that is wrong."""
    tally: dict[str, list[bool]] = {"title": [], "day": [], "authors": []}
    wrong = []
    for name, url, body, gold in metadata_pages(folder):
        got = read(f"metadata/{name}", body, url)
        checks: dict[str, tuple[Any, Any]] = {"title": (alike(got["title"]), alike(gold.get("title")))}
        if gold.get("publish_date"):
            checks["day"] = ((got["published"] or "")[:10], gold["publish_date"][:10])
        checks["authors"] = ({a.casefold() for a in got["authors"]}, {a.casefold() for a in gold.get("authors") or []})
        for field, (found, wanted) in checks.items():
            tally[field].append(found == wanted)
            if found != wanted:
                wrong.append(f"{name}: {field}: {found!r}, gold {wanted!r}")
    return {field: (sum(hits), len(hits)) for field, hits in tally.items()}, wrong


def main() -> None:
    """Print the figures of all readers."""
    arguments = sys.argv[1:]
    peers = [Path(value) for flag, value in itertools.pairwise(arguments) if flag == "--peer"]
    named = [a for a in arguments if not a.startswith("-") and Path(a) not in peers]
    folder = Path(named[0]) if named else _DEFAULT
    if not (folder / "extraction").is_dir():
        sys.exit(f"{folder}: no such corpora; name a folder that holds extraction/ and metadata/")
    for name, read in (("pactwatch", ours), ("bare trafilatura", bare), *map(peer, peers)):
        (precision, recall, f1), pages = measure_bodies(folder, read)
        print(f"{name}: body precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f} ({len(pages)} pages)")
        fields, wrong = measure_fields(folder, read)
        print("  " + ", ".join(f"{field} {right}/{count}" for field, (right, count) in fields.items()))
        if "--failures" in arguments:
            print("  worst bodies: " + ", ".join(f"{page} {score:.2f}" for score, page in pages[:15]))
            print("\n".join(f"  {line}" for line in wrong))


if __name__ == "__main__":
    main()
