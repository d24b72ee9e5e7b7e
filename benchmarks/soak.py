"""Crawl 50 sources over and over on a server that misbehaves: ``python -m benchmarks.soak [--json] [--minutes N]``.

The sources mix healthy pages with every case of `samples.misbehaving` that needs no name server or certificate of its
own, each case on a loopback address of its own. One process crawls all of them, three at a time, in round after round
(`pipeline.run.crawl_many`, real database and archive), as the nightly run does; beside it one single crawl lasts from
the first minute to the last, following links that never end, every second one of them to a fault.

Printed for each minute: resident memory and open files of the crawling process, the largest of its crawls, and those of
the long crawl. It fails where a URL of a run has no outcome or another one than its case says, a run does not end by
itself, or memory or open files grow after the first five minutes. The long crawl remembers every URL it has seen, so
its memory is held against their number.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, event, func, select

from benchmarks.beside import beside
from config.settings import Settings
from config.sources import Source
from crawlers.contract import DONE_FILE, OUTCOMES_FILE, Limits, read_outcomes
from models.crawl import Capture
from models.migrate import upgrade
from models.session import make_engine, read_session
from pipeline.crawl import make_job, run_job
from pipeline.run import RunReport, crawl_many
from samples.misbehaving.case import Case
from samples.misbehaving.cases import CASES
from samples.misbehaving.server import serving
from samples.misbehaving.wire import FEED, Answer, Exchange

PLAYED = {f"127.0.1.{number}": case for number, case in enumerate((c for c in CASES.values() if not c.needs), 1)}
"""The cases by address."""
MIXED = 40
"""Sources whose feed names healthy pages and a few faults."""
SITES = [f"127.0.2.{number}" for number in range(1, MIXED + 1)]
LONG = "127.0.3.1"
PORT = 18_790
FAULTS_A_FEED = 5
WARM_MINUTES = 5
MOST_GROWTH = 0.03
"""Share by which memory may be larger in the last fifth than in the first one after `WARM_MINUTES`."""
KIB_A_URL = 4.0
"""What the long crawl may remember of each URL."""


def healthy(number: int) -> Answer:
    """A site with a feed that names five pages of its own and some faults."""
    faults = [host for host, case in PLAYED.items() if case.start == "page"]
    mine = list(islice(cycle(faults), number * FAULTS_A_FEED, (number + 1) * FAULTS_A_FEED))

    def answer(exchange: Exchange) -> None:
        if exchange.path == "/feed":
            urls = [f"{exchange.base}/page/{n}" for n in range(5)] + [url(PLAYED[host], host) for host in mine]
            items = "".join(f"<item><link>{one}</link></item>" for one in urls)
            exchange.reply(f"<rss><channel>{items}</channel></rss>".encode(), media=FEED)
        else:
            exchange.reply(f"<html><body><h1>{exchange.path}</h1><p>{'A page. ' * 200}</p></body></html>".encode())

    return answer


def walk(exchange: Exchange) -> None:
    """A page that leads to the next one and to a fault, for ever."""
    last = exchange.path.rpartition("/")[2]
    number = int(last) if last.isdigit() else 0
    faults = [host for host, case in PLAYED.items() if case.start == "page"]
    fault = faults[number % len(faults)]
    links = f"<a href='/walk/{number + 1}'>on</a><a href='http://{fault}:{PORT}/news/{number}'>fault</a>"
    exchange.reply(f"<html><body><p>Page {number}</p>{links}</body></html>".encode())


def url(case: Case, host: str) -> str:
    """What is asked for to meet a case."""
    base = f"http://{host}:{PORT}"
    return case.url.format(
        base=base, tls=base, plain_tls=f"https://{host}:{PORT}", user=base, closed=f"http://{host}:9"
    )


def sources() -> list[Source]:
    """The 50 sources."""
    hosts = tuple(PLAYED)
    mixed = [
        Source(id=f"mixed-{n}", name=f"Mixed {n}", kind="feed", start=(f"http://{site}:{PORT}/feed",), hosts=hosts)
        for n, site in enumerate(SITES)
    ]
    more: dict[str, tuple[int, dict[str, Any]]] = {
        "feed": (3, {"kind": "feed"}),
        "sitemap": (3, {"kind": "sitemap"}),
        "listing": (2, {"kind": "listing", "listing": {"items": "li a", "next": "a[rel=next]", "max_pages": 6}}),
        "walk": (2, {"kind": "page", "depth": 3, "max_documents": 30}),
    }
    bad = []
    for start, (number, given) in more.items():
        urls = [url(case, host) for host, case in PLAYED.items() if case.start == start]
        bad += [Source(id=f"{start}-{n}", name=f"{start} {n}", start=urls[n::number], **given) for n in range(number)]
    return [*mixed, *bad]


def serve() -> None:
    """Serve until the process is ended."""
    cases: dict[str, Case] = dict(PLAYED)
    cases |= {site: Case(site, "fetched", healthy(number)) for number, site in enumerate(SITES)}
    cases[LONG] = Case("long", "fetched", walk)
    with serving(cases, cases, port=PORT):
        print("ready", flush=True)
        threading.Event().wait()


@dataclass
class Watch:
    """Memory (MiB) and open files, noted every few seconds, with the minute."""

    long: list[int] = field(default_factory=list)
    """Process ids of the long crawl."""
    rows: list[dict[str, float]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Note until `ended`."""
        me = psutil.Process()
        while not self.ended.wait(3):
            row = {"minute": (time.monotonic() - self.began) / 60, "rss": _mib(me), "files": me.num_fds()}
            for child in me.children(recursive=True):
                try:
                    command = child.cmdline()
                    if "crawlers" not in command or "pipeline.tether" in command:
                        continue
                    name = "long" if any("/long/" in part for part in command) else "crawl"
                    row[f"{name}_rss"] = max(row.get(f"{name}_rss", 0), _mib(child))
                    row[f"{name}_files"] = max(row.get(f"{name}_files", 0), child.num_fds())
                except psutil.Error:
                    continue  # it has just ended
            self.rows.append(row)

    def between(self, name: str, first: float, last: float) -> list[float]:
        """What was noted of something between two minutes."""
        return [row[name] for row in self.rows if name in row and first <= row["minute"] <= last]


