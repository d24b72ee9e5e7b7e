"""The crawls of a run in one process (`crawlers.host`): asked for by many threads, each of which waits for its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from crawlers.contract import JOB_FILE, PACKET_BYTES, Job
from pipeline.crawl import GRACE_SECONDS, STOP_SECONDS, environment

DIED = "the process of the crawls died"
MOST_SAID = 300
"""Last bytes of what it said that are told."""


class CrawlHost:
    """Runs crawls as `pipeline.crawl.run_job` does, without a process for each.

    A crawl that does not end when it is told to takes the process with it; all that went on in it are then taken in as
    far as they got, as after any kill.
    """

    def __init__(self, allow_private: bool) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        scope = "private" if allow_private else "public"
        command = [sys.executable, "-m", "pipeline.tether", str(os.getpid())]
        command += [sys.executable, "-m", "crawlers.host", str(theirs.fileno()), scope]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # `close` closes it
        with theirs:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
                pass_fds=(theirs.fileno(),), env=environment(),
            )  # fmt: skip
        self._waiting: dict[str, threading.Event] = {}
        self._problems: dict[str, str | None] = {}
        self._lock = threading.Lock()
        self.alive = True
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def run(self, job: Job, *, locks: Sequence[int] = (), stop: threading.Event | None = None) -> str | None:
        """Crawl a written job until it ends; return why it failed, None where it did not. As `run_job`."""
        path = str(Path(job.folder) / JOB_FILE)
        ended = threading.Event()
        with self._lock:
            if not self.alive:
                return self._death()
            self._waiting[path] = ended
        try:
            socket.send_fds(self._ours, [json.dumps({"job": path}).encode()], list(locks))
        except OSError:
            return self._death()
        problem = self._watch(path, ended, job.limits.max_seconds + GRACE_SECONDS, stop)
        return problem or self._problems.pop(path, None)

    def close(self) -> None:
        """End the process; crawls that still go on end in order first."""
        try:
            self._ours.shutdown(socket.SHUT_WR)
            self._process.wait(STOP_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
        self._process.wait()
        self._reader.join()
        self._ours.close()
        self._errors.close()

    def _watch(self, path: str, ended: threading.Event, seconds: float, stop: threading.Event | None) -> str | None:
        until = time.monotonic() + seconds
        while not ended.wait(0.25):
            stopped = stop is not None and stop.is_set()
            if not stopped and time.monotonic() < until:
                continue
            with suppress(OSError):  # it has died meanwhile, which ends the waiting, too
                self._ours.send(json.dumps({"stop": path}).encode())
            if not ended.wait(STOP_SECONDS):
                self._process.kill()
                ended.wait()
            return "the crawl was stopped" if stopped else f"the crawl did not end within {seconds:.0f} seconds"
        return None

    def _read(self) -> None:
        while packet := self._receive():
            told = json.loads(packet)
            with self._lock:
                self._problems[told["job"]] = told["problem"]
                self._waiting.pop(told["job"]).set()
        with self._lock:
            self.alive = False
            for path, ended in self._waiting.items():
                self._problems[path] = self._death()
                ended.set()
            self._waiting.clear()

    def _death(self) -> str:
        """That it died, and the last that it said."""
        # Not `read`: the place in the file is shared with the process.
        size = os.fstat(self._errors.fileno()).st_size
        said = os.pread(self._errors.fileno(), MOST_SAID, max(0, size - MOST_SAID)).decode("utf8", "replace")
        return ": ".join((DIED, *said.strip().splitlines()[-1:]))

    def _receive(self) -> bytes:
        try:
            return self._ours.recv(PACKET_BYTES)
        except OSError:
            return b""


@contextmanager
def hosting(wanted: bool, allow_private: bool) -> Iterator[CrawlHost | None]:
    """A host for the crawls of a run, where it is `wanted`."""
    if not wanted:
        yield None
        return
    host = CrawlHost(allow_private)
    try:
        yield host
    finally:
        host.close()
