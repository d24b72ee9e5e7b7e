"""The ad-hoc crawl and reprocessing as flows."""

from __future__ import annotations

import subprocess
import sys

import pytest

from samples.server import Server
from tests.flows.conftest import Prepare
from tests.flows.seen import artifact, ask, documents, run_of, without_prefect

pytestmark = [pytest.mark.usefixtures("prefect_api"), pytest.mark.timeout(600)]


def test_a_url_is_crawled_without_a_declaration_and_read_again_without_network(
    prepare: Prepare, sqlite_url: str, sites: Server, prefect_api: str
) -> None:
    from flows.crawl import crawl
    from flows.params import CrawlParams, ReprocessParams
    from flows.reprocess import reprocess

    settings = prepare(sqlite_url, [])
    url = f"{sites.sites.news_url}/news/2021/04/eit-health-and-medical-societies/"
    state = crawl(CrawlParams(target=url, allow_private=True), return_state=True)
    assert state.is_completed()
    assert state.result().documents == {"new": 1}
    assert artifact(prefect_api, run_of(state)).startswith("# 1 sources, 0 not green\n")
    stored = documents(settings)
    assert set(stored) == {url}

    asked = len(sites.requests)
    again = reprocess(ReprocessParams(source="adhoc"), return_state=True)
    assert again.is_completed()
    assert sum(again.result().documents.values()) == 1
    assert "Documents: 1 " in artifact(prefect_api, run_of(again))
    assert len(sites.requests) == asked
    assert documents(settings) == stored
    nothing = reprocess(ReprocessParams(analyser="no-such-version"))
    assert (nothing.documents, nothing.indexed) == ({}, 0)


def test_private_addresses_are_refused_unless_the_parameters_allow_them(
    prepare: Prepare, sqlite_url: str, sites: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.crawl import crawl
    from flows.params import CrawlParams

    settings = prepare(sqlite_url, [])
    monkeypatch.setenv("PACTWATCH_ALLOW_PRIVATE", "false")
    summary = crawl(CrawlParams(target=f"{sites.sites.tank_url}/programme/"))
    assert summary.outcomes["fetched"] == 0
    assert len(summary.not_green) == 1
    assert sites.requests == []
    assert documents(settings) == {}


def test_a_target_that_is_neither_a_source_nor_a_url_fails_the_run(prepare: Prepare, sqlite_url: str) -> None:
    from flows.crawl import crawl
    from flows.params import CrawlParams

    prepare(sqlite_url, [])
    state = crawl(CrawlParams(target="no-such-source"), return_state=True)
    with pytest.raises(ValueError, match=r"no source no-such-source in .* and it is no URL either"):
        state.result()


def test_a_crawl_from_the_command_line_shows_up_on_a_configured_server(
    prepare: Prepare, sqlite_url: str, sites: Server, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = prepare(sqlite_url, [])
    monkeypatch.setenv("PACTWATCH_PREFECT_API_URL", prefect_api)
    url = f"{sites.sites.news_url}/news/2021/04/siemens-healthineers-varian/"
    command = [sys.executable, "-c", "from cli.main import main; main()", "crawl", url]
    done = subprocess.run(command, capture_output=True, text=True, env=without_prefect(), check=False)
    assert done.returncode == 0, done.stderr
    assert set(documents(settings)) == {url}
    runs = ask(prefect_api, "/flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC", "limit": 50})
    (run,) = [one for one in runs if one["parameters"].get("params", {}).get("target") == url]
    assert run["state_type"] == "COMPLETED"
    assert artifact(prefect_api, run["id"]).startswith("# 1 sources, 0 not green\n")
