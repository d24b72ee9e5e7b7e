"""Whole lists as files: made while they are sent, so that the first byte comes at once and memory stays constant."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from models.base import now
from models.session import read_session
from search.about import About, asked_for
from search.export import CHUNK, MEDIA_TYPES, WRITERS
from search.tables import Columns
from web.context import Site
from web.parameters import Asked, FileAsked

FileFormat = Literal["csv", "jsonl", "parquet", "xlsx"]
DocumentFormat = Literal["csv", "jsonl", "parquet", "xlsx", "bib", "ris"]
"""Documents can be cited, too."""
Rows = Callable[[Session], Iterable[Mapping[str, Any]]]
FIRST = 50
"""Rows of the first chunk: few, so that it comes quickly."""
PLACES = ("limit", "offset", "after", "about", "width")
"""Parameters that do not say what a file holds."""
ABOUT = "Pactwatch-About"
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole list as a file",
        "content": {media.partition(";")[0]: {"schema": {"type": "string"}} for media in MEDIA_TYPES.values()},
        "headers": {ABOUT: {"description": "What was asked, when, how sources stood", "schema": {"type": "string"}}},
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


def pieces(
    rows: Iterable[Mapping[str, Any]], columns: Columns, file_format: str, about: About | None = None
) -> Iterator[bytes]:
    """A table in the format, piece by piece; what stands above the rows comes before the first is read."""
    pipe = _Pipe()
    writer: Any = WRITERS[file_format](columns, pipe, about)
    source, size = iter(rows), FIRST
    try:
        if piece := pipe.take():
            yield piece
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


def about(site: Site, what: str, asked: Asked) -> About:
    """What a file of the site says of itself now."""
    held = asked_for(pair for pair in asked.pairs() if pair[0] not in PLACES)
    with read_session(site.engine) as session:
        return About(what, held, now(), site.coverage.told(session))


def file_answer(
    site: Site, asked: FileAsked, rows: Rows, columns: Columns, *, name: str, file_format: str
) -> StreamingResponse:
    """The answer with a whole list; it opens its own session, which lives until the last row is sent."""
    told = about(site, name, asked)

    def sending() -> Iterator[bytes]:
        with read_session(site.engine) as session:
            yield from pieces(rows(session), columns, file_format, told if asked.about else None)

    headers = {"Content-Disposition": f'attachment; filename="{name}.{file_format}"', ABOUT: told.header()}
    return StreamingResponse(sending(), media_type=MEDIA_TYPES[file_format], headers=headers)