def _mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / (1 << 20)


@dataclass
class Told:
    """What the rounds gave."""

    rounds: int = 0
    urls: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def take(self, engine: Engine, reports: list[RunReport]) -> None:
        """Hold the outcomes of a round against their cases."""
        expected = {url(case, host): case.verdict for host, case in PLAYED.items()}
        self.rounds += 1
        for report in reports:
            self.states[report.state] += 1
            with read_session(engine) as session:
                rows = session.execute(
                    select(Capture.url, Capture.outcome, Capture.reason).where(Capture.run_id == report.run_id)
                ).all()
                distinct = session.scalar(
                    select(func.count(func.distinct(Capture.url))).where(Capture.run_id == report.run_id)
                )
            self.urls += len(rows)
            self.counts.update(report.counts)
            if not len(rows) == distinct == sum(report.counts.values()):
                self.wrong[f"{report.run_id}: {len(rows)} outcomes, {distinct} URLs, counts {report.counts}"] += 1
            for asked, outcome, reason in rows:
                found = f"{outcome} {reason or ''}".strip().replace("unchanged", "fetched")
                if reason == "error" or expected.get(asked, found) != found:
                    self.wrong[f"{asked}: {found}, not {expected.get(asked)}"] += 1


def long_crawl(settings: Settings, folder: Path, minutes: float) -> threading.Thread:
    """Begin the crawl that lasts as long as the soak."""
    source = Source(
        id="long", name="Long", kind="page", start=(f"http://{LONG}:{PORT}/walk/0",), hosts=tuple(PLAYED),
        depth=1_000_000, max_documents=1_000_000, delay=0.1,
    )  # fmt: skip
    limits = Limits(
        max_pages=1_000_000, max_depth=1_000_000, max_seconds=60 * minutes, delay=0.1, retries=1,
        timeout=settings.request_timeout, max_body_bytes=settings.max_body_bytes,
    )  # fmt: skip
    job = make_job(settings, source, folder, limits=limits)
    job.write()
    thread = threading.Thread(target=run_job, args=(job,))
    thread.start()
    return thread


