"""The spool: one folder a crawl until intake has taken it in, and a lock that tells a live crawl from a dead one.

Beside the folder ``RUN`` lies ``RUN.lock``. Whoever crawls or takes in holds it (``flock``), the crawl's subprocess
inherits it: the kernel lets go when the last of them is dead, however it died, so no process id has to be trusted.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

LOCK_SUFFIX = ".lock"
RUN_FILE = "run.json"
TRASH = ".trash-"


@dataclass(frozen=True, slots=True)
class RunNote:
    """What intake must know of a run beside its job: ``run.json`` in the folder. Time in ISO 8601 with its zone."""

    trigger: str
    started_at: str

    def write(self, folder: Path) -> None:
        """Write run.json."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RUN_FILE).write_text(json.dumps(asdict(self)), encoding="utf8")


def read_note(folder: Path) -> RunNote:
    """Read run.json; a folder without a readable one counts as an ad-hoc run that began when the folder was made."""
    try:
        return RunNote(**json.loads((folder / RUN_FILE).read_text(encoding="utf8")))
    except (OSError, ValueError, TypeError):
        made = datetime.fromtimestamp(folder.stat().st_mtime).astimezone()
        return RunNote("ad-hoc", made.isoformat())


@contextmanager
def hold(folder: Path) -> Iterator[int | None]:
    """Hold the lock of a run's folder; yields its file descriptor (to pass to a subprocess), None if another has it.

    To be held before the folder is made. The lock file goes when the folder is gone.
    """
    path = folder.with_name(folder.name + LOCK_SUFFIX)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _lock(path)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            if not folder.exists():
                path.unlink(missing_ok=True)
            os.close(descriptor)


def owner_lock(spool: Path, run_id: str) -> Path:
    """What the command that began a run holds (`hold`) until the run's documents are read."""
    return spool / f".owner-{run_id}"


def _lock(path: Path) -> int | None:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        # Whoever held it before may have removed the file: then this lock protects nothing, take a new one.
        if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
        os.close(descriptor)


def discard(folder: Path) -> None:
    """Remove a run's folder. It is renamed first: a half-removed folder must not look like an interrupted crawl."""
    trash = folder.with_name(TRASH + folder.name)
    folder.rename(trash)
    shutil.rmtree(trash, ignore_errors=True)


def run_folders(spool: Path) -> list[Path]:
    """The folders of runs in the spool, oldest name first; clears away what killed removals left."""
    if not spool.is_dir():
        return []
    for path in spool.iterdir():
        if path.name.startswith(TRASH):
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == LOCK_SUFFIX and not path.with_suffix("").exists():
            with hold(path.with_suffix("")):
                pass  # unlocked and without a folder: letting go removes the file
    return sorted(path for path in spool.iterdir() if path.is_dir() and not path.name.startswith("."))
