"""The query language and the API, explained."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from web.context import SiteOf
from web.pages.render import render

router = APIRouter()
LISTS = (
    ("/api/v1/search", "Documents that a query finds", "?q=memorandum"),
    ("/api/v1/timeline", "The same by month of publication", "?q=memorandum"),
    ("/api/v1/documents", "Every document", ""),
    ("/api/v1/partnerships", "Partnerships with parties and evidence", "?kind=mou"),
    ("/api/v1/network", "Who works with whom", "?theme=health-data"),
    ("/api/v1/organisations", "Organisations and projects", "?q=alliance"),
    ("/api/v1/themes", "Themes", ""),
    ("/api/v1/sources", "Sources and how they stand", ""),
    ("/api/v1/runs", "Crawl runs", "?state=empty"),
)
"""Lists of the API: path, what it holds, an example's parameters."""


@router.get("/help", response_class=HTMLResponse)
def explain(request: Request, site: SiteOf) -> HTMLResponse:
    """The query language."""
    return render(site, request, "help.html")


@router.get("/api", response_class=HTMLResponse)
def api(request: Request, site: SiteOf) -> HTMLResponse:
    """The API's lists, with a line for pandas."""
    base = str(request.base_url).rstrip("/")
    return render(site, request, "api.html", lists=LISTS, base=base)
