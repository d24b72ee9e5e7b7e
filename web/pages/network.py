"""Who works with whom, as a drawing with a table behind."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from search.pages_names import organisation_countries, organisation_names
from search.pages_network import network as build
from search.values import themes
from web.api.partnerships import network_filter
from web.context import SessionOf, SiteOf
from web.drawing import draw
from web.errors import NotFoundError
from web.links import Address
from web.pages.render import render
from web.parameters import NetworkAsked, PictureAsked
from web.picture import PNG_TYPE, SVG_TYPE, PictureError, png, svg
from web.streams import ABOUT, about

router = APIRouter()


@router.get("/network", response_class=HTMLResponse)
def network(
    request: Request, site: SiteOf, session: SessionOf, asked: Annotated[NetworkAsked, Query()]
) -> HTMLResponse:
    """The network of a theme, country, kind and period, or the circle of one organisation."""
    here = Address("/network", asked.pairs())
    found = build(session, network_filter(asked))
    centre = organisation_names(session, [asked.organisation]) if asked.organisation else {}
    return render(
        site,
        request,
        "network.html",
        asked=asked,
        address=here,
        network=found,
        drawing=draw(found),
        names={node.id: node.name for node in found.nodes},
        centre=centre.get(asked.organisation or 0),
        themes=sorted(themes(session).items(), key=lambda one: one[1]),
        countries=organisation_countries(session),
    )


@router.get("/network.{format}")
def network_picture(
    site: SiteOf,
    session: SessionOf,
    format: Literal["svg", "png"],  # noqa: A002  # the name of the parameter in the address
    asked: Annotated[PictureAsked, Query()],
) -> Response:
    """The drawing alone, to be saved, with a line below that says what it shows."""
    told = about(site, "network", asked)
    try:
        made = svg(site.templates, draw(build(session, network_filter(asked))), told.line() if asked.about else None)
        content = png(made, asked.width) if format == "png" else made
    except PictureError as error:
        raise NotFoundError(str(error)) from error
    headers = {"Content-Disposition": f'attachment; filename="network.{format}"', ABOUT: told.header()}
    return Response(content, media_type=PNG_TYPE if format == "png" else SVG_TYPE, headers=headers)
