"""Themes: how often, when, together with which others."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from search.pages_themes import (
    Leader,
    ThemeMonth,
    ThemePair,
    ThemeTotals,
    leading_organisations,
    theme_months,
    theme_pairs,
    theme_totals,
)
from web.context import SessionOf, SiteOf
from web.errors import NotFoundError
from web.parameters import FileAsked
from web.streams import FILES, FileFormat, Rows, file_answer

router = APIRouter(tags=["themes"])
Whole = Annotated[FileAsked, Query()]


class Themes(BaseModel):
    """Every theme."""

    items: list[ThemeTotals]


class Theme(BaseModel):
    """One theme."""

    theme: ThemeTotals
    months: list[ThemeMonth]
    organisations: list[Leader]
    together: list[ThemePair]


@router.get("/themes")
def themes(session: SessionOf) -> Themes:
    """Every theme with its documents and partnerships, the most frequent first."""
    return Themes(items=theme_totals(session))


def _rows(read: Any) -> Rows:
    return lambda session: [asdict(row) for row in read(session)]


@router.get("/themes.{format}", responses=FILES, response_class=StreamingResponse)
def themes_file(site: SiteOf, format: FileFormat, asked: Whole) -> StreamingResponse:  # noqa: A002
    """The same as a file."""
    columns = {"id": str, "label": str, "documents": int, "partnerships": int}
    return file_answer(site, asked, _rows(theme_totals), columns, name="themes", file_format=format)


@router.get("/theme-months.{format}", responses=FILES, response_class=StreamingResponse)
def months_file(site: SiteOf, format: FileFormat, asked: Whole) -> StreamingResponse:  # noqa: A002
    """Documents of every theme by month of publication, as a file."""
    columns = {"theme": str, "month": str, "documents": int}
    return file_answer(site, asked, _rows(theme_months), columns, name="theme-months", file_format=format)


@router.get("/theme-pairs.{format}", responses=FILES, response_class=StreamingResponse)
def pairs_file(site: SiteOf, format: FileFormat, asked: Whole) -> StreamingResponse:  # noqa: A002
    """Themes that documents have together, as a file."""
    columns = {"one": str, "other": str, "documents": int}
    return file_answer(site, asked, _rows(theme_pairs), columns, name="theme-pairs", file_format=format)


@router.get("/themes/{name}")
def theme(session: SessionOf, name: str) -> Theme:
    """One theme: by month, its leading organisations, the themes it comes with."""
    total = next((one for one in theme_totals(session) if one.id == name), None)
    if total is None:
        raise NotFoundError(f"there is no theme {name!r}: /api/v1/themes lists them")
    pairs = [pair for pair in theme_pairs(session) if name in (pair.one, pair.other)]
    return Theme(
        theme=total,
        months=theme_months(session, name),
        organisations=leading_organisations(session, name),
        together=pairs,
    )
