"""The crawl's files: WARC records first, safely on disk, then the outcomes that point at them."""

from __future__ import annotations

import os
import threading
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BufferedWriter, BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.contract import OUTCOMES_FILE, Outcome

WARC_BYTES = 1_000_000_000
"""Size in bytes at which a new WARC file is begun."""
PENDING_BYTES = 64_000_000
"""Most bytes that wait for the disk; a crawl that is faster waits."""
GZIP_LEVEL = 6

DROPPED = frozenset(
    {
        # The body is kept decoded and whole, so what said otherwise goes.
        b"content-encoding", b"transfer-encoding", b"content-length", b"trailer",
        # Nothing that could let somebody in is kept.
        b"set-cookie", b"set-cookie2", b"cookie", b"authorization", b"proxy-authorization", b"authentication-info",
        b"proxy-authentication-info", b"www-authenticate", b"proxy-authenticate",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payload:
    """A response to archive: its decoded body, headers as received, and where they came from."""

    url: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    digest: str
    """``sha256:<hex>`` of the body."""
    at: str
    address: str | None = None


class _Member:
    """One gzip member: what WARCWriter writes goes through it into the file."""

    def __init__(self, out: BufferedWriter) -> None:
        self._out = out
        self._gzip = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)

    def write(self, data: bytes) -> None:
        self._out.write(self._gzip.compress(data))

    def flush(self) -> None:
        self._out.write(self._gzip.flush())


class Archive:
    """Writes records and outcomes in a thread of its own, in groups: records, one fsync, then their outcome lines.

    So an outcome line always points at a record that is on disk, and a disk that is slow costs groups, not pages. The
    first error (disk full, read-only) ends the writing: `error` holds it, `on_error` is called once from the thread,
    torn ends are cut off and everything put later is passed over.
    """

    def __init__(self, folder: Path, software: str, on_error: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self.error: Exception | None = None
        self.counts: Counter[str] = Counter()
        """Outcomes written so far, by kind."""
        self._software = software
        self._on_error = on_error
        self._outcomes = (folder / OUTCOMES_FILE).open("ab")
        self._warc: BufferedWriter | None = None
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
        out = self._open_warc()
        start = out.tell()
        try:
            _write_record(out, payload)
            length = out.tell() - start
        except OSError:
            _cut(Path(out.name), start)
            raise
        return replace(outcome, warc=Path(out.name).name, offset=start, length=length)

    def _open_warc(self) -> BufferedWriter:
        if self._warc is not None and self._warc.tell() >= WARC_BYTES:
            self._sync()
            self._warc.close()
            self._warc = None
        if self._warc is None:
            path = self.folder / f"{self._number:05d}.warc.gz"
            self._number += 1
            self._warc = path.open("xb")
            info = {"software": self._software, "format": "WARC File Format 1.1", "robots": "obey"}
            writer = WARCWriter(_Member(self._warc), gzip=False, warc_version="1.1")
            writer.write_record(writer.create_warcinfo_record(path.name, info))
        return self._warc

    def _sync(self) -> None:
        if self._warc is not None:
            self._warc.flush()
            os.fsync(self._warc.fileno())

    def _close_files(self) -> None:
        self._sync()
        os.fsync(self._outcomes.fileno())
        self._outcomes.close()
        if self._warc is not None:
            self._warc.close()


def _write_record(out: BufferedWriter, payload: Payload) -> None:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in payload.headers
        if name.lower() not in DROPPED
    ]
    headers.append(("Content-Length", str(len(payload.body))))
    about = {"WARC-Date": payload.at, "WARC-Payload-Digest": payload.digest}
    if payload.address:
        about["WARC-IP-Address"] = payload.address
    writer = WARCWriter(_Member(out), gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        payload.url,
        "response",
        payload=BytesIO(payload.body),
        length=len(payload.body),
        warc_headers_dict=about,
        http_headers=StatusAndHeaders(str(payload.status), headers, protocol="HTTP/1.1"),
    )
    writer.write_record(record)


def _cut(path: Path, size: int) -> None:
    """Take a torn end off a file; where even that fails, readers pass over a torn end anyway."""
    try:
        os.truncate(path, size)
    except OSError:
        return
