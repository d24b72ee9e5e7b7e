"""200 sources in one run, all at once: ``python -m benchmarks.night [--json] [--sources N] [--pages N] [--delay S]``.

Each source is a site of its own (a loopback address) with a feed of its own length, the longest of `pages` pages; all
are crawled together (`crawl_together`) with `delay` seconds between two requests. The bar is the time that politeness
alone takes the slowest source: its requests, robots.txt and feed included, times the delay. Measured is the whole of
`pipeline.run.crawl_many`: start, database, archive and intake; memory is that of its processes together, each second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from benchmarks.beside import beside
from benchmarks.crawl import page
from config.settings import Settings
from config.sources import Source
from models.migrate import upgrade
from models.session import make_engine
from pipeline.run import crawl_many

PORT = 18_791
BAR, BAR_MIB = 1.3, 600


def site(number: int) -> str:
    """The address of a site."""
    return f"127.0.{4 + number // 200}.{1 + number % 200}"


async def serve(sources: int, pages: int) -> None:
    """Serve the feed and the pages of every site until the process is ended."""
    bodies = [page(number) for number in range(50)]

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1]
                host = writer.get_extra_info("sockname")[0]
                status, body = b"200 OK", bodies[hash(path) % 50] + host.encode() + path
                if path == b"/robots.txt":
                    status, body = b"404 Not Found", b""
                elif path.startswith(b"/feed/"):
                    links = (f"<item><link>http://{host}:{PORT}/p/{n}</link></item>" for n in range(int(path[6:])))
                    body = f"<rss><channel>{''.join(links)}</channel></rss>".encode()
                writer.write(
                    b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    servers = [await asyncio.start_server(client, site(number), PORT) for number in range(sources)]
    print("ready", flush=True)
    await asyncio.gather(*(one.serve_forever() for one in servers))


def watch(ended: threading.Event, noted: list[float]) -> None:
    """Note the memory (MiB) of this process and its crawls together, each second."""
    me = psutil.Process()
    while not ended.wait(1):
        family = [me, *(one for one in me.children(recursive=True) if "--serve" not in one.cmdline())]
        noted.append(sum(one.memory_info().rss for one in family) / (1 << 20))


def measure(sources: int, pages: int, delay: float) -> dict[str, Any]:
    """The figures of one run."""
    noted: list[float] = []
    ended = threading.Event()
    lengths = [pages - (pages // 2 * number // sources) for number in range(sources)]
    with (
        tempfile.TemporaryDirectory() as folder,
        beside("benchmarks.night", "--serve", "--sources", sources, "--pages", pages),
    ):
        settings = Settings(data_dir=Path(folder), allow_private=True, crawl_together=True, max_crawls=sources)
        engine = make_engine(settings.database)
        upgrade(engine)
        declared = [
            Source(
                id=f"site-{n}",
                name=f"Site {n}",
                kind="feed",
                start=(f"http://{site(n)}:{PORT}/feed/{length}",),
                delay=delay,
            )
            for n, length in enumerate(lengths)
        ]
        watcher = threading.Thread(target=watch, args=(ended, noted))
        watcher.start()
        began = time.monotonic()
        reports = crawl_many(settings, engine, declared, "nightly")
        seconds = time.monotonic() - began
        ended.set()
        watcher.join()
        engine.dispose()
    states = Counter(report.state for report in reports)
    fetched = sum(report.counts.get("fetched", 0) for report in reports)
    assert (states["completed"], fetched) == (sources, sum(lengths) + sources), (states, fetched)
    polite = (pages + 1) * delay
    return {
        "benchmark": "night", "sources": sources, "requests": fetched, "seconds": round(seconds, 1),
        "politeness_seconds": round(polite, 1), "ratio": round(seconds / polite, 3), "bar": BAR,
        "peak_mib": round(max(noted)), "bar_mib": BAR_MIB,
        "passed": seconds <= BAR * polite and max(noted) <= BAR_MIB,
    }  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.sources, given.pages))
        return
    figures = measure(given.sources, given.pages, given.delay)
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
