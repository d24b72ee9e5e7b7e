"""A template as an answer."""

from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse

from web.context import Site

SECTIONS = (
    ("/", "Search"),
    ("/partnerships", "Partnerships"),
    ("/organisations", "Organisations"),
    ("/themes", "Themes"),
    ("/network", "Network"),
    ("/sources", "Sources"),
)
"""The navigation: address and name."""


def render(site: Site, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of a template; `section` marks the place in the navigation."""
    content = site.templates.get_template(template).render(here=request.url.path, **values)
    return HTMLResponse(content, status)
