"""Disks that are full or cannot be written: one line, a non-zero exit, and all that was stored is still there."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.calling import call, spawn

Mount = Callable[[str], Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mounts a small disk of memory; skips the test where this user may not."""
    place = tmp_path / "disk"
    place.mkdir()

    def of_size(size: str) -> Path:
        ended = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            pytest.skip(f"a small disk cannot be mounted here (needs root): {ended.stderr.strip()}")
        return place

    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    yield of_size
    with contextlib.suppress(subprocess.CalledProcessError):
        subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=True)


def fill(place: Path) -> Path:
    """Take all the room that is left."""
    path = place / "filler"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as out:
        while True:
            out.write(b"\0" * 4096)
    return path


@pytest.mark.parametrize(
    "command", [["partnerships"], ["reindex"], ["reprocess"], ["crawl", "http://127.0.0.1:9/", "--allow-private"]]
)
def test_a_data_folder_that_cannot_be_written_is_told_in_one_line(
    filled: Path, mount: Mount, command: list[str]
) -> None:
    place = mount("60m")
    shutil.copytree(filled, place / "data")
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    ran = call(place / "data", *command)
    assert ran.code == 1
    assert "writable" in ran.mistake
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    assert "Medical societies" in call(place / "data", "search", "societies").out


@pytest.mark.parametrize("command", [["reprocess"], ["crawl", "http://127.0.0.1:9/", "--allow-private"]])
def test_a_full_disk_ends_in_one_line_and_loses_nothing(filled: Path, mount: Mount, command: list[str]) -> None:
    place = mount("60m")
    shutil.copytree(filled, place / "data")
    before = call(place / "data", "search", "health", "--json").out
    filler = fill(place)
    ran = call(place / "data", *command)
    assert ran.code == 1
    assert "room" in ran.mistake
    filler.unlink()
    assert call(place / "data", "search", "health", "--json").out == before


@pytest.mark.parametrize("command", [["search", "health"], ["reindex"]])
def test_an_index_for_which_there_is_no_room_is_told_in_one_line(
    filled: Path, mount: Mount, command: list[str]
) -> None:
    place = mount("300k")
    filler = fill(place)
    ran = call(filled, *command, PACTWATCH_INDEX_DIR=str(place / "index"))
    assert ran.code == 1
    assert "No space left on device" in ran.mistake
    filler.unlink()
    with (place / "filler").open("wb") as out:
        out.write(b"\0" * 250_000)  # room to begin, but not to end
    assert "No space left on device" in call(filled, *command, PACTWATCH_INDEX_DIR=str(place / "index")).mistake


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx"])
def test_an_export_for_which_there_is_no_room_leaves_no_file(filled: Path, mount: Mount, ending: str) -> None:
    place = mount("64k")
    fill(place)
    ran = spawn(filled, "export", "mentions", "-o", place / f"all.{ending}")
    assert ran.code == 1
    assert "No space left on device" in ran.mistake
    assert [path.name for path in place.iterdir()] == ["filler"]
