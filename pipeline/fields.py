"""Whether the documents of a run have the fields that their source expects: a template change empties one silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, cast, func, select
from sqlalchemy import Text as TextType
from sqlalchemy.orm import Session

from config.sources import Expect
from models.crawl import Capture, CrawlRun
from models.crawl import Source as SourceRow
from models.document import Document
from pipeline.merge.dates import first_day
from pipeline.records import Extracted

LEAST_FILLED = 0.5
"""Share of a run's read documents that must have an expected field; single pages without one are normal."""
INCOMPLETE = "incomplete"

FILLED: dict[str, ColumnElement[bool]] = {
    "title": Document.title != Capture.url,  # what loading puts where there is none
    "published": Document.published.is_not(None),
    "authors": cast(Document.authors, TextType) != "[]",
}
"""When a field counts as filled."""


def check_fields(session: Session, run_ids: Sequence[str]) -> None:
    """Turn completed runs whose documents lack an expected field into ``incomplete`` ones, with the reason."""
    runs = session.execute(
        select(CrawlRun, SourceRow.declaration)
        .join(SourceRow, SourceRow.id == CrawlRun.source_id)
        .where(CrawlRun.id.in_(run_ids), CrawlRun.state == "completed")
    ).all()
    for run, declaration in runs:
        expected = Expect.model_validate((declaration or {}).get("expect", {})).fields
        lacking = _lacking(session, run.id, [name for name in expected if name in FILLED])
        if lacking:
            run.state, run.message = INCOMPLETE, f"{lacking}: see whether the site's pages have changed"


def lacking_in(read: Sequence[Extracted], expected: Sequence[str]) -> str | None:
    """The same verdict on documents that were read and not stored (`pactwatch sources check`); None: all is well."""
    has = {
        "title": [bool(one.title) for one in read],
        "published": [first_day(one.published) is not None for one in read],
        "authors": [bool(one.authors) for one in read],
    }
    return _poor(len(read), {name: sum(has[name]) for name in expected if name in has})


def _lacking(session: Session, run_id: str, names: Sequence[str]) -> str | None:
    if not names:
        return None
    total, *filled = session.execute(_counts(run_id, names)).one()
    return _poor(total, {name: number or 0 for name, number in zip(names, filled, strict=True)})


def _poor(total: int, filled: Mapping[str, int]) -> str | None:
    poor = [
        f"{total - number} of {total} documents have no {name}"
        for name, number in filled.items()
        if total and number < LEAST_FILLED * total
    ]
    return ", ".join(poor) or None


def _counts(run_id: str, names: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Number of documents that the run's captures became, and of those with each field filled."""
    filled = [func.sum(case((FILLED[name], 1), else_=0)) for name in names]
    read = Document.capture_id == Capture.id  # the present text came from this run
    return (
        select(func.count(Document.id), *filled)
        .select_from(Capture)
        .join(Document, read)
        .where(Capture.run_id == run_id)
    )
