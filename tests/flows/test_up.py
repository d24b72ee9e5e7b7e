"""`pactwatch up` as a real process: server, schedule and runner come, work and go together."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from tests.flows.conftest import Prepare
from tests.flows.seen import artifact, ask, documents, without_prefect

PATIENCE = 240.0
"""Seconds that the test waits for something before it gives up; far more than a slow machine needs."""


@pytest.mark.timeout(600)
def test_up_serves_the_schedule_runs_what_is_asked_and_stops_on_ctrl_c(
    prepare: Prepare, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACTWATCH_NIGHTLY_CRON", "30 3 * * *")
    monkeypatch.setenv("PACTWATCH_TIMEZONE", "Europe/Vienna")
    settings = prepare(sqlite_url, ["sample-programme", "sample-podcast"])
    log = tmp_path / "up.log"
    port, pages = _free_port(), _free_port()
    with log.open("wb") as out:
        command = [
            sys.executable,
            "-c",
            "from cli.main import main; main()",
            "up",
            "--port",
            str(port),
            "--web-port",
            str(pages),
        ]
        up = subprocess.Popen(command, stdout=out, stderr=out, env=without_prefect())
    family: list[psutil.Process] = []
    try:
        _wait(lambda: "Pactwatch is up" in log.read_text(encoding="utf8"), up)
        api = f"http://127.0.0.1:{port}/api"
        _wait(lambda: _answers(f"http://127.0.0.1:{pages}/sources"), up)
        _wait(lambda: len(ask(api, "/deployments/filter", {})) == 3, up)
        nightly = ask(api, "/deployments/name/nightly/nightly")
        (schedule,) = nightly["schedules"]
        assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == ("30 3 * * *", "Europe/Vienna")
        assert schedule["active"]
        others = [ask(api, f"/deployments/name/{name}") for name in ("crawl/ad-hoc", "reprocess/reprocess")]
        assert [one["schedules"] for one in others] == [[], []]

        asked = {"parameters": {"params": {"force": True}}}
        run = ask(api, f"/deployments/{nightly['id']}/create_flow_run", asked)
        ended = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        _wait(lambda: ask(api, f"/flow_runs/{run['id']}")["state_type"] in ended, up)
        assert ask(api, f"/flow_runs/{run['id']}")["state_type"] == "COMPLETED"
        assert artifact(api, run["id"]).startswith("# 2 sources, 1 not green\n")
        assert len(documents(settings)) == 1

        # Ctrl-C in the middle of a run: the run is cut off and nothing of it lives on.
        ask(api, f"/deployments/{nightly['id']}/create_flow_run", asked)
        _wait(lambda: _crawls(up.pid), up)
        family = psutil.Process(up.pid).children(recursive=True)
        up.send_signal(signal.SIGINT)
        assert up.wait(PATIENCE) == 0, log.read_text(encoding="utf8")
        _, alive = psutil.wait_procs(family, timeout=PATIENCE)
        assert alive == []
    finally:
        for process in (*family, up):
            if process.pid and psutil.pid_exists(process.pid):
                process.kill()


def test_up_ends_with_one_line_where_the_port_is_taken(prepare: Prepare, sqlite_url: str, tmp_path: Path) -> None:
    prepare(sqlite_url, [])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-c", "from cli.main import main; main()", "up", "--web-port", "0", "--port"]
        port = str(taken.getsockname()[1])
        done = subprocess.run([*command, port], capture_output=True, text=True, env=without_prefect(), check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "the server ended with exit code" in done.stderr


def _answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(address, timeout=30) as answer:
        return bool(answer.status == 200)
    return False


def _crawls(pid: int) -> list[psutil.Process]:
    """The crawls under way among the descendants of a process."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "crawlers" in process.cmdline():
                found.append(process)
    return found


def _wait(condition: Callable[[], Any], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, "it ended of itself"
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
