"""The parent's side of `pdf_child`: one child, started when first needed, reused, killed when it is late."""

from __future__ import annotations

import atexit
import json
import os
import re
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from pipeline.extract.pdf_wire import LENGTH

TIME_LIMIT = 25.0
"""Seconds for one file, the start of a process included: with what surrounds the reading it ends within 30."""
_MAX_ANSWER = 500_000_000
_ROOT = Path(__file__).resolve().parents[2]


class PdfProcess:
    """A child process that reads PDFs one after another. Safe to use from several threads; each process needs its
    own.
    """

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self._time_limit = time_limit
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, body: bytes) -> dict[str, Any]:
        """The child's answer as plain data; ``timeout`` and ``damaged`` where it was late or died of the file."""
        with self._lock:
            deadline = time.monotonic() + self._time_limit
            try:
                child = self._running()
                _send(child, body, deadline)
                answer: dict[str, Any] = json.loads(_receive(child, deadline))
            except TimeoutError:
                self._end()
                return {"outcome": "timeout", "detail": f"the PDF took longer than {self._time_limit:g} seconds"}
            except (OSError, EOFError, ValueError) as err:
                self._end()
                return {"outcome": "damaged", "detail": f"the PDF reader died of the file: {type(err).__name__}"}
            return answer

    def peak_memory(self) -> int | None:
        """Bytes of resident memory that the child has held at most; None without a child, or where the system does not
        say (it is read from ``/proc``).
        """
        child = self._child
        try:
            status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii") if child else ""
        except OSError:
            return None
        found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
        return int(found[1]) * 1024 if found else None

    def close(self) -> None:
        """End the child; a later `read` starts another."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
            self._child = subprocess.Popen(
                [sys.executable, "-m", "pipeline.extract.pdf_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is the parent's to handle
            )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _send(child: subprocess.Popen[bytes], body: bytes, deadline: float) -> None:
    pipe = child.stdin
    assert pipe is not None
    os.set_blocking(pipe.fileno(), False)
    rest = memoryview(LENGTH.pack(len(body)) + body)
    while rest:
        _wait(pipe, selectors.EVENT_WRITE, deadline)
        try:
            rest = rest[os.write(pipe.fileno(), rest[: 1 << 16]) :]
        except BlockingIOError:
            continue


def _receive(child: subprocess.Popen[bytes], deadline: float) -> bytes:
    assert child.stdout is not None
    (size,) = LENGTH.unpack(_exactly(child.stdout, LENGTH.size, deadline))
    if size > _MAX_ANSWER:
        raise ValueError(f"an answer of {size} bytes")
    return _exactly(child.stdout, size, deadline)


def _exactly(pipe: IO[bytes], size: int, deadline: float) -> bytes:
    found = bytearray()
    while len(found) < size:
        _wait(pipe, selectors.EVENT_READ, deadline)
        chunk = os.read(pipe.fileno(), min(size - len(found), 1 << 20))
        if not chunk:
            raise EOFError("the PDF reader has ended")
        found += chunk
    return bytes(found)


def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, event)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError


_OWN: dict[int, PdfProcess] = {}
"""By process id: a worker forked from a process that has a child must not share that child's pipes."""


def own_process() -> PdfProcess:
    """This process's reader, made when first asked for and ended with the process."""
    pid = os.getpid()
    if pid not in _OWN:
        _OWN.clear()
        _OWN[pid] = PdfProcess()
        atexit.register(_OWN[pid].close)
    return _OWN[pid]
