"""The pages and a whole list of a served corpus: ``python -m benchmarks.web [--documents N] [--keep FOLDER] [--json]``.

The corpus and the questions are those of `benchmarks.search`. A server process answers; the clients, each with a
connection of its own, ask one question after the other without a pause, so the figures hold for a server that is never
idle. The rate limit is off, as all of them come from one address. The list is every document as CSV: milliseconds to
its first byte, rows a second, and the server's peak memory before and after.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import uvicorn

from benchmarks.beside import beside
from benchmarks.corpus import CHUNK, documents, vocabulary
from benchmarks.search import RAREST, Ask, prepare, questions
from config.settings import Settings
from models.session import make_engine
from search.index import open_index
from web.app import create_app
from web.limits import Limits

SEED = 7
ENOUGH = 10**9
"""Requests allowed: no limit."""


def serve(folder: Path) -> None:
    """Print port and process, then answer requests over the corpus of the folder until ended."""
    engine = make_engine(f"sqlite:///{folder / 'bench.db'}")
    limits = Limits(burst=ENOUGH, per_second=ENOUGH)
    app = create_app(Settings(data_dir=folder), engine, open_index(engine, folder / "index"), limits=limits)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], os.getpid(), flush=True)
        uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listening])


def address(ask: Ask) -> str:
    """The page of a question."""
    return "/?" + urlencode([("q", ask.query.text), *(("theme", one) for one in ask.query.themes)])


def client(port: int, paths: list[str]) -> list[float]:
    """Milliseconds of each page, to its last byte. Raises RuntimeError for an answer that is no page."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken = []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    connection.close()
    return taken


def whole_list(port: int, most: float) -> tuple[float, int, float]:
    """Milliseconds to the first byte of every document as CSV, lines, seconds; read for `most` seconds at most."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    connection.request("GET", "/api/v1/documents.csv")
    answer = connection.getresponse()
    lines = answer.read(1).count(b"\n")
    first = (time.perf_counter() - began) * 1000
    while time.perf_counter() - began < most and (piece := answer.read(1 << 20)):
        lines += piece.count(b"\n")
    connection.close()
    return first, lines, time.perf_counter() - began


def peak(pid: int) -> float:
    """Peak resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(line.split()[1]) / 1024, 1)


def measure(folder: Path, count: int, queries: int, clients: int, most: float) -> dict[str, Any]:
    """All figures."""
    words = vocabulary(random.Random(SEED))
    figures = prepare(folder, count, words, SEED)
    texts = [text for _, text in next(documents(CHUNK, words, SEED))]
    paths = [address(ask) for ask in questions(queries, words, texts, SEED + 1, RAREST)]
    with beside("benchmarks.web", "--serve", folder) as line:
        port, server = map(int, line.split())
        client(port, paths[:20])
        alone = client(port, paths[: max(20, queries // 5)])
        with ThreadPoolExecutor(clients) as pool:
            shares = pool.map(lambda n: client(port, paths[n::clients]), range(clients))
            together = [taken for share in shares for taken in share]
        before = peak(server)
        first, lines, seconds = whole_list(port, most)
        after = peak(server)
    return {
        "documents": figures["documents"],
        "page_alone_median_ms": round(statistics.median(alone), 1),
        "page_alone_p95_ms": round(float(np.percentile(alone, 95)), 1),
        "clients": clients,
        "page_together_median_ms": round(statistics.median(together), 1),
        "page_together_p95_ms": round(float(np.percentile(together, 95)), 1),
        "csv_first_byte_ms": round(first, 1),
        "csv_lines": lines,
        "csv_lines_per_second": round(lines / seconds),
        "peak_mib_before_csv": before,
        "peak_mib_after_csv": after,
    }


def main() -> None:
    """Print the figures, or serve."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--list-seconds", type=float, default=60.0, help="most seconds for which the list is read")
    parser.add_argument("--keep", type=Path, help="folder for what is generated; used again where it is there")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--serve", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(folder, options.documents, options.queries, options.clients, options.list_seconds)
    print(json.dumps(figures) if options.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
