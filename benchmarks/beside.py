"""What a benchmark measures against as a process of its own, so that its processor time and memory are not ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def beside(module: str, *arguments: object) -> Iterator[str]:
    """Run ``python -m MODULE ARGUMENTS`` while the block lasts; yields the first line that it prints, when it is ready.

    Raises RuntimeError where it ends before it prints one.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if not (line := process.stdout.readline() if process.stdout else ""):
                raise RuntimeError(f"{module} ended before it served anything")
            yield line.strip()
        finally:
            process.terminate()
