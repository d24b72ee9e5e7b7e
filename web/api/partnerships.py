"""Partnerships: the list, one, all that meet the filter as a file; and the network that they make."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from search.pages_network import Edge, Network, NetworkFilter
from search.pages_network import network as build
from search.partnerships import MAX_LIMIT, PartnershipFilter, PartnershipRow, get_partnership, list_partnerships
from search.tables import PARTNERSHIP_COLUMNS, partnership_row
from web.api.examples import PARTNERSHIPS as EXAMPLE
from web.api.lists import Listed, listed
from web.context import SessionOf, SiteOf, today
from web.errors import NotFoundError
from web.graphml import MEDIA_TYPE, graphml
from web.parameters import MOST_ID, FileAsked, NetworkAsked, PartnershipsAsked, first_day, last_day
from web.streams import ABOUT, FILES, FileFormat, about, file_answer

router = APIRouter(tags=["partnerships"])
EDGE_COLUMNS = {
    "source": int, "source_name": str, "target": int, "target_name": str, "partnerships": int, "kinds": list,
    "latest": str,
}  # fmt: skip


class PartnershipsAsks(PartnershipsAsked, extra="forbid"):
    """Partnerships through the API: an unknown parameter is an error."""


class PartnershipsFileAsks(PartnershipsAsks, FileAsked):
    """Partnerships as a file."""


class NetworkAsks(NetworkAsked, extra="forbid"):
    """The network through the API: an unknown parameter is an error."""


class NetworkFileAsks(NetworkAsks, FileAsked):
    """The network as a file."""

    most: int | None = Field(None, ge=2, le=400, description="Only those with most partners; left out: all.")  # type: ignore[assignment]  # a file has no need of a bound


@router.get("/partnerships", responses={200: {"content": {"application/json": {"example": EXAMPLE}}}})
def partnerships(
    request: Request, response: Response, session: SessionOf, asked: Annotated[PartnershipsAsks, Query()]
) -> Listed[PartnershipRow]:
    """Partnerships with their parties and every sentence that reports them."""
    rows = list_partnerships(session, asked.filter(today()))
    return listed(request, response, asked, rows, rows[-1].cursor if len(rows) == asked.limit else None)


@router.get("/partnerships.{format}", responses=FILES, response_class=StreamingResponse)
def partnerships_file(
    site: SiteOf,
    session: SessionOf,
    format: FileFormat,  # noqa: A002
    asked: Annotated[PartnershipsFileAsks, Query()],
) -> StreamingResponse:
    """All partnerships that meet the filter as a file; `limit` does not count."""
    wanted = asked.filter(today())
    list_partnerships(session, replace(wanted, limit=1))  # a mistake in the filter is told before the file begins
    return file_answer(
        site,
        asked,
        lambda reading: every_row(reading, wanted),
        PARTNERSHIP_COLUMNS,
        name="partnerships",
        file_format=format,
    )


def every_row(session: Session, wanted: PartnershipFilter) -> Iterator[dict[str, Any]]:
    """All that meet the filter in its order, page after page, so that memory stays constant."""
    wanted = replace(wanted, limit=MAX_LIMIT)
    while rows := list_partnerships(session, wanted):
        for row in rows:
            yield partnership_row(row)
        wanted = replace(wanted, after=rows[-1].cursor)


@router.get("/partnerships/{number}")
def partnership(session: SessionOf, number: Annotated[int, Path(ge=1, le=MOST_ID, examples=[1])]) -> PartnershipRow:
    """One partnership."""
    row = get_partnership(session, number)
    if row is None:
        raise NotFoundError(f"there is no partnership {number}")
    return row


def network_filter(asked: NetworkAsked) -> NetworkFilter:
    """What the parameters ask; raises `QueryError` for dates that are none."""
    return NetworkFilter(
        organisation=asked.organisation,
        theme=asked.theme,
        country=asked.country,
        kind=asked.kind,
        since=first_day(asked.since, today()),
        until=last_day(asked.until, today()),
        most=asked.most,
    )


@router.get("/network")
def network(session: SessionOf, asked: Annotated[NetworkAsks, Query()]) -> Network:
    """Who works with whom: the best linked organisations, and the partnerships between them."""
    return build(session, network_filter(asked))


@router.get("/network.graphml", response_class=Response, responses={200: {"content": {MEDIA_TYPE: {}}}})
def network_graphml(site: SiteOf, session: SessionOf, asked: Annotated[NetworkFileAsks, Query()]) -> Response:
    """The network as GraphML, for Gephi, yEd, Cytoscape or networkx."""
    told = about(site, "network", asked)
    content = graphml(build(session, network_filter(asked)), told.line() if asked.about else None)
    headers = {"Content-Disposition": 'attachment; filename="network.graphml"', ABOUT: told.header()}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.get("/network.{format}", responses=FILES, response_class=StreamingResponse)
def network_file(
    site: SiteOf,
    session: SessionOf,
    format: FileFormat,  # noqa: A002
    asked: Annotated[NetworkFileAsks, Query()],
) -> StreamingResponse:
    """The links of the network as a file, one a row."""
    found = build(session, network_filter(asked))
    names = {node.id: node.name for node in found.nodes}
    rows = [_edge(edge, names) for edge in found.edges]
    return file_answer(site, asked, lambda _: rows, EDGE_COLUMNS, name="network", file_format=format)


def _edge(edge: Edge, names: dict[int, str]) -> dict[str, Any]:
    return {
        "source": edge.source,
        "source_name": names[edge.source],
        "target": edge.target,
        "target_name": names[edge.target],
        "partnerships": edge.partnerships,
        "kinds": list(edge.kinds),
        "latest": edge.latest,
    }
