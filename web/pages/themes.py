"""Themes: their trend, who leads, and which come together."""

from collections import defaultdict

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from search.pages_themes import ThemePair, leading_organisations, theme_months, theme_pairs, theme_totals
from search.partnerships import PartnershipFilter, list_partnerships
from search.watches import of_theme
from web import charts
from web.context import SessionOf, SiteOf, VisitorOf
from web.errors import NotFoundError
from web.pages.render import render, render_form
from web.pages.watch import buttons

router = APIRouter()
MATRIX = 14
"""Themes of the table of pairs: the most frequent."""
AGREEMENTS_SHOWN = 10


@router.get("/themes", response_class=HTMLResponse)
def themes(request: Request, site: SiteOf, session: SessionOf) -> HTMLResponse:
    """All themes with their years, and which come together."""
    totals = theme_totals(session)
    pairs = theme_pairs(session)
    first, last, by_year = _years(session)
    return render(
        site,
        request,
        "themes.html",
        totals=totals,
        sparks={one.id: charts.spark([by_year[one.id][year] for year in range(first, last + 1)]) for one in totals},
        by_year=by_year,
        years=range(first, last + 1),
        matrix=totals[:MATRIX],
        together=_together(pairs),
        most=max((pair.documents for pair in pairs), default=0),
    )


def _years(session: Session) -> tuple[int, int, dict[str, dict[int, int]]]:
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in theme_months(session):
        found[row.theme][int(row.month[:4])] += row.documents
    seen = [year for years in found.values() for year in years]
    return min(seen, default=0), max(seen, default=-1), found


def _together(pairs: list[ThemePair]) -> dict[tuple[str, str], int]:
    return {pair: row.documents for row in pairs for pair in ((row.one, row.other), (row.other, row.one))}


@router.get("/themes/{name}", response_class=HTMLResponse)
def theme(request: Request, site: SiteOf, session: SessionOf, visitor: VisitorOf, name: str) -> HTMLResponse:
    """One theme."""
    totals = {one.id: one for one in theme_totals(session)}
    if name not in totals:
        raise NotFoundError(f"there is no theme {name!r}")
    months = theme_months(session, name)
    others = [
        (totals[pair.other if pair.one == name else pair.one], pair.documents)
        for pair in theme_pairs(session)
        if name in (pair.one, pair.other)
    ]
    return render_form(
        site,
        request,
        "theme.html",
        kept=True,
        watch=buttons(site, session, visitor, f"themes/{name}", of_theme(name, totals[name].label)),
        theme=totals[name],
        chart=charts.months((one.month, one.documents) for one in months),
        leaders=leading_organisations(session, name),
        others=others,
        agreements=list_partnerships(session, PartnershipFilter(theme=name, limit=AGREEMENTS_SHOWN)),
    )
