"""Crawl the 80 real pages of the extraction corpus from loopback with the command a user would type.

``python -m benchmarks.real_pages``. Serves an index page that links to every page, runs
``pactwatch crawl URL --depth 1 --allow-private --json`` into a temporary folder, and accounts for every page: its
outcome, whether it became a document, and whether the search finds it by words of its title.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.gold import EVAL
from config.settings import Settings
from models.session import make_engine, read_session
from search.index import open_index
from search.query import Query
from search.service import search

PAGES = EVAL.parent / "corpora" / "extraction" / "dataset" / "html"


def serve() -> ThreadingHTTPServer:
    """A server with the index at / and the pages beside it."""
    bodies = {f"/{path.name.removesuffix('.gz')}": gzip.decompress(path.read_bytes()) for path in PAGES.glob("*.gz")}
    bodies["/"] = "".join(f'<p><a href="{name}">{name}</a></p>' for name in sorted(bodies)).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = bodies.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def pactwatch(folder: Path, *words: str) -> str:
    """Standard output of a command."""
    values = os.environ | {"PACTWATCH_DATA_DIR": str(folder), "PACTWATCH_DELAY": "0", "PACTWATCH_LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words], env=values, capture_output=True, text=True, check=False
    )
    if not done.stdout:
        sys.exit(f"pactwatch {' '.join(words)}: {done.stderr}")
    return done.stdout


def main() -> None:
    """Crawl, then ask for every page."""
    server = serve()
    home = f"http://127.0.0.1:{server.server_port}/"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        told = pactwatch(folder, "crawl", home, "--depth", "1", "--max-pages", "200", "--allow-private", "--json")
        print(f"seconds: {time.perf_counter() - began:.0f}")
        print(told.strip().splitlines()[-1])
        pactwatch(folder, "export", "outcomes", "--output", str(folder / "o.jsonl"))
        pactwatch(folder, "export", "documents", "--output", str(folder / "d.jsonl"))
        outcomes = [json.loads(line) for line in (folder / "o.jsonl").read_text().splitlines()]
        documents = [json.loads(line) for line in (folder / "d.jsonl").read_text().splitlines()]
        linked = [row for row in outcomes if row["url"].endswith(".html")]
        states: dict[str, int] = {}
        for row in linked:
            state = f"{row['outcome']}, {row['state']}" + (f" ({row['state_reason']})" if row["state_reason"] else "")
            states[state] = states.get(state, 0) + 1
        print(f"pages linked: {len(linked)}; what became of them: {states}")
        print(f"documents: {len(documents)}; found again by the words of their title: {_found(folder, documents)}")
    server.shutdown()


def _found(folder: Path, documents: list[dict[str, Any]]) -> int:
    settings = Settings(data_dir=folder)
    engine = make_engine(settings.database)
    index = open_index(engine, settings.index)
    number = 0
    with read_session(engine) as session:
        for row in documents:
            words = re.findall(r"[^\W\d_]{4,}", row["title"])[:5]
            page = search(session, index, Query(" ".join(f'"{word}"' for word in words), limit=50, facets=False))
            number += row["id"] in {hit.id for hit in page.hits}
    engine.dispose()
    return number


if __name__ == "__main__":
    main()
