from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from pipeline.spool import RunNote, discard, hold, read_note, run_folders


def test_a_lock_is_held_once(spool: Path) -> None:
    with hold(spool / "run") as first, hold(spool / "run") as second:
        assert first is not None
        assert second is None


def test_a_lock_is_free_again_and_its_file_gone_with_the_folder(spool: Path) -> None:
    (spool / "run").mkdir()
    with hold(spool / "run"):
        pass
    assert (spool / "run.lock").exists()
    with hold(spool / "run") as again:
        assert again is not None
        (spool / "run").rmdir()
    assert list(spool.iterdir()) == []


def test_a_subprocess_keeps_the_lock_until_it_is_killed(spool: Path) -> None:
    (spool / "run").mkdir()
    with hold(spool / "run") as lock:
        assert lock is not None
        sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    with hold(spool / "run") as other:
        assert other is None
    os.kill(sleeper.pid, signal.SIGKILL)
    sleeper.wait()
    assert sleeper.stdin is not None
    sleeper.stdin.close()
    with hold(spool / "run") as free:
        assert free is not None


def test_what_killed_removals_left_is_cleared_away(spool: Path) -> None:
    (spool / ".trash-old" / "deep").mkdir(parents=True)
    (spool / "gone.lock").touch()
    (spool / "run").mkdir()
    (spool / "run.lock").touch()
    assert run_folders(spool) == [spool / "run"]
    assert sorted(path.name for path in spool.iterdir()) == ["run", "run.lock"]


def test_a_held_lock_without_a_folder_stays(spool: Path) -> None:
    with hold(spool / "new"):
        assert run_folders(spool) == []
        assert (spool / "new.lock").exists()


def test_a_discarded_folder_is_gone(spool: Path) -> None:
    (spool / "run").mkdir()
    (spool / "run" / "file").touch()
    discard(spool / "run")
    assert list(spool.iterdir()) == []


def test_a_note_comes_back_as_it_was_written(spool: Path) -> None:
    note = RunNote("demo", "2024-05-01T00:00:00+00:00")
    note.write(spool / "run")
    assert read_note(spool / "run") == note


def test_a_folder_without_a_note_is_an_ad_hoc_run(spool: Path) -> None:
    (spool / "run").mkdir()
    assert read_note(spool / "run").trigger == "ad-hoc"
