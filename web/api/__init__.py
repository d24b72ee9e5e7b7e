"""The JSON API under ``/api/v1``: every list page by page, and complete as a file."""

from __future__ import annotations

from fastapi import APIRouter

from web.api import documents, organisations, partnerships, runs, search, suggest, themes
from web.errors import PROBLEMS

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX, responses=PROBLEMS)
for module in (search, suggest, documents, partnerships, organisations, themes, runs):
    router.include_router(module.router)
