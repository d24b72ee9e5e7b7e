"""``python -m pipeline.tether PARENT COMMAND…``: become COMMAND, which the kernel ends when process PARENT dies.

A crawl whose parent was killed shall not go on unseen. The wish has to be made in the child (prctl(2),
PR_SET_PDEATHSIG) and outlives exec, so a small program makes it and then becomes the crawl: that is safe with threads,
where `preexec_fn` of `subprocess` is not. Where the system has no prctl the child is simply not tethered.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tether this process, then become the command."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        # SIGTERM, not SIGKILL: the crawl ends in order and says so in its files.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != parent:  # it died before the wish was made
            sys.exit(1)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
