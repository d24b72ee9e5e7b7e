"""The child process of the kill test: crawl, intake, processing and indexing of one source, with a bomb on board.

``python -m tests.kill.driver TASK.json``. The task's bomb is ``[stage, moment]``: the process group is killed (SIGKILL)
in that stage, in a crawl when that many outcomes are written, else at that statement sent to the database. Without a
bomb the process counts the moments of each stage into ``moments.json``.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from config.settings import load
from config.sources import Source
from crawlers.contract import OUTCOMES_FILE
from models.base import now
from models.session import make_engine, read_session
from pipeline import intake
from pipeline.run import crawl_source, due_sources, process_pending, recover
from search.index import refresh

STAGES = ("crawl", "intake", "processing", "indexing")
MOMENTS_FILE = "moments.json"


@dataclass(frozen=True, slots=True)
class Task:
    """What the driver does; paths and addresses as text."""

    folder: str
    database: str
    site: str
    workers: int = 1
    bomb: tuple[str, int] | None = None

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(asdict(self)), encoding="utf8")
        return path


class Bomb(logging.Handler):
    """Follows the stages by the log, counts their moments and kills at the chosen one."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._bomb = tuple(task.bomb) if task.bomb else None
        self._spool = Path(task.folder) / "spool"
        self.stage = "start"
        self.moments: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.endswith(": crawling"):
            self.stage = "crawl"
        elif message.endswith(": taking in"):
            self.stage = "intake"
        elif self.stage == "intake":
            self.stage = "between"

    def statement(self, *_: Any) -> None:
        """A statement goes to the database."""
        if self.stage != "crawl":
            self._moment(self.stage)

    def watch(self) -> None:
        """Count the outcomes that a crawl writes, for ever."""
        while True:
            lines = sum(path.read_bytes().count(b"\n") for path in self._spool.glob(f"*/{OUTCOMES_FILE}"))
            if self.stage == "crawl":
                for _ in range(lines - self.moments["crawl"]):
                    self._moment("crawl")
            time.sleep(0.002)

    def _moment(self, stage: str) -> None:
        self.moments[stage] += 1
        if self._bomb == (stage, self.moments[stage]):
            explode()


def explode() -> NoReturn:
    """Kill this process, the crawl and the workers at once."""
    os.killpg(0, signal.SIGKILL)
    raise SystemExit("unreachable")


def drive(task: Task, engine: Engine, bomb: Bomb) -> None:
    """The whole way, as a nightly run walks it."""
    folder = Path(task.folder)
    settings = load(
        data_dir=folder, database_url=task.database, delay=0.0, allow_private=True, batch_size=4, max_attempts=9
    )
    source = Source(id="kill-site", name="Kill site", kind="feed", start=(f"{task.site}/feed.xml",), delay=0.0)
    recover(settings, engine)
    bomb.stage = "between"
    with read_session(engine) as session:
        due = due_sources(session, [source], now())
    for one in due:
        crawl_source(settings, engine, one, "nightly")
    bomb.stage = "processing"
    process_pending(settings, engine, workers=task.workers)
    bomb.stage = "indexing"
    refresh(engine, settings.index, batch=3)
    bomb.stage = "end"


def main(path: str) -> None:
    """Run a task."""
    task = Task(**json.loads(Path(path).read_text(encoding="utf8")))
    intake.BATCH = 3  # many transactions, so that there are moments between them
    bomb = Bomb(task)
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)d %(name)s %(levelname)s %(message)s")
    logging.getLogger("pipeline").addHandler(bomb)
    engine = make_engine(task.database)
    event.listen(engine, "before_cursor_execute", bomb.statement)
    event.listen(engine, "commit", bomb.statement)
    threading.Thread(target=bomb.watch, daemon=True).start()
    drive(task, engine, bomb)
    moments = Path(task.folder, MOMENTS_FILE)
    moments.write_text(json.dumps({stage: bomb.moments[stage] for stage in STAGES}), encoding="utf8")


if __name__ == "__main__":
    main(sys.argv[1])
