"""The pages: rendered on the server, whole without JavaScript."""

from __future__ import annotations

from fastapi import APIRouter

from web.pages import capture, crawls, documents, network, organisations, partnerships, saved, search, sources, themes
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
):
    router.include_router(module.router)
