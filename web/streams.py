"""Whole lists as files: made while they are sent, so that the first byte comes at once and memory stays constant."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from models.session import read_session
from search.export import CHUNK, MEDIA_TYPES, WRITERS
from search.tables import Columns

FileFormat = Literal["csv", "jsonl", "parquet", "xlsx"]
Rows = Callable[[Session], Iterable[Mapping[str, Any]]]
FIRST = 50
"""Rows of the first chunk: few, so that it comes quickly."""
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole list as a file",
        "content": {media.partition(";")[0]: {"schema": {"type": "string"}} for media in MEDIA_TYPES.values()},
    }
}


class _Pipe(io.RawIOBase):
    """Where a writer writes and the answer takes from."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._held = b"".join(self._held), []
        return taken


def pieces(rows: Iterable[Mapping[str, Any]], columns: Columns, file_format: str) -> Iterator[bytes]:
    """A table in the format, piece by piece."""
    pipe = _Pipe()
    writer: Any = WRITERS[file_format](columns, pipe)
    source, size = iter(rows), FIRST
    try:
        while chunk := list(islice(source, size)):
            writer.write(chunk)
            size = CHUNK
            if piece := pipe.take():
                yield piece
        writer.close()
    except BaseException:  # also where whoever reads it goes away; only what the writer holds is released
        writer.abandon()
        raise
    yield pipe.take()


def file_answer(engine: Engine, rows: Rows, columns: Columns, name: str, file_format: str) -> StreamingResponse:
    """The answer with a whole list; it opens its own session, which lives until the last row is sent."""

    def sending() -> Iterator[bytes]:
        with read_session(engine) as session:
            yield from pieces(rows(session), columns, file_format)

    headers = {"Content-Disposition": f'attachment; filename="{name}.{file_format}"'}
    return StreamingResponse(sending(), media_type=MEDIA_TYPES[file_format], headers=headers)
