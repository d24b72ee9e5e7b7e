"""Organisations suggested while somebody types."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.background import BackgroundTasks

from search.suggest import Suggestion
from web.context import SiteOf
from web.parameters import Asked, Text

router = APIRouter(tags=["organisations"])


class SuggestAsks(Asked, extra="forbid"):
    """What has been typed so far."""

    q: Text = Field("", description="Beginning of a name, alias or acronym, or of a word of one.", examples=["eit"])
    limit: int = Field(10, ge=1, le=50)


class Suggested(BaseModel):
    """Organisations that may be meant, the best first."""

    items: list[Suggestion]


@router.get("/suggest")
def suggest(site: SiteOf, asked: Annotated[SuggestAsks, Query()], after: BackgroundTasks) -> Suggested:
    """Organisations of which a name, or a word of one, begins with what was typed; where there is none, near names."""
    items = site.suggestions.names().suggest(asked.q, asked.limit)
    if site.suggestions.stale():
        after.add_task(site.suggestions.renew)
    return Suggested(items=items)
