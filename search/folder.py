"""The index's folder: which generation is in force, and the lock of those who write. Knows nothing of tantivy.

current.json      names the generation in force and its schema; replaced atomically
lock              held by the process that writes
g-<12 hex>/       a generation: one whole index
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CURRENT = "current.json"
LOCK = "lock"
PREFIX = "g-"
SEGMENT_SUFFIXES = frozenset((".store", ".idx", ".pos", ".term", ".fast", ".fieldnorm"))
WAIT_SECONDS = 600.0
"""How long a writer waits for another before it gives up."""


class IndexBusyError(RuntimeError):
    """Another process has been writing the index for longer than we are willing to wait."""


@dataclass(frozen=True, slots=True)
class Current:
    """The generation in force."""

    generation: str
    schema: int


def read_current(path: Path) -> Current | None:
    """The generation in force; none where there is no index, or the file cannot be read as one."""
    try:
        content = json.loads((path / CURRENT).read_text("utf-8"))
        current = Current(str(content["generation"]), int(content["schema"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return current if current.generation.startswith(PREFIX) and "/" not in current.generation else None


def new_generation(path: Path) -> str:
    """Make an empty generation, after sweeping those that a crash left behind. Call with the lock held."""
    path.mkdir(parents=True, exist_ok=True)
    sweep(path)
    generation = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    (path / generation).mkdir()
    return generation


def put_in_force(path: Path, current: Current) -> None:
    """Swap a finished generation in with one rename; readers of the old one keep their open files."""
    temporary = path / f"{CURRENT}.new"
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump({"generation": current.generation, "schema": current.schema}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path / CURRENT)
    sweep(path)


def sweep(path: Path) -> None:
    """Remove every generation but the one in force. Call with the lock held."""
    current = read_current(path)
    for folder in path.glob(f"{PREFIX}*"):
        if current is None or folder.name != current.generation:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock(path: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the writers' lock, which the system releases when a process dies.

    Raises `IndexBusyError` after `wait` seconds, and OSError where the disk is full or cannot be written.
    """
    path.mkdir(parents=True, exist_ok=True)
    with (path / LOCK).open("a+", encoding="utf-8") as stream:
        _acquire(stream.fileno(), path, wait)
        try:
            yield
        except ValueError as err:
            raise _disk_error(err, path) or err from err
        finally:
            fcntl.flock(stream.fileno(), fcntl.LOCK_UN)


def _disk_error(err: ValueError, path: Path) -> OSError | None:
    """Tantivy tells of a full or read-only disk in words alone; this is the system's own error again, if it is one."""
    number = re.search(r"\(os error (\d+)\)|Os \{ code: (\d+)", str(err))
    if number is None:
        return None
    code = int(number[1] or number[2])
    return OSError(code, os.strerror(code), str(path))


def _acquire(descriptor: int, path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise IndexBusyError(
                    f"the index {path} is being written by another process; waited {wait:g} s: try again later"
                ) from None
            time.sleep(0.05)
        else:
            return


def damaged_file(folder: Path) -> str | None:
    """Name of the first segment file whose bytes do not fit its checksum; none where all do.

    Tantivy ends each file with a JSON footer that holds the CRC-32 of what stands before it, the footer's length and
    a magic number (32 bits each, little-endian).
    """
    for file in sorted(folder.iterdir()):
        if file.suffix in SEGMENT_SUFFIXES and not _intact(file):
            return file.name
    return None


def _intact(file: Path) -> bool:
    size = file.stat().st_size
    with file.open("rb") as stream:
        try:
            stream.seek(max(0, size - 8))
            length = int.from_bytes(stream.read(4), "little")
            stream.seek(size - 8 - length)
            expected = json.loads(stream.read(length))["crc"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        stream.seek(0)
        crc, left = 0, size - 8 - length
        while left > 0 and (chunk := stream.read(min(left, 1 << 20))):
            crc, left = zlib.crc32(chunk, crc), left - len(chunk)
    return bool(crc == expected)
