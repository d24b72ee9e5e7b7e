"""The pages: rendered on the server, whole without JavaScript."""

from __future__ import annotations

from fastapi import APIRouter

from web.pages import (
    account,
    capture,
    crawls,
    documents,
    login,
    network,
    organisations,
    partnerships,
    saved,
    search,
    sources,
    themes,
    users,
    watch,
)
from web.pages import help as helping

router = APIRouter(include_in_schema=False)
for module in (
    search,
    documents,
    capture,
    organisations,
    partnerships,
    themes,
    network,
    sources,
    crawls,
    saved,
    helping,
    login,
    account,
    users,
    watch,
):
    router.include_router(module.router)
