"""Partnerships: the table with its filters, and one with its life and everyone who reports it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse

from search.pages_partnerships import count_partnerships
from search.partnerships import PartnershipRow, get_partnership, list_partnerships
from search.values import themes
from web.context import SessionOf, SiteOf, today
from web.errors import NotFoundError
from web.links import Address
from web.pages.render import render
from web.parameters import MOST_ID, PartnershipsAsked

router = APIRouter()
SORTS = {
    "reported": "Last reported",
    "signed": "Signed",
    "expires": "Expires",
    "confidence": "Confidence",
    "sources": "Sources",
}
SOON = 365
"""Days within which an agreement expires soon."""


@dataclass(frozen=True, slots=True)
class Step:
    """An event in the life of a partnership."""

    on: str
    """Partial ISO date; empty where it is not known."""
    what: str
    detail: str = ""
    document: int | None = None
    future: bool = False


@router.get("/partnerships", response_class=HTMLResponse)
def partnerships(
    request: Request, site: SiteOf, session: SessionOf, asked: Annotated[PartnershipsAsked, Query()]
) -> HTMLResponse:
    """The table."""
    here = Address("/partnerships", asked.pairs())
    wanted = asked.filter(today())
    rows = list_partnerships(session, wanted)
    return render(
        site,
        request,
        "partnerships.html",
        asked=asked,
        address=here,
        rows=rows,
        counts=count_partnerships(session, wanted),
        following=str(here.set("after", rows[-1].cursor)) if len(rows) == asked.limit else None,
        sorts=SORTS,
        soon=SOON,
        themes=sorted(themes(session).items(), key=lambda one: one[1]),
    )


@router.get("/partnerships/{number}", response_class=HTMLResponse)
def partnership(
    request: Request, site: SiteOf, session: SessionOf, number: Annotated[int, Path(ge=1, le=MOST_ID)]
) -> HTMLResponse:
    """One partnership."""
    row = get_partnership(session, number)
    if row is None:
        raise NotFoundError(f"there is no partnership {number}")
    stories = list(dict.fromkeys(report.story for report in row.reports))
    return render(
        site,
        request,
        "partnership.html",
        partnership=row,
        steps=life(row),
        source_of={story: place for place, story in enumerate(stories, 1)},
    )


def life(row: PartnershipRow) -> list[Step]:
    """What happened when, in order: reports, signature, end of the term; undated reports come last."""
    steps = [
        Step(report.published or "", f"Reported as {report.status}", report.source, report.document_id)
        for report in row.reports
    ]
    if row.signed:
        steps.append(Step(row.signed, "Signed"))
    if row.expires:
        future = row.expires >= today().isoformat()[: len(row.expires)]
        steps.append(Step(row.expires, "Expires" if future else "Expired", _term(row), future=future))
    # A month counts as its first day: what is known to the day within it stands behind.
    return sorted(steps, key=lambda step: (not step.on, step.on, step.what != "Signed"))


def _term(row: PartnershipRow) -> str:
    return f"after {row.duration_months} months" if row.duration_months else ""
