"""The network: its best linked organisations, or all of them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.session import read_session
from search.pages_network import NetworkFilter, network
from search.query import QueryError
from tests.search.factories import World


def test_the_best_linked_are_kept_or_all(engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.pages_network.VARIABLES", 2)
    world.source()
    hub, *others = (world.organisation(f"Organisation {number}") for number in range(6))
    document = world.document("Pacts")
    for other in others:
        world.partnership(document, hub, other)
    with read_session(engine) as session:
        few, every = network(session, NetworkFilter(most=3)), network(session, NetworkFilter(most=None))
        with pytest.raises(QueryError, match="most 401"):
            network(session, NetworkFilter(most=401))
    assert [node.id for node in few.nodes] == [hub, others[0], others[1]]
    assert (few.organisations, len(few.edges)) == (6, 2)
    assert {node.id for node in every.nodes} == {hub, *others}
    assert len(every.edges) == 5
