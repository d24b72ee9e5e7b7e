"""Partnerships: the table with its filters, and one with its life and everyone who reports it."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from search.merged import is_id, named_organisations
from search.pages_partnerships import count_partnerships
from search.partnerships import PartnershipRow, get_partnership, list_partnerships
from search.values import themes
from search.watches import of_parties
from web.context import SessionOf, Site, SiteOf, VisitorOf, today
from web.errors import NotFoundError
from web.links import Address
from web.pages.render import render, render_form
from web.pages.watch import buttons
from web.parameters import MOST_ID, Flag, PartnershipsAsked
from web.visits import look_at_partnerships, remember

router = APIRouter()
SORTS = {
    "reported": "Last reported",
    "signed": "Signed",
    "expires": "Expires",
    "confidence": "Confidence",
    "sources": "Sources",
    "added": "Newest here",
}
WATCHED = ("with", "kind", "status", "theme", "since", "until", "min_confidence")
"""Filters of the table that a watch of partnerships knows, too."""
SOON = 365
"""Days within which an agreement expires soon."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name asked for that no organisation bears."""

    name: str
    near: list[tuple[str, str]]
    """Names that may be meant, each with the address of the table with it instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """An event in the life of a partnership."""

    on: str
    """Partial ISO date; empty where it is not known."""
    what: str
    detail: str = ""
    document: int | None = None
    future: bool = False


class TableAsked(PartnershipsAsked):
    """The table, which also knows its visitor."""

    new: Flag = False
    """Only what has come since their last visit."""


@router.get("/partnerships", response_class=HTMLResponse)
def partnerships(
    request: Request, site: SiteOf, session: SessionOf, asked: Annotated[TableAsked, Query()]
) -> HTMLResponse:
    """The table, with a mark on what has come since the visitor's last visit."""
    here = Address("/partnerships", asked.pairs())
    present, last = look_at_partnerships(request, site, session)
    wanted = asked.filter(today())
    fresh = replace(wanted, added_after=max(present.before, asked.added_after or 0))
    wanted = fresh if asked.new else wanted
    rows = list_partnerships(session, wanted)
    kept = tuple((name, value) for name, value in here.pairs if name in WATCHED)
    whole = here.set("new", None)
    answer = render(
        site,
        request,
        "partnerships.html",
        asked=asked,
        address=here,
        whole=whole.set("added_after", fresh.added_after) if asked.new else whole,
        watch=Address("/saved", (("about", "partnerships"), ("query", str(Address("", kept))[1:]))),
        rows=rows,
        since=present.before,
        fresh=count_partnerships(session, fresh).total if present.before < present.seen and not asked.new else 0,
        first=last is None,
        unknown=[] if rows else _unknown(site, session, asked.with_, here),
        counts=count_partnerships(session, wanted),
        following=str(here.set("after", rows[-1].cursor)) if len(rows) == asked.limit else None,
        sorts=SORTS,
        soon=SOON,
        themes=sorted(themes(session).items(), key=lambda one: one[1]),
    )
    remember(request, site, answer, present, last)
    return answer


def _unknown(site: Site, session: Session, names: list[str], here: Address) -> list[Unknown]:
    """Of the names asked for those that no organisation bears, each with the nearest that there are."""
    found = []
    for name in names:
        if not is_id(name) and not named_organisations(session, [name]):
            near = [one.name for one in site.suggestions.names().nearest(name)]
            pairs = [tuple((key, one if value == name else value) for key, value in here.pairs) for one in near]
            found.append(
                Unknown(name, [(one, str(Address(here.path, new))) for one, new in zip(near, pairs, strict=True)])
            )
    return found


@router.get("/partnerships/{number}", response_class=HTMLResponse)
def partnership(
    request: Request,
    site: SiteOf,
    session: SessionOf,
    visitor: VisitorOf,
    number: Annotated[int, Path(ge=1, le=MOST_ID)],
) -> HTMLResponse:
    """One partnership."""
    row = get_partnership(session, number)
    if row is None:
        raise NotFoundError(f"there is no partnership {number}")
    stories = list(dict.fromkeys(report.story for report in row.reports))
    watches = of_parties([(party.id, party.name) for party in row.parties])
    return render_form(
        site,
        request,
        "partnership.html",
        kept=True,
        watch=buttons(site, session, visitor, f"partnerships/{number}", watches),
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
