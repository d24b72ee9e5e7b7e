"""The application behind a real HTTP server on loopback, and a client that keeps no connection open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

PATIENCE = 60.0


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Address of the application while it is served."""
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def eventually(holds: Callable[[], object]) -> None:
    """Wait for what is done after an answer has been sent."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


@contextmanager
def browsing(app: Any) -> Iterator[httpx.Client]:
    """A client of the served application."""
    with serving(app) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client
