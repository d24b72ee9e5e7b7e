"""What a test asks Prefect's server and the database after a flow."""

from __future__ import annotations

import json
import os
import socket
import time
import urllib.request
from collections import Counter
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import State
from sqlalchemy import select

from config.settings import Settings
from models.session import make_engine, read_session
from models.tables import Capture, Document

BATCH = f"process-{socket.gethostname()}:"
"""How the name of a batch's task run begins; a subflow called ``process`` is a task run of its parent, too."""
PATIENCE = 120.0
"""Seconds that a test waits for the server to learn of something."""


def ask(api: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What Prefect's API answers: to a POST where there is a body, else to a GET."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{api}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def artifact(api: str, run_id: UUID | str) -> str:
    """The Markdown that a flow run published."""
    (found,) = ask(api, "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [str(run_id)]}}})
    assert found["type"] == "markdown"
    return str(found["data"])


def run_of(state: State[Any]) -> UUID:
    """Id of the flow run that ended in the state."""
    run_id = state.state_details.flow_run_id
    assert run_id
    return run_id


def task_runs(api: str, name: str, besides: AbstractSet[str] = frozenset(), number: int = 0) -> list[dict[str, Any]]:
    """The latest task runs on the server whose name begins so, without those of the ids `besides`.

    The server learns of task runs through events, some time after they end: where a `number` is given, it is waited for
    until so many have completed.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = ask(api, "/task_runs/filter", {"limit": 200, "sort": "EXPECTED_START_TIME_DESC"})
        runs = [run for run in answer if run["name"].startswith(name) and run["id"] not in besides]
        if sum(run["state_name"] == "Completed" for run in runs) >= number or time.monotonic() > deadline:
            return runs
        time.sleep(0.3)


def documents(settings: Settings) -> dict[str, tuple[int, int, str]]:
    """Version, revision and text of each document, by URL."""
    engine = make_engine(settings.database)
    with read_session(engine) as session:
        rows = {one.url: (one.version, one.revision, one.text) for one in session.scalars(select(Document))}
    engine.dispose()
    return rows


def captures(settings: Settings) -> Counter[tuple[str, int]]:
    """Captures that went to be processed: number of each end and of attempts at it."""
    engine = make_engine(settings.database)
    with read_session(engine) as session:
        found = session.execute(select(Capture.state, Capture.attempts).where(Capture.state != "done"))
        counts = Counter((state, attempts) for state, attempts in found)
    engine.dispose()
    return counts


def without_prefect() -> dict[str, str]:
    """The environment without what names the server that the tests share."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
