"""The nightly flow on a real Prefect server, with its process pool, over the sample sites."""

from __future__ import annotations

import pytest

from models.session import make_engine
from search.index import check
from tests.flows.conftest import Prepare
from tests.flows.seen import BATCH, artifact, captures, documents, run_of, task_runs

pytestmark = [pytest.mark.usefixtures("prefect_api"), pytest.mark.timeout(600)]


def test_a_night_ends_completed_with_every_document_found_and_the_report_published(
    prepare: Prepare, sqlite_url: str, prefect_api: str
) -> None:
    from flows.nightly import nightly
    from flows.params import NightlyParams

    settings = prepare(sqlite_url, ["sample-courier", "sample-programme", "sample-podcast"])
    others = {run["id"] for run in task_runs(prefect_api, BATCH)}
    state = nightly(return_state=True)
    assert state.is_completed()
    summary = state.result()
    assert len(summary.runs) == 3
    assert [one.partition(":")[0] for one in summary.not_green] == ["sample-podcast"]
    assert summary.outcomes == {"fetched": 13, "unchanged": 0, "filtered": 1, "failed": 0, "unreachable": 0}
    assert (summary.documents, summary.indexed) == ({"new": 11}, 11)
    assert captures(settings) == {("processed", 1): 11}
    engine = make_engine(settings.database)
    assert check(engine, settings.index).state == "current"
    engine.dispose()

    report = artifact(prefect_api, run_of(state)).splitlines()
    assert report[0] == "# 3 sources, 1 not green"
    rows = [line.split(" | ")[:3] for line in report if line.startswith("| sample-")]
    assert rows == [
        ["| sample-podcast", "empty", "1"],
        ["| sample-courier", "completed", "11"],
        ["| sample-programme", "completed", "1"],
    ]
    assert report[-1] == "Documents: 11 new. Index: 11 documents added or renewed."

    # What the tasks were handed is ids, never documents.
    runs = task_runs(prefect_api, BATCH, others, 3)
    assert [run["state_name"] for run in runs] == ["Completed"] * 3  # 11 captures, 5 a batch
    assert {name for run in runs for name in run["task_inputs"]} == {"settings", "worker", "ids"}

    # The same night once more: nothing is due. By force: nothing has changed.
    before = documents(settings)
    assert nightly().runs == ()
    forced = nightly(NightlyParams(sources=("sample-courier",), force=True))
    assert (forced.outcomes["unchanged"], forced.outcomes["fetched"]) == (11, 0)
    assert (forced.documents, forced.indexed) == ({}, 0)
    assert documents(settings) == before


def test_a_source_that_is_not_declared_fails_the_run_and_is_named(prepare: Prepare, sqlite_url: str) -> None:
    from flows.nightly import nightly
    from flows.params import NightlyParams

    prepare(sqlite_url, ["sample-programme"])
    state = nightly(NightlyParams(sources=("no-such-source",)), return_state=True)
    assert state.is_failed()
    with pytest.raises(ValueError, match="no source no-such-source in "):
        state.result()
