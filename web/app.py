"""`create_app` builds the application from what it is given; it opens and reads nothing by itself."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.staticfiles import StaticFiles

from config.settings import Settings
from search.index import Index
from search.suggest import Suggestions
from web import api, pages
from web.access import Access, Guard
from web.context import Crawls, ReadCapture, Site
from web.described import describer
from web.empties import EmptyFields
from web.errors import add_handlers
from web.etags import ETags
from web.headers import Headers
from web.hosts import Hosts
from web.limits import Limits, RateLimit
from web.templating import make_templates
from web.users.passwords import Passwords

HERE = Path(__file__).parent
DESCRIPTION = """Who works with whom, on what, since when, and who says so.

Every list comes as JSON, page by page, and complete as CSV, JSON Lines, Excel or Parquet under the same address with
an ending: `/api/v1/partnerships.csv?kind=mou`. Answers carry an `ETag`; errors are `application/problem+json`
(RFC 9457)."""


def create_app(
    settings: Settings,
    engine: Engine,
    index: Index,
    *,
    read_capture: ReadCapture | None = None,
    crawls: Crawls | None = None,
    secret: bytes | None = None,
    limits: Limits | None = None,
    hosts: Collection[str] | None = None,
    token: str | None = None,
    closed: bool = False,
    passwords: Passwords | None = None,
) -> FastAPI:
    """The application over one database and index.

    `read_capture` reads the archive and `crawls` starts crawls, where the caller has them to give; without them the
    pages say that it cannot be done here. Without a `secret` a new one is drawn, and open forms end with the process.
    With `hosts` only requests for these names are answered. Where there are users, or a `token`, or the server is
    `closed`, only those are answered that carry the token, or one of a user, or come from somebody who has signed in.
    """
    app = FastAPI(
        title="Pactwatch",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # FastAPI's own page loads scripts from other hosts
        redoc_url=None,
        license_info={"name": "MIT", "identifier": "MIT"},
    )
    templates = make_templates(HERE / "templates")
    app.state.site = site = Site(
        settings=settings,
        engine=engine,
        index=index,
        templates=templates,
        secret=secret or secrets.token_bytes(32),
        suggestions=Suggestions(engine),
        read_capture=read_capture,
        crawls=crawls,
        shared_stamp=hashlib.sha256(f"feed:{token}".encode()).hexdigest() if token else "",
        passwords=passwords or Passwords(),
    )
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.include_router(api.router)
    app.include_router(pages.router)
    app.openapi = describer(app)  # type: ignore[method-assign]  # FastAPI's own way of extending it
    on_defect = add_handlers(app, templates)
    # What every request goes through; what is added last comes first.
    app.add_middleware(EmptyFields)
    app.add_middleware(ETags)
    app.add_middleware(Access, guard=Guard(engine, site.secret, token=token, closed=closed))
    if limits is not None:
        app.add_middleware(RateLimit, limits=limits)
    if hosts is not None:
        app.add_middleware(Hosts, names=frozenset(hosts))
    app.add_middleware(Headers, on_defect=on_defect)
    return app
