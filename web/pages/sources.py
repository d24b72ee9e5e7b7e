"""Sources: how they stand, and a calendar that tells a quiet month from a broken crawl."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from search.pages_sources import Coverage, coverage, get_run, get_source, list_sources
from search.runs import list_runs, outcome_table, outcomes
from web.api.runs import RunId, SourceId
from web.context import SessionOf, SiteOf, today, visitor_of
from web.errors import NotFoundError
from web.pages.render import render

router = APIRouter()
MONTHS = 12
RUNS_SHOWN = 20
URLS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """A source in a month."""

    month: str
    state: str
    """``green``, ``mixed``, ``broken`` or ``none``: how the crawl runs of the month ended."""
    found: Coverage | None

    @property
    def published(self) -> int:
        """Documents that bear a date of this month."""
        return self.found.published if self.found else 0


def calendar(rows: Sequence[Coverage], end: date, months: int = MONTHS) -> dict[str, list[Cell]]:
    """For each source the cells of the last months, oldest first."""
    held: dict[str, dict[str, Coverage]] = defaultdict(dict)
    for row in rows:
        held[row.source][row.month] = row
    names = months_until(end, months)
    return {source: [_cell(name, cells.get(name)) for name in names] for source, cells in held.items()}


def months_until(end: date, months: int) -> list[str]:
    """The last months, the one of `end` included, oldest first."""
    last = end.year * 12 + end.month - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(last - months + 1, last + 1)]


def _cell(month: str, found: Coverage | None) -> Cell:
    if found is None or not (found.green or found.not_green):
        return Cell(month, "none", found)
    state = "mixed" if found.green and found.not_green else "green" if found.green else "broken"
    return Cell(month, state, found)


@router.get("/sources", response_class=HTMLResponse)
def sources(request: Request, site: SiteOf, session: SessionOf) -> HTMLResponse:
    """All sources."""
    months = months_until(today(), MONTHS)
    return render(
        site,
        request,
        "sources.html",
        rows=list_sources(session),
        months=months,
        calendar=calendar(coverage(session, since=months[0]), today()),
        runs=list_runs(session, limit=RUNS_SHOWN),
        can_crawl=site.crawls is not None and visitor_of(request).may("editor"),
    )


@router.get("/sources/{name}", response_class=HTMLResponse)
def source(request: Request, site: SiteOf, session: SessionOf, name: SourceId) -> HTMLResponse:
    """One source with its runs."""
    row = get_source(session, name)
    if row is None:
        raise NotFoundError(f"there is no source {name!r}")
    found = coverage(session, name)
    return render(
        site,
        request,
        "source.html",
        source=row,
        months=months_until(today(), 2 * MONTHS),
        cells=calendar(found, today(), 2 * MONTHS).get(name, []),
        coverage=list(reversed(found)),
        runs=list_runs(session, source=name, limit=RUNS_SHOWN),
        can_crawl=site.crawls is not None and visitor_of(request).may("editor"),
    )


@router.get("/runs/{number}", response_class=HTMLResponse)
def run(request: Request, site: SiteOf, session: SessionOf, number: RunId) -> HTMLResponse:
    """One run: what became of its URLs."""
    row = get_run(session, number)
    if row is None:
        raise NotFoundError(f"there is no run {number!r}")
    return render(
        site,
        request,
        "run.html",
        run=row,
        counts=outcome_table(session, [number]),
        urls=outcomes(session, number, limit=URLS_SHOWN),
        most=URLS_SHOWN,
    )
