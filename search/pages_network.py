"""Who works with whom: organisations and the partnerships between them, as a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.tables import Organisation, Partnership, PartnershipParty
from search.merged import same_organisations
from search.partnerships import PartnershipFilter, _conditions, _with_theme
from search.query import QueryError

MOST_NODES = 400
VARIABLES = 500
"""Ids of one statement."""
MOST_ROWS = 200_000
"""Pairs of organisations, each kind of agreement apart, that are read."""


@dataclass(frozen=True, slots=True)
class NetworkFilter:
    """Which partnerships make the graph; None asks nothing. Dates are days, included."""

    organisation: int | None = None
    """Only this organisation, its partners, and what there is between those."""
    theme: str | None = None
    country: str | None = None
    """At least one of the two is of this country."""
    kind: str | None = None
    since: date | None = None
    until: date | None = None
    most: int | None = 60
    """Organisations kept: those with most partners; None keeps all."""


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation of the graph."""

    id: int
    name: str
    type: str
    country: str | None
    partners: int
    """Other organisations it is linked to, in the whole selection."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Two organisations that are parties of the same partnerships; `source` has the smaller id."""

    source: int
    target: int
    partnerships: int
    kinds: tuple[str, ...]
    latest: str | None
    """Partial ISO date of the latest that was signed."""


@dataclass(frozen=True, slots=True)
class Network:
    """The graph, cut to its best linked organisations."""

    nodes: tuple[Node, ...]
    """Best linked first."""
    edges: tuple[Edge, ...]
    organisations: int
    """Organisations before the cut."""
    links: int
    """Pairs before the cut."""


def network(session: Session, wanted: NetworkFilter) -> Network:
    """The graph of the partnerships that meet the filter; raises `QueryError` for a filter that means nothing."""
    if wanted.most is not None and not 1 <= wanted.most <= MOST_NODES:
        raise QueryError(f"most {wanted.most} is not between 1 and {MOST_NODES}")
    edges = _edges(session.execute(_statement(session, wanted)))
    degree: Counter[int] = Counter()
    for edge in edges:
        degree.update((edge.source, edge.target))
    ranked = sorted(degree, key=lambda number: (number != wanted.organisation, -degree[number], number))[: wanted.most]
    nodes = _nodes(session, ranked, degree)
    kept = {node.id for node in nodes}
    shown = tuple(edge for edge in edges if edge.source in kept and edge.target in kept)
    return Network(nodes, shown, len(degree), len(edges))


def _statement(session: Session, wanted: NetworkFilter) -> Select[*tuple[Any, ...]]:
    """One row for each pair of organisations and kind of agreement."""
    asked = PartnershipFilter(kind=wanted.kind, since=wanted.since, until=wanted.until, theme=wanted.theme)
    asked = _with_theme(session, asked)
    one, other = aliased(Organisation), aliased(Organisation)
    left, right = aliased(PartnershipParty), aliased(PartnershipParty)
    first = func.coalesce(one.merged_into_id, one.id)
    second = func.coalesce(other.merged_into_id, other.id)
    statement = (
        select(
            first.label("source"),
            second.label("target"),
            Partnership.kind,
            func.count(Partnership.id.distinct()).label("number"),
            func.max(Partnership.signed).label("latest"),
        )
        .select_from(Partnership)
        .join(left, left.partnership_id == Partnership.id)
        .join(right, right.partnership_id == Partnership.id)
        .join(one, one.id == left.organisation_id)
        .join(other, other.id == right.organisation_id)
        .where(first < second, *_conditions(asked, ()))
        .group_by(first, second, Partnership.kind)
    )
    if wanted.country is not None:
        kept = select(Organisation.id).where(Organisation.country == wanted.country.upper())
        statement = statement.where(or_(first.in_(kept), second.in_(kept)))
    if wanted.organisation is not None:
        circle = _circle(session, wanted.organisation)
        statement = statement.where(first.in_(circle), second.in_(circle))
    return statement.order_by(func.count(Partnership.id.distinct()).desc(), first, second).limit(MOST_ROWS)


def _circle(session: Session, number: int) -> list[int]:
    """The organisation and everyone who shares a partnership with it, under the ids that count."""
    same = same_organisations(session, [number])
    mine = select(PartnershipParty.partnership_id).where(PartnershipParty.organisation_id.in_(same))
    statement = (
        select(func.coalesce(Organisation.merged_into_id, Organisation.id))
        .join(PartnershipParty, PartnershipParty.organisation_id == Organisation.id)
        .where(PartnershipParty.partnership_id.in_(mine))
        .distinct()
    )
    return list(session.scalars(statement))


def _edges(rows: Iterable[Any]) -> list[Edge]:
    found: dict[tuple[int, int], Edge] = {}
    for row in rows:
        pair = (row.source, row.target)
        edge = found.get(pair, Edge(*pair, 0, (), None))
        found[pair] = replace(
            edge,
            partnerships=edge.partnerships + row.number,
            kinds=tuple(sorted({*edge.kinds, row.kind})),
            latest=max(filter(None, (edge.latest, row.latest)), default=None),
        )
    return sorted(found.values(), key=lambda edge: (-edge.partnerships, edge.source, edge.target))


def _nodes(session: Session, ids: Sequence[int], degree: Counter[int]) -> tuple[Node, ...]:
    columns = (Organisation.id, Organisation.name, Organisation.type, Organisation.country)
    rows: dict[int, Any] = {}
    for start in range(0, len(ids), VARIABLES):
        some = select(*columns).where(Organisation.id.in_(ids[start : start + VARIABLES]))
        rows |= {row.id: row for row in session.execute(some)}
    ordered = [rows[number] for number in ids]
    return tuple(Node(row.id, row.name, row.type, row.country, degree[row.id]) for row in ordered)
