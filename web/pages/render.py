"""A template as an answer."""

from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from web.context import Site, visitor_of
from web.forms import token

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
    values = {"here": request.url.path, "visitor": visitor_of(request)} | values
    return HTMLResponse(site.templates.get_template(template).render(**values), status)


def render_form(
    site: Site, request: Request, template: str, *, status: int = 200, kept: bool = False, **values: Any
) -> HTMLResponse:
    """The page of a template with a form that changes something: it has the form's `token`, and sets its cookie.

    What is not `kept` is never shown again from the browser's memory.
    """
    holder = Response()
    answer = render(site, request, template, status=status, token=token(site, request, holder), **values)
    answer.raw_headers.extend(header for header in holder.raw_headers if header[0] == b"set-cookie")
    if not kept:
        answer.headers["Cache-Control"] = "no-store"
    return answer
