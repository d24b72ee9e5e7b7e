"""The sample sites as declared sources."""

from __future__ import annotations

import pytest

from config.sources import Source, SourceKind
from samples.declare import sample_sources
from samples.expected import expected_outcomes, silent
from samples.site import Sites

SITES = Sites("http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3")
SOURCES = sample_sources(SITES)


def test_every_kind_of_source_occurs() -> None:
    assert {source.kind for source in SOURCES} == set(SourceKind)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_healthy_run_meets_the_expectations(source: Source) -> None:
    seen = {"fetched", "unchanged"}
    for edition in (1, 2):
        outcomes = [o for o in expected_outcomes(SITES, edition) if o.source == source.id and o.role == "document"]
        healthy = sum(o.outcome in seen for o in outcomes) >= source.expect.documents
        assert healthy is (source.id not in silent())


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_a_declaration_passes_through_a_job_unchanged(source: Source) -> None:
    assert source.delay == 0
    assert Source.model_validate(source.model_dump(mode="json", exclude_unset=True)) == source