def measure(minutes: float) -> dict[str, Any]:
    """Crawl for so many minutes; the figures and what was wrong."""
    told, watch = Told(), Watch()
    with tempfile.TemporaryDirectory() as scratch, beside("benchmarks.soak", "--serve"):
        home = Path(scratch)
        settings = Settings(
            data_dir=home, allow_private=True, delay=0.0, max_crawls=3, request_timeout=5.0, max_body_bytes=1_000_000
        )
        engine = make_engine(settings.database)
        event.listen(engine, "connect", _small_cache)
        upgrade(engine)
        watcher = threading.Thread(target=watch.run)
        watcher.start()
        long = long_crawl(settings, home / "long" / "run", minutes)
        try:
            while time.monotonic() - watch.began < 60 * minutes:
                told.take(engine, crawl_many(settings, engine, sources(), "nightly"))
                print(_minute(watch), file=sys.stderr, flush=True)
        finally:
            long.join()
            watch.ended.set()
            watcher.join()
        if list(settings.spool.glob("*")):
            told.wrong["the spool is not empty"] += 1
        engine.dispose()
        return figures(told, watch, _long_figures(home / "long" / "run", watch, told))


def _small_cache(connection: Any, _: object) -> None:
    """SQLite's cache fills to 2 MB a connection as the database grows; a small one hides nothing that is lost."""
    connection.execute("PRAGMA cache_size = -200")


def _long_figures(folder: Path, watch: Watch, told: Told) -> dict[str, Any]:
    outcomes = list(read_outcomes(folder / OUTCOMES_FILE))
    done = json.loads((folder / DONE_FILE).read_text(encoding="utf8"))
    if done["counts"] != Counter(str(one.outcome) for one in outcomes) or len({o.url for o in outcomes}) < len(
        outcomes
    ):
        told.wrong["the accounts of the long crawl do not add up"] += 1
    told.wrong.update(f"long: {one.url}: {one.detail}" for one in outcomes if one.reason == "error")
    last = watch.rows[-1]["minute"]
    memory = watch.between("long_rss", min(WARM_MINUTES, last / 5), last)
    grown = statistics.median(memory[-10:]) - statistics.median(memory[:10])
    return {"long_urls": len(outcomes), "long_counts": done["counts"], "long_grown_mib": round(grown, 1),
            "long_kib_a_url": round(1024 * grown / max(1, len(outcomes)), 2)}  # fmt: skip


def figures(told: Told, watch: Watch, long: dict[str, Any]) -> dict[str, Any]:
    """Everything as one object, with what failed."""
    last = watch.rows[-1]["minute"]
    warm = min(WARM_MINUTES, last / 5)
    fifth = (last - warm) / 5
    memory = [statistics.median(watch.between("rss", a, b)) for a, b in ((warm, warm + fifth), (last - fifth, last))]
    most = [max(watch.between("crawl_rss", a, b)) for a, b in ((0, warm + fifth), (last - fifth, last))]
    names = ("files", "crawl_files", "long_files")
    files = {name: [max(watch.between(name, 0, warm)), max(watch.between(name, warm, last))] for name in names}
    failed = [
        *(["memory has grown"] if memory[1] > memory[0] * (1 + MOST_GROWTH) else []),
        *(["memory of single crawls has grown"] if most[1] > most[0] * (1 + 3 * MOST_GROWTH) else []),
        *(f"{name}: more open than in the first minutes" for name, (a, b) in files.items() if b > a + 4),
        *(["runs did not end by themselves"] if set(told.states) - {"completed", "empty"} else []),
        *(["the long crawl remembers too much"] if long["long_kib_a_url"] > KIB_A_URL else []),
        *(f"{number} × {what}" for what, number in told.wrong.most_common(20)),
    ]
    return {
        "benchmark": "soak", "minutes": round(last, 1), "rounds": told.rounds, "sources": len(sources()),
        "cases": len(PLAYED), "urls": told.urls, "counts": dict(told.counts), "states": dict(told.states),
        "rss_mib_after_warming": round(memory[0], 1), "rss_mib_at_the_end": round(memory[1], 1),
        "largest_crawl_mib": [round(one) for one in most], "most_files": files, **long,
        "failed": failed, "passed": not failed,
    }  # fmt: skip


def _minute(watch: Watch) -> str:
    """The series so far, of the minute that has passed."""
    last = watch.rows[-1]["minute"] if watch.rows else 0.0
    names = ("rss", "files", "crawl_rss", "crawl_files", "long_rss", "long_files")
    now = {name: watch.between(name, last - 1, last) for name in names}
    return f"minute {last:5.1f}: " + ", ".join(f"{name} {max(values):.0f}" for name, values in now.items() if values)


def main() -> None:
    """Print the figures; exit code 1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    told = measure(given.minutes)
    print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
    sys.exit(0 if told["passed"] else 1)


if __name__ == "__main__":
    main()
