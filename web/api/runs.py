"""Sources, their crawl runs, and what became of each URL."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from search.pages_sources import Coverage, SourceRow, coverage, get_run, get_source, list_sources, runs_page
from search.query import QueryError
from search.runs import RunRow
from search.tables import OUTCOME_TYPES, outcome_rows
from web.api.lists import Listed, listed
from web.context import SessionOf, SiteOf
from web.errors import NotFoundError
from web.parameters import FileAsked, RunsAsked
from web.streams import FILES, FileFormat, file_answer

router = APIRouter(tags=["sources"])
SourceId = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9-]+$", examples=["adhoc"])]
RunId = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9-]+$")]
Whole = Annotated[FileAsked, Query()]
SOURCE_COLUMNS = {
    "id": str, "name": str, "kind": str, "home": str, "country": str, "language": str, "last_crawled_at": datetime,
    "documents": int, "latest_published": str, "state": str, "message": str, "runs": int,
}  # fmt: skip
COVERAGE_COLUMNS = {
    "source": str, "month": str, "published": int, "first_seen": int, "green": int, "not_green": int,
}  # fmt: skip
RUN_COLUMNS = {
    "id": str, "source_id": str, "source": str, "trigger": str, "started_at": datetime, "finished_at": datetime,
    "state": str, "message": str, "fetched": int, "unchanged": int, "filtered": int, "failed": int, "unreachable": int,
}  # fmt: skip


class RunsAsks(RunsAsked, extra="forbid"):
    """Runs through the API: an unknown parameter is an error."""


class RunsFileAsks(RunsAsks, FileAsked):
    """Runs as a file."""


class Sources(BaseModel):
    """Every source."""

    items: list[SourceRow]


class SourceWithMonths(BaseModel):
    """One source, with what it yielded by month."""

    source: SourceRow
    months: list[Coverage]


@router.get("/sources")
def sources(session: SessionOf) -> Sources:
    """Every source with the state of its last run."""
    return Sources(items=list_sources(session))


@router.get("/sources.{format}", responses=FILES, response_class=StreamingResponse)
def sources_file(site: SiteOf, format: FileFormat, asked: Whole) -> StreamingResponse:  # noqa: A002
    """The same as a file."""
    return file_answer(
        site,
        asked,
        lambda session: map(asdict, list_sources(session)),
        SOURCE_COLUMNS,
        name="sources",
        file_format=format,
    )


@router.get("/coverage.{format}", responses=FILES, response_class=StreamingResponse)
def coverage_file(site: SiteOf, format: FileFormat, asked: Whole) -> StreamingResponse:  # noqa: A002
    """What each source yielded by month, and how its runs ended, as a file."""
    return file_answer(
        site,
        asked,
        lambda session: map(asdict, coverage(session)),
        COVERAGE_COLUMNS,
        name="coverage",
        file_format=format,
    )


@router.get("/sources/{name}")
def source(session: SessionOf, name: SourceId) -> SourceWithMonths:
    """One source, with what it yielded by month."""
    row = get_source(session, name)
    if row is None:
        raise NotFoundError(f"there is no source {name!r}: /api/v1/sources lists them")
    return SourceWithMonths(source=row, months=coverage(session, name))


@router.get("/runs")
def runs(
    request: Request, response: Response, session: SessionOf, asked: Annotated[RunsAsks, Query()]
) -> Listed[RunRow]:
    """Crawl runs, the latest first."""
    rows = runs_page(session, source=asked.source, state=asked.state, after=_place(asked.after), limit=asked.limit)
    more = len(rows) == asked.limit
    return listed(request, response, asked, rows, _cursor(rows[-1]) if more else None)


def _cursor(row: RunRow) -> str:
    return f"{row.started_at.isoformat()}~{row.id}"


def _place(text: str | None) -> tuple[datetime, str] | None:
    """A cursor read; raises `QueryError` where it is none."""
    if text is None:
        return None
    moment, _, number = text.partition("~")
    try:
        found = datetime.fromisoformat(moment)
        if found.tzinfo is None or not 1900 < found.year < 3000:
            raise ValueError(text)
    except ValueError:
        raise QueryError(f"{text!r} is no place in this list: take it from the page before") from None
    return found, number


@router.get("/runs.{format}", responses=FILES, response_class=StreamingResponse)
def runs_file(
    site: SiteOf,
    format: FileFormat,  # noqa: A002
    asked: Annotated[RunsFileAsks, Query()],
) -> StreamingResponse:
    """All runs as a file; `limit` does not count."""
    after = _place(asked.after)
    return file_answer(
        site, asked, lambda session: every_run(session, asked, after), RUN_COLUMNS, name="runs", file_format=format
    )


def every_run(session: Session, asked: RunsAsked, after: tuple[datetime, str] | None) -> Iterator[dict[str, Any]]:
    """All runs, page after page."""
    while rows := runs_page(session, source=asked.source, state=asked.state, after=after, limit=500):
        for row in rows:
            yield asdict(row) | row.counts
        after = (rows[-1].started_at, rows[-1].id)


@router.get("/runs/{number}/outcomes.{format}", responses=FILES, response_class=StreamingResponse)
def outcomes_file(
    site: SiteOf,
    session: SessionOf,
    number: RunId,
    format: FileFormat,  # noqa: A002
    asked: Whole,
) -> StreamingResponse:
    """What became of each URL of a run, as a file."""
    if get_run(session, number) is None:
        raise NotFoundError(f"there is no run {number!r}: /api/v1/runs lists them")
    return file_answer(
        site,
        asked,
        lambda reading: outcome_rows(reading, number),
        OUTCOME_TYPES,
        name=f"outcomes-{number}",
        file_format=format,
    )
