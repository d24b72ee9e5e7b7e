"""The process that opens PDFs: ``python -m pipeline.extract.pdf_child``.

PDF files are hostile input to a large C library, so they are read where a crash, a hang or a gigabyte of memory takes
nothing along. It reads requests from standard input (8 bytes big-endian length, then the file) and answers on
standard output (8 bytes length, then JSON: ``outcome``, ``detail``, ``pages``, ``info``, ``heading``, and ``images``,
the pages, from 0, that are images without text). It ends when standard input closes.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys

from pipeline.extract.pdf_document import MEMORY_LIMIT, TOO_LARGE, read_file
from pipeline.extract.pdf_wire import LENGTH, receive


def main() -> None:
    """Serve until standard input closes."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A page makes thousands of small objects and no cycles: looking for these often costs a tenth of the time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    # Answers go to a private copy of standard output: a stray print of the library must not break the protocol.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (body := receive(sys.stdin.buffer)) is not None:
        answer = _answer(body)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _answer(body: bytes) -> bytes:
    try:
        return json.dumps(read_file(body)).encode("utf-8", "replace")
    except MemoryError:  # the answer itself, or what Python holds of the pages
        return json.dumps(TOO_LARGE).encode()


if __name__ == "__main__":
    main()
