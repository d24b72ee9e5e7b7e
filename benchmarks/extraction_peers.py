"""What other readers make of the corpora's pages, as a file that `benchmarks.extraction_quality` scores beside ours.

    python -m venv OTHER && OTHER/bin/pip install news-please newspaper4k nltk tinysegmenter pythainlp jieba
    OTHER/bin/python benchmarks/extraction_peers.py news-please ../shared/corpora peer.jsonl
    python -m benchmarks.extraction_quality --peer peer.jsonl

The readers pull in versions of libraries that this project does not want, so they live in an environment of their own,
and this file imports nothing of the project. Each is given the page's bytes decoded as its own documentation shows
(UTF-8 where that is possible, else windows-1252) and the address that the corpus names; nothing is fetched.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any


def pages(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """(key, url, page) of the body pages (``extraction/NAME``) and of the field pages (``metadata/NAME``)."""
    dataset = folder / "extraction" / "dataset"
    for name, entry in json.loads((dataset / "ground_truth.json").read_text(encoding="utf-8")).items():
        yield f"extraction/{name}", entry.get("url", ""), gzip.decompress((dataset / "html" / name).read_bytes())
    for path in sorted((folder / "metadata" / "metadata").glob("*.json")):
        page = folder / "metadata" / "html" / f"{path.stem}.html"
        if page.exists():
            url = json.loads(path.read_text(encoding="utf-8")).get("url") or ""
            yield f"metadata/{path.stem}", url, page.read_bytes()


def news_please(text: str, url: str) -> dict[str, Any]:
    """news-please, as its README reads stored pages."""
    reader: Any = import_module("newsplease").NewsPlease
    got = reader.from_html(text, url=url or None)
    date = got.date_publish.date().isoformat() if got.date_publish else None
    return {"text": got.maintext or "", "title": got.title, "published": date, "authors": list(got.authors or [])}


def newspaper(text: str, url: str) -> dict[str, Any]:
    """newspaper4k, as its documentation reads stored pages."""
    got: Any = import_module("newspaper").article(url or "https://example.com/", input_html=text)
    date = got.publish_date.date().isoformat() if got.publish_date else None
    return {"text": got.text or "", "title": got.title, "published": date, "authors": list(got.authors or [])}


READERS = {"news-please": news_please, "newspaper4k": newspaper}


def main() -> None:
    """Write one JSON object a page; a page that the reader fails on is written as empty, with the reason."""
    if len(sys.argv) != 4 or sys.argv[1] not in READERS:
        sys.exit(f"usage: python benchmarks/extraction_peers.py {'|'.join(READERS)} CORPORA OUTPUT.jsonl")
    read, folder, output = READERS[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3])
    failed = 0
    with output.open("w", encoding="utf-8") as lines:
        for key, url, body in pages(folder):
            try:
                text = body.decode("utf-8")
            except UnicodeDecodeError:
                text = body.decode("cp1252", "replace")
            try:
                got = read(text, url)
            except Exception as err:  # noqa: BLE001 - another reader's failure is a result
                failed += 1
                got = {
                    "text": "",
                    "title": None,
                    "published": None,
                    "authors": [],
                    "error": f"{type(err).__name__}: {err}",
                }
            lines.write(json.dumps({"key": key, "reader": sys.argv[1], **got}, ensure_ascii=False) + "\n")
    print(f"{output}: written; the reader failed on {failed} pages")


if __name__ == "__main__":
    main()
