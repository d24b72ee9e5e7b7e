"""Who works with whom, as a drawing with a table behind."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from search.pages_names import organisation_countries, organisation_names
from search.pages_network import network as build
from search.values import themes
from web.api.partnerships import network_filter
from web.context import SessionOf, SiteOf
from web.drawing import draw
from web.links import Address
from web.pages.render import render
from web.parameters import NetworkAsked

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


@router.get("/network.svg")
def network_svg(site: SiteOf, session: SessionOf, asked: Annotated[NetworkAsked, Query()]) -> Response:
    """The drawing alone, to be saved."""
    drawing = draw(build(session, network_filter(asked)))
    content = site.templates.get_template("network.svg").render(drawing=drawing)
    headers = {"Content-Disposition": 'attachment; filename="network.svg"'}
    return Response(content, media_type="image/svg+xml", headers=headers)
