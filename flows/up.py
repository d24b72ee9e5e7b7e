"""`pactwatch up`: Prefect's server and the runner with its schedule as two children, started and stopped together."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from config.settings import Settings

log = logging.getLogger(__name__)

START_SECONDS = 120.0
"""Longest wait for Prefect's server; its first start migrates a database."""
STOP_SECONDS = 30.0
"""Longest wait for a child to stop of itself before it is killed."""


class ServiceError(Exception):
    """A child did not start or died; one line: which, why, where its log is."""


def environment(settings: Settings) -> dict[str, str]:
    """The environment that hands the settings in force to a child process, paths made absolute."""
    values = dict(os.environ)
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if value is None or value == "":
            continue
        if isinstance(value, Path):
            value = value.resolve()
        values[f"PACTWATCH_{name.upper()}"] = str(value)
    return values


def run_services(
    settings: Settings, port: int, ready: str = "", *, more: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Run server and runner until SIGINT or SIGTERM, then stop all; raises ServiceError if one fails.

    With `Settings.prefect_api_url` the server is somebody else's and only the runner is started. `more` are further
    children by name, as arguments of the interpreter (``["-m", "cli", "serve"]``): they come last and stop first.
    """
    logs = settings.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    own_server = not settings.prefect_api_url
    api = settings.prefect_api_url or f"http://127.0.0.1:{port}/api"
    values = environment(settings) | {
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str((settings.data_dir / "prefect").resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    children: dict[str, subprocess.Popen[bytes]] = {}
    with _stop_requests() as stop:
        try:
            if own_server:
                server = ["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
                children["server"] = _start(server, values, logs / "prefect-server.log")
            _wait_until_healthy(api, children, stop, logs)
            if not stop:
                children["runner"] = _start(["-m", "flows.serve"], values, logs / "runner.log")
                for name, arguments in (more or {}).items():
                    children[name] = _start([*arguments], values, logs / f"{name}.log")
                log.info("up: %s", api)
                sys.stdout.write(ready.format(api=api))
                sys.stdout.flush()
            _watch(children, stop, logs)
        finally:
            for name in reversed(children):
                _stop(name, children[name])


def _start(arguments: list[str], values: Mapping[str, str], log_file: Path) -> subprocess.Popen[bytes]:
    with log_file.open("ab") as out:
        # A session of its own: Ctrl-C reaches this process alone, which then stops the children in order.
        return subprocess.Popen(
            [sys.executable, *arguments], env=dict(values), stdout=out, stderr=out, start_new_session=True
        )


@contextmanager
def _stop_requests() -> Iterator[list[int]]:
    """A list that SIGINT and SIGTERM append to; the former handlers come back at the end."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    former = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _wait_until_healthy(api: str, children: Mapping[str, subprocess.Popen[bytes]], stop: list[int], logs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stop:
        _fail_if_dead(children, logs)
        try:
            with urllib.request.urlopen(f"{api}/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError) as err:
            if time.monotonic() > deadline:
                raise ServiceError(f"Prefect's server at {api} does not answer: {err}; see {logs}") from err
        time.sleep(0.2)


def _watch(children: Mapping[str, subprocess.Popen[bytes]], stop: list[int], logs: Path) -> None:
    while not stop:
        _fail_if_dead(children, logs)
        time.sleep(0.2)


def _fail_if_dead(children: Mapping[str, subprocess.Popen[bytes]], logs: Path) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise ServiceError(f"the {name} ended with exit code {child.returncode}: see its log in {logs}")


def _stop(name: str, child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log.warning("the %s does not stop, killing it", name)
    # With it goes what it started and left behind, such as the process of a flow run: all of that may be killed.
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
