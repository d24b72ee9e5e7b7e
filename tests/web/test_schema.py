"""schemathesis against the API: what its OpenAPI description promises holds, whatever is sent."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from pydantic import TypeAdapter
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from search.partnerships import PartnershipRow
from tests.web.serving import PATIENCE
from web.api.examples import PARTNERSHIPS, SEARCH
from web.api.lists import Listed
from web.api.search import Found

CHECKS: list[Any] = [
    not_a_server_error,
    content_type_conformance,
    status_code_conformance,
    response_schema_conformance,
    unsupported_method,
    negative_data_rejection,
]
FEW, MANY = 3, 150
"""Cases of each operation and mode: in every run, and in the slow one."""


def hold(address: str, examples: int) -> int:
    """Send that many cases of each kind to every operation; the number of operations."""
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not operation.query and not operation.path_parameters:
                continue

            @settings(
                max_examples=examples, deadline=None, derandomize=True, database=None,
                suppress_health_check=list(HealthCheck), phases=[Phase.generate],
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def sent(case: Any) -> None:
                case.call_and_validate(checks=CHECKS, timeout=PATIENCE)

            with suppress(Unsatisfiable):  # where every text is right, there is no wrong one to send
                sent()
    return len(operations)


def test_the_description_names_examples_and_the_problems_of_every_operation(client: httpx.Client) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    for path, operations in schema["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in operations.values():
            assert {"200", "400", "404", "422", "503"} <= set(operation["responses"])
            assert operation["description"]
    examples = [one for one in schema["paths"]["/api/v1/search"]["get"]["parameters"] if "examples" in one["schema"]]
    assert examples
    assert "Problem" in schema["components"]["schemas"]


def test_the_api_keeps_what_its_description_promises(client: httpx.Client) -> None:
    assert hold(str(client.base_url).rstrip("/"), FEW) > 20


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_api_keeps_it_for_many_cases(client: httpx.Client) -> None:
    assert hold(str(client.base_url).rstrip("/"), MANY) > 20


def test_the_examples_are_what_is_really_answered(client: httpx.Client) -> None:
    TypeAdapter(Listed[PartnershipRow]).validate_python(PARTNERSHIPS)
    TypeAdapter(Found).validate_python(SEARCH)
    pairs = (("/api/v1/partnerships", PARTNERSHIPS), ("/api/v1/search?q=data", SEARCH))
    for path, example in pairs:
        real = client.get(path).json()
        assert real.keys() == example.keys()
        assert real["items"][0].keys() == example["items"][0].keys()
