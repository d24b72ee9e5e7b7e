"""Crawls that a page starts: each a `pactwatch crawl` of its own, so that the server stays quick and safe from it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING

from cli.errors import explain

if TYPE_CHECKING:
    from web.context import CrawlState

AT_ONCE = 2
"""Crawls under way; more wait."""
MOST_WAITING = 20
KEPT = 200
"""Crawls remembered."""
LINES = 40
STOP_SECONDS = 10
OUTCOMES = ("fetched", "unchanged", "filtered", "failed", "unreachable")
Check = Callable[[str, int, int], object]


@dataclass(slots=True)
class _Crawl:
    number: str
    target: str
    started: datetime
    arguments: list[str]
    begun: float
    ended: float | None = None
    state: str = "waiting"
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    last: str = ""
    """Its last line on standard output: one JSON object with the counts."""
    process: subprocess.Popen[str] | None = None


class ProcessCrawls:
    """Runs crawls as processes, `AT_ONCE` at a time; fits `web.context.Crawls`."""

    def __init__(self, environment: Mapping[str, str], check: Check) -> None:
        """`environment` hands the settings to the processes; `check` raises for a target that cannot be crawled."""
        self._environment, self._check = dict(environment), check
        self._crawls: dict[str, _Crawl] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="crawl")
        self._closed = False

    def start(self, target: str, depth: int, max_pages: int) -> str:
        """Begin a crawl; raises ValueError with a message for people."""
        from models.base import now

        if not target:
            raise ValueError("name a source, or give an address that begins with https:// or http://")
        try:
            self._check(target, depth, max_pages)
        except Exception as err:  # the error table alone says which are mistakes; all others are raised again
            explained = explain(err)
            if explained is None:
                raise
            raise ValueError(explained[1]) from err
        url = ["--depth", str(depth), "--max-pages", str(max(1, max_pages))] if "://" in target else []
        arguments = ["-m", "cli", "crawl", "--json", *url, "--", target]
        crawl = _Crawl(secrets.token_hex(6), target, now(), arguments, time.monotonic())
        with self._lock:
            if sum(one.state == "waiting" for one in self._crawls.values()) >= MOST_WAITING:
                raise ValueError(f"{MOST_WAITING} crawls are waiting already: try again when some have ended")
            self._crawls[crawl.number] = crawl
            for number in [one.number for one in self._crawls.values() if one.ended is not None][:-KEPT]:
                del self._crawls[number]
        self._pool.submit(self._run, crawl)
        return crawl.number

    def get(self, number: str) -> CrawlState | None:
        """How a crawl stands; None where there is none of this number."""
        with self._lock:
            crawl = self._crawls.get(number)
        return _state(crawl) if crawl else None

    def all(self) -> list[CrawlState]:
        """Every crawl that is remembered, the latest first."""
        with self._lock:
            crawls = list(self._crawls.values())
        return [_state(one) for one in reversed(crawls)]

    def close(self) -> None:
        """Stop what is under way; a crawl that is cut off loses nothing and is taken up by the next run."""
        with self._lock:
            self._closed = True
            running = [one.process for one in self._crawls.values() if one.process is not None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, crawl: _Crawl) -> None:
        with self._lock:
            if self._closed:
                return
            crawl.state = "running"
            crawl.process = subprocess.Popen(
                [sys.executable, *crawl.arguments], env=self._environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf8", errors="replace",
            )  # fmt: skip
        process = crawl.process
        assert process.stdout is not None and process.stderr is not None
        talk = threading.Thread(target=_listen, args=(process.stderr, crawl.lines), daemon=True)
        talk.start()
        for line in process.stdout:
            crawl.last = line
        code = process.wait()
        talk.join()
        process.stdout.close()
        process.stderr.close()
        crawl.ended = time.monotonic()
        crawl.state = "completed" if code == 0 else "failed"


def _listen(stream: IO[str], lines: deque[str]) -> None:
    for line in stream:
        lines.append(_message(line.rstrip("\n")))


def _message(line: str) -> str:
    """The words of a log line, without its names; another line as it is."""
    _, found, rest = line.partition(" message=")
    if not found:
        return line.removeprefix("pactwatch: ")
    with suppress(ValueError):
        return str(json.JSONDecoder().raw_decode(rest)[0])
    return rest


def _state(crawl: _Crawl) -> CrawlState:
    from web.context import CrawlState

    told: dict[str, object] = {}
    with suppress(ValueError):
        told = json.loads(crawl.last) if crawl.ended is not None and crawl.last else {}
    counts = {name: value for name in OUTCOMES if isinstance(value := told.get(name), int) and value}
    runs, not_green = told.get("runs"), told.get("not_green")
    said = [f"{name}: {why}" for name, why in not_green.items()] if isinstance(not_green, dict) else []
    return CrawlState(
        number=crawl.number,
        target=crawl.target,
        state=crawl.state,
        started=crawl.started.isoformat(timespec="seconds"),
        seconds=(crawl.ended or time.monotonic()) - crawl.begun,
        lines=(*crawl.lines, *said),
        counts=counts,
        runs=tuple(str(run) for run in runs) if isinstance(runs, list) else (),
    )
