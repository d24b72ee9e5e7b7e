"""Pages a second of a crawl with archive and outcomes, against a bare Scrapy spider that stores nothing.

``python -m benchmarks.crawl [--json] [--pages N] [--rounds N]``. A fast server in a process of its own serves pages of
about 20 KB on loopback; both crawls find them through the same sitemap, with the same number of requests under way and
no delay. Rounds alternate, so that both meet the same machine; the median of each is compared. Time runs from the read
sitemap to the last answer (bare) or to the last outcome on disk (ours): start-up is not part of either. Processor time
a page is given too (start-up included): on a busy machine it says more than the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.selector import Selector

from benchmarks.beside import beside
from crawlers.contract import DONE_FILE, OUTCOMES_FILE, Job, Limits, OutcomeKind, UrlRole, read_outcomes

PARALLEL = 16
PAGE_BYTES = 20_000
BAR = 0.7
WORDS = ["health", "innovation", "partners", "agreement", "region", "hospital", "university", "data", "care"]


def page(number: int) -> bytes:
    """A page of about PAGE_BYTES, different for each number, that compresses like prose."""
    words = random.Random(number)
    text: list[str] = []
    while sum(map(len, text)) < PAGE_BYTES - 200:
        text.append(f"<p>{' '.join(words.choices(WORDS, k=80))} {words.random()}</p>\n")
    body = "".join(text)
    return f"<!doctype html><html><head><title>Page {number}</title></head><body>{body}</body></html>".encode()


async def serve(pages: int) -> None:
    """Serve /sitemap.xml and /p/N until the process is ended; the port is the first line of standard output."""
    bodies = {f"/p/{n}".encode(): page(n) for n in range(pages)}

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                body = bodies.get(request.split(b" ", 2)[1])
                kind = b"text/xml" if body is sitemap else b"text/html; charset=utf-8"
                status = b"404 Not Found" if body is None else b"200 OK"
                head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (
                    status,
                    kind,
                    len(body or b""),
                )
                writer.write(head + (body or b""))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    urls = "".join(f"<url><loc>http://127.0.0.1:{port}/p/{n}</loc></url>" for n in range(pages))
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    bodies[b"/sitemap.xml"] = sitemap
    print(port, flush=True)
    await server.serve_forever()


def bare(port: int) -> None:
    """The bare spider: reads the sitemap, fetches every page, stores nothing; prints its seconds and pages."""

    class Bare(scrapy.Spider):
        name = "bare"
        start_urls = [f"http://127.0.0.1:{port}/sitemap.xml"]  # noqa: RUF012  # Scrapy's way to say it
        pages = 0
        began = ended = 0.0

        def parse(self, response: Response) -> Iterator[scrapy.Request]:
            Bare.began = time.monotonic()
            selector = Selector(text=response.text, type="xml")
            selector.remove_namespaces()
            for url in selector.xpath("//loc/text()").getall():
                yield scrapy.Request(url, callback=self.parse_page)

        def parse_page(self, response: Response) -> None:
            Bare.pages += 1
            Bare.ended = time.monotonic()

    settings = {
        "LOG_LEVEL": "ERROR",
        "CONCURRENT_REQUESTS": 2 * PARALLEL,
        "CONCURRENT_REQUESTS_PER_DOMAIN": PARALLEL,
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }
    process = CrawlerProcess(settings)
    process.crawl(Bare)
    process.start()
    print(json.dumps({"seconds": Bare.ended - Bare.began, "pages": Bare.pages}))


def ours(port: int, pages: int, folder: Path) -> dict[str, Any]:
    """One crawl by `python -m crawlers`; seconds from the sitemap's outcome until all outcomes are on disk."""
    source = {
        "id": "bench",
        "name": "Benchmark",
        "kind": "sitemap",
        "start": [f"http://127.0.0.1:{port}/sitemap.xml"],
        "max_documents": pages,
    }
    limits = Limits(max_pages=pages, delay=0.0, per_host=PARALLEL)
    job = Job("bench", str(folder), source, "Pactwatch-benchmark/0", limits, allow_private=True)
    subprocess.run([sys.executable, "-m", "crawlers", str(job.write())], check=True)
    outcomes = list(read_outcomes(folder / OUTCOMES_FILE))
    fetched = [o for o in outcomes if o.role is UrlRole.DOCUMENT and o.outcome is OutcomeKind.FETCHED]
    began = next(o.at for o in outcomes if o.role is UrlRole.DISCOVERY)
    assert (folder / DONE_FILE).exists()
    written = (folder / OUTCOMES_FILE).stat().st_mtime
    return {"seconds": written - datetime.fromisoformat(began).timestamp(), "pages": len(fetched)}


def _cpu() -> float:
    """Processor seconds of all child processes that have ended, start-up included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(pages: int, rounds: int) -> dict[str, Any]:
    """Figures of both crawls: median pages a second, and the ratio of ours to the bare one."""
    speeds: dict[str, list[float]] = {"ours": [], "bare": []}
    cpu: dict[str, list[float]] = {"ours": [], "bare": []}
    with (
        beside("benchmarks.crawl", "--serve", "--pages", pages) as line,
        tempfile.TemporaryDirectory() as scratch,
    ):
        port = int(line)
        for number in range(rounds):
            command = [sys.executable, "-m", "benchmarks.crawl", "--bare", str(port)]
            began = _cpu()
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            between = _cpu()
            kept = ours(port, pages, Path(scratch) / str(number))
            for name, result, seconds in (("bare", told, between - began), ("ours", kept, _cpu() - between)):
                assert result["pages"] == pages, f"{name} fetched {result['pages']} of {pages} pages"
                speeds[name].append(pages / result["seconds"])
                cpu[name].append(1000 * seconds / pages)
    ours_speed, bare_speed = (statistics.median(speeds[name]) for name in ("ours", "bare"))
    return {
        "benchmark": "crawl",
        "pages": pages,
        "rounds": rounds,
        "ours_pages_per_second": round(ours_speed, 1),
        "bare_pages_per_second": round(bare_speed, 1),
        "ours_cpu_ms_per_page": round(statistics.median(cpu["ours"]), 2),
        "bare_cpu_ms_per_page": round(statistics.median(cpu["bare"]), 2),
        "ratio": round(ours_speed / bare_speed, 3),
        "bar": BAR,
        "passed": ours_speed / bare_speed >= BAR,
    }


def main() -> None:
    """Parse arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--bare", type=int, metavar="PORT", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.pages))
    elif given.bare:
        bare(given.bare)
    else:
        figures = measure(given.pages, given.rounds)
        print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
