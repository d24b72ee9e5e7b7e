"""The envelope of every list: the rows of one page, and where the next one begins."""

from typing import Generic, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, Field

from web.links import Address
from web.parameters import Asked

Row = TypeVar("Row")


class Listed(BaseModel, Generic[Row]):
    """One page of a list."""

    items: list[Row]
    next: str | None = Field(None, description="Address of the next page; none on the last.")


def listed(
    request: Request, response: Response, asked: Asked, items: list[Row], after: object | None, *, name: str = "after"
) -> Listed[Row]:
    """A page; `after` is the place at which the next one begins. The header Link says the same."""
    if after is None:
        return Listed(items=items, next=None)
    address = str(Address(request.url.path, asked.pairs()).set(name, after))
    response.headers["Link"] = f'<{address}>; rel="next"'
    return Listed(items=items, next=address)
