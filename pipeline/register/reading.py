"""Reading a register file record by record, in constant memory: a JSON array or lines, plain, gzipped or zipped."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

from pipeline.errors import PipelineError
from pipeline.register.records import Entry, RecordError, entry_of

CHUNK = 1 << 18
"""Characters read at a time."""
MAX_RECORD = 1 << 24
"""Characters; a longer "record" is a file of another kind."""
SPACE = " \t\r\n"


class _DamagedError(ValueError):
    """The text is no JSON."""


DAMAGED = (_DamagedError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, EOFError, UnicodeDecodeError)


class RegisterFileError(PipelineError):
    """The file is no register, or a damaged one; the message says where and how to mend it."""


def read_register(path: Path) -> Iterator[Entry]:
    """The entries of a file, in its order.

    Raises RegisterFileError at the first record that is none, where the file is cut short, and where it has no record.
    """
    number = 0
    try:
        with ExitStack() as stack:
            for record in _records(_opened(path, stack)):
                number += 1
                yield entry_of(record)
    except RecordError as err:
        raise RegisterFileError(f"{path}: record {number}: {err}: give the ROR data dump as it was published") from err
    except DAMAGED as err:
        raise RegisterFileError(f"{path}: damaged after record {number} ({err}): fetch the file again") from err
    except OSError as err:
        raise RegisterFileError(f"{path}: {err.strerror or err}: check the path") from err
    if number == 0:
        raise RegisterFileError(f"{path}: holds no records: give the ROR data dump (JSON, or the zip it comes in)")


def _opened(path: Path, stack: ExitStack) -> IO[str]:
    with path.open("rb") as file:
        magic = file.read(4)
    if magic.startswith(b"PK"):
        packed = stack.enter_context(zipfile.ZipFile(path))
        names = sorted(name for name in packed.namelist() if name.lower().endswith(".json"))
        # Dumps of some years hold the same records in both schemas
        chosen = next((name for name in names if "schema_v2" in name), names[0] if names else None)
        if chosen is None:
            raise RegisterFileError(f"{path}: no .json file inside: give the ROR data dump as it was published")
        raw: IO[bytes] = stack.enter_context(packed.open(chosen))
    elif magic.startswith(b"\x1f\x8b"):
        raw = stack.enter_context(cast("IO[bytes]", gzip.open(path)))  # noqa: SIM115  # the stack closes it
    else:
        raw = stack.enter_context(path.open("rb"))
    return stack.enter_context(io.TextIOWrapper(raw, encoding="utf-8-sig"))


def _records(text: IO[str]) -> Iterator[Any]:
    """Every JSON value of an array, or of a sequence of values one after the other."""
    decoder = json.JSONDecoder()
    buffer, ended = "", False
    array: bool | None = None
    while True:
        buffer = buffer.lstrip(SPACE if array is None else SPACE + ",")
        if array is None and buffer:
            array = buffer[0] == "["
            buffer = buffer[1:] if array else buffer
            continue
        if array and buffer.startswith("]"):
            return
        if buffer:
            try:
                value, end = decoder.raw_decode(buffer)
            except json.JSONDecodeError as err:
                # Not whole yet, unless no more is to come
                if ended or len(buffer) > MAX_RECORD or not buffer.startswith("{"):
                    raise _DamagedError(f"not JSON, or cut short: {err.msg}") from err
            else:
                yield value
                buffer = buffer[end:]
                continue
        elif ended:
            if array:
                raise _DamagedError("the list does not end")
            return
        more = text.read(max(CHUNK, len(buffer)))
        ended = not more
        buffer += more
