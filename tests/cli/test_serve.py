"""`pactwatch serve` as a real process: it answers, keeps to this machine, and stops when told."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cli.crawls import ProcessCrawls
from cli.errors import CommandError
from cli.serve import secret_of
from tests.cli.calling import PROGRAM, ROOT, call, environment

PATIENCE = 120.0


def test_another_address_than_loopback_is_refused(tmp_path: Path) -> None:
    ran = call(tmp_path, "serve", "--host", "0.0.0.0")
    assert ran.code == 2
    assert "nobody has to log in" in ran.mistake


def test_another_address_is_listened_on_once_there_is_a_user(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("correct horse battery\n", encoding="utf8")
    assert call(tmp_path, "users", "add", "anna", "--password-file", file).code == 0
    ran = call(tmp_path, "serve", "--host", "192.0.2.1")  # an address that no machine has (RFC 5737)
    assert ran.code == 1
    assert "Cannot assign requested address" in ran.mistake


@pytest.mark.parametrize(
    ("content", "mode", "part"),
    [(b"short", 0o600, "no token"), (b"\xff" * 40, 0o600, "not UTF-8"), (b"x" * 40, 0o644, "chmod 600")],
)
def test_a_token_that_is_none_or_that_others_can_read_is_refused(
    tmp_path: Path, content: bytes, mode: int, part: str
) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(mode)
    ran = call(tmp_path, "serve", "--host", "0.0.0.0", "--token-file", file)
    assert ran.code == 2
    assert part in ran.mistake


def test_it_serves_one_name_and_ends_with_0_when_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as out:
        command = [*PROGRAM, "serve", "--port", "0"]
        values = environment(tmp_path, {})
        process = subprocess.Popen(command, cwd=ROOT, env=values, stdout=subprocess.PIPE, stderr=out)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().decode().split()[2]
        assert address.startswith("http://127.0.0.1:")
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"{address}/api/v1/themes", timeout=30) as answer:
                    assert json.load(answer) == {"items": []}
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.2)
        asked = urllib.request.Request(f"{address}/", headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, timeout=30)
        assert refused.value.code == 421
        refused.value.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert "GET /api/v1/themes 200" in log.read_text(encoding="utf8")


def test_the_secret_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    made = secret_of(tmp_path)
    assert len(made) == 32 and secret_of(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "web-secret").stat().st_mode) == 0o600


def test_a_target_that_cannot_be_crawled_is_refused_with_the_reason(tmp_path: Path) -> None:
    def refuse(target: str, depth: int, max_pages: int) -> None:
        raise CommandError(f"no source '{target}'")

    crawls = ProcessCrawls(environment(tmp_path, {}), refuse)
    with pytest.raises(ValueError, match="no source 'nonsense'"):
        crawls.start("nonsense", 0, 1)
    with pytest.raises(ValueError, match="name a source"):
        crawls.start("", 0, 1)
    crawls.close()


def test_a_crawl_that_fails_says_why(tmp_path: Path) -> None:
    crawls = ProcessCrawls(environment(tmp_path, {}), lambda *_: None)
    number = crawls.start("no-such-source", 0, 1)
    deadline = time.monotonic() + PATIENCE
    while (state := crawls.get(number)) is not None and state.state != "failed":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert state is not None and any("no source 'no-such-source'" in line for line in state.lines)
    assert [one.number for one in crawls.all()] == [number]
    crawls.close()
