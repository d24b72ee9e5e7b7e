"""The crawl's files: WARC records first, safely on disk, then the outcomes that point at them."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from io import BufferedWriter
from pathlib import Path

from crawlers.contract import OUTCOMES_FILE, WARC_BYTES, Outcome
from crawlers.records import Payload, RecordWriter

PENDING_BYTES = 64_000_000
"""Most bytes that wait for the disk; a crawl that is faster waits."""


class Archive:
    """Writes records and outcomes in a thread of its own, in groups: records, one fsync, then their outcome lines.

    So an outcome line always points at a record that is on disk, and a disk that is slow costs groups, not pages. The
    first error (disk full, read-only) ends the writing: `error` holds it, `on_error` is called once from the thread,
    torn ends are cut off and everything put later is passed over.
    """

    def __init__(
        self,
        folder: Path,
        software: str,
        on_error: Callable[[], None] = lambda: None,
        warc_bytes: int = WARC_BYTES,
    ) -> None:
        """Write into `folder`; a WARC file that has reached `warc_bytes` is followed by a new one."""
        self.folder = folder
        self.error: Exception | None = None
        self.counts: Counter[str] = Counter()
        """Outcomes written so far, by kind."""
        self._software = software
        self._on_error = on_error
        self._outcomes = (folder / OUTCOMES_FILE).open("ab")
        self._warc_bytes = warc_bytes
        self._warc: tuple[BufferedWriter, RecordWriter] | None = None
        self._number = 0
        self._queue: list[tuple[Outcome, Payload | None]] = []
        self._pending = 0
        self._closing = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="archive", daemon=True)
        self._thread.start()

    def put(self, outcome: Outcome, payload: Payload | None = None) -> None:
        """Queue an outcome, with its payload if there is one to archive; waits while too much is queued."""
        with self._change:
            self._change.wait_for(lambda: self._pending < PENDING_BYTES or self.error is not None)
            if self.error is not None:
                return
            self._queue.append((outcome, payload))
            self._pending += len(payload.body) if payload else 0
            self._change.notify_all()

    def close(self) -> None:
        """Write what is queued and close the files. Raises OSError where the disk failed, now or earlier."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        self._thread.join()
        if self.error is not None:
            raise self.error

    def _work(self) -> None:
        try:
            while group := self._next_group():
                self._write(group)
            self._close_files()
        except Exception as err:  # noqa: BLE001  # whatever ends the writing must end the crawl, or it waits for ever
            with self._change:
                self.error = err
                self._queue.clear()
                self._change.notify_all()
            self._on_error()

    def _next_group(self) -> list[tuple[Outcome, Payload | None]]:
        with self._change:
            self._change.wait_for(lambda: self._queue or self._closing)
            group, self._queue = self._queue, []
            return group

    def _write(self, group: list[tuple[Outcome, Payload | None]]) -> None:
        lines = [self._record(outcome, payload) if payload else outcome for outcome, payload in group]
        if any(payload for _, payload in group):
            self._sync()
        start = self._outcomes.tell()
        try:
            # "replace": a title in a JSON feed may hold half a surrogate pair, which is no text.
            self._outcomes.write("".join(outcome.line() for outcome in lines).encode("utf8", "replace"))
            self._outcomes.flush()
        except OSError:
            _cut(self.folder / OUTCOMES_FILE, start)
            raise
        self.counts.update(str(outcome.outcome) for outcome in lines)
        with self._change:
            self._pending -= sum(len(payload.body) for _, payload in group if payload)
            self._change.notify_all()

    def _record(self, outcome: Outcome, payload: Payload) -> Outcome:
        out, records = self._open_warc()
        start = out.tell()
        try:
            length = records.capture(payload)
        except OSError:
            _cut(Path(out.name), start)
            raise
        return replace(outcome, warc=Path(out.name).name, offset=start, length=length)

    def _open_warc(self) -> tuple[BufferedWriter, RecordWriter]:
        if self._warc is not None and self._warc[0].tell() >= self._warc_bytes:
            self._sync()
            self._warc[0].close()
            self._warc = None
        if self._warc is None:
            path = self.folder / f"{self._number:05d}.warc.gz"
            self._number += 1
            out = path.open("xb")
            self._warc = out, RecordWriter(out)
            info = {"software": self._software, "format": "WARC File Format 1.1", "robots": "obey"}
            self._warc[1].info(path.name, info)
        return self._warc

    def _sync(self) -> None:
        if self._warc is not None:
            self._warc[0].flush()
            os.fsync(self._warc[0].fileno())

    def _close_files(self) -> None:
        self._sync()
        os.fsync(self._outcomes.fileno())
        self._outcomes.close()
        if self._warc is not None:
            self._warc[0].close()


def _cut(path: Path, size: int) -> None:
    """Take a torn end off a file; where even that fails, readers pass over a torn end anyway."""
    try:
        os.truncate(path, size)
    except OSError:
        return
