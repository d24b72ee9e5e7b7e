"""How a source stands, from invented runs: each state, its reason, and what must not turn it green."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.health import Expected, Failure, Health, HealthState, RunFacts, assess, weight_of
from search.volume import segments

BEGIN = datetime(2026, 3, 1, 2, tzinfo=UTC)
START = "https://news.example/feed"
FULL = {"text": 4, "title": 4, "published": 4, "authors": 4}


def run(number: int, state: str = "completed", **facts: object) -> RunFacts:
    values: dict[str, object] = {"seen": 10, "new": 1, "message": None if state == "completed" else f"it was {state}"}
    return RunFacts(str(number), BEGIN + timedelta(days=number), state, **(values | facts))  # type: ignore[arg-type]


def failed(number: int, status: int | None = None, reason: str | None = None, outcome: str = "failed") -> RunFacts:
    return run(number, "empty", seen=0, new=0, failures=(Failure(START, outcome, reason, status),))


def stands(runs: Sequence[RunFacts], **expected: object) -> Health:
    return assess("news", Expected(**expected), runs, runs[-1].started_at + timedelta(hours=6))  # type: ignore[arg-type]


def test_a_source_whose_runs_are_green_is_healthy_and_says_its_rate() -> None:
    health = stands([run(number) for number in range(20)])
    assert (health.state, health.reason) == (HealthState.HEALTHY, "7.0 new documents a week")
    assert health.last_good_run == "19"


def test_a_source_that_is_switched_off_is_disabled_whatever_its_runs_say() -> None:
    assert stands([failed(1, 404)], enabled=False).state is HealthState.DISABLED


def test_a_source_that_never_ran_says_so() -> None:
    assert assess("news", Expected(), [], BEGIN).reason == "never crawled"


@pytest.mark.parametrize(
    ("bad", "weight"),
    [
        (failed(1, 404), 1.0),
        (failed(1, 403), 1.0),
        (failed(1, reason="robots", outcome="filtered"), 1.0),
        (failed(1, reason="broken-feed"), 0.5),
        (failed(1, reason="dns", outcome="unreachable"), 0.5),
        (failed(1, 503), 0.25),
        (failed(1, 429), 0.25),
        (failed(1, reason="timeout", outcome="unreachable"), 0.25),
        (run(1, "interrupted"), 0.25),
        (run(1, "incomplete"), 0.5),
        (replace(failed(1, 404), seen=5), 0.5),
        (run(1), 0.0),
    ],
)
def test_failures_weigh_by_whether_they_mend_by_themselves(bad: RunFacts, weight: float) -> None:
    assert weight_of(bad) == weight


def test_a_feed_that_has_gone_breaks_its_source_at_once() -> None:
    health = stands([run(0), run(1), failed(2, 404)])
    assert (health.state, health.reason, health.last_good_run) == (HealthState.BROKEN, "it was empty", "1")


def test_a_server_that_is_overloaded_breaks_its_source_on_the_fourth_night() -> None:
    runs = [run(0), *(failed(number, 503) for number in range(1, 5))]
    assert [stands(runs[:end]).state for end in range(1, 6)] == [
        HealthState.HEALTHY,
        *[HealthState.DEGRADED] * 3,
        HealthState.BROKEN,
    ]
    assert stands(runs).reason == "4 runs since 2026-03-02: it was empty"


def test_a_source_that_still_yields_something_is_degraded_not_broken() -> None:
    poor = [run(number, "empty", seen=3) for number in range(1, 9)]
    assert stands([run(0), *poor]).state is HealthState.DEGRADED


def test_a_304_after_a_failure_never_makes_a_source_green() -> None:
    silent = [replace(run(number), proves=False, new=0) for number in (2, 3)]
    health = stands([run(0), failed(1, 404), *silent])
    assert health.state is HealthState.BROKEN
    assert health.reason == "it was empty (2 times 304 since, which proves nothing)"
    assert health.last_good_run == "0"
    assert stands([run(0), failed(1, 404), *silent, run(4)]).state is HealthState.HEALTHY
    assert stands([run(0), replace(run(1), proves=False)]).last_good_run == "1"


def test_a_field_that_extraction_suddenly_lacks_is_named() -> None:
    before = [run(number, read=4, filled=FULL) for number in range(5)]
    dateless = run(5, read=6, filled={"text": 6, "title": 6, "published": 0, "authors": 6})
    health = stands([*before, dateless])
    assert health.state is HealthState.DEGRADED
    assert health.reason == (
        "template changed? published filled in 0 of 6 documents since 2026-03-06, in 20 of 20 before"
    )


def test_pages_without_text_break_a_source() -> None:
    before = [run(number, read=4, filled=FULL) for number in range(5)]
    health = stands([*before, *(run(5 + n, read=2, filled={"title": 2}) for n in range(3))])
    assert health.state is HealthState.BROKEN
    assert health.reason.startswith("template changed? text filled in 0 of 4")


def test_a_field_that_was_never_filled_is_not_missed() -> None:
    rare = {"text": 4, "title": 4, "published": 4, "authors": 1}
    runs = [*(run(number, read=4, filled=rare) for number in range(5)), run(5, read=4, filled=rare | {"authors": 0})]
    assert stands(runs).state is HealthState.HEALTHY


def test_a_source_that_is_longer_silent_than_is_usual_is_quiet() -> None:
    runs = [run(number, new=int(number % 4 == 0)) for number in range(30)]
    assert stands(runs).state is HealthState.HEALTHY
    health = stands([*runs, *(run(number, new=0) for number in range(30, 60))])
    assert health.state is HealthState.QUIET
    assert health.reason == "nothing new since 2026-03-29; usual is something every 16 days"


def test_a_declared_period_goes_before_what_is_usual() -> None:
    runs = [run(0), run(1), *(run(number, new=0) for number in range(2, 6))]
    assert stands(runs, days=3).state is HealthState.QUIET
    assert stands(runs, days=30).state is HealthState.HEALTHY


def test_a_drop_in_volume_is_named_and_so_is_the_return() -> None:
    many, few = [run(n, new=9 + n % 3) for n in range(20)], [run(20 + n, new=n % 2) for n in range(10)]
    dropped = stands([*many, *few])
    assert dropped.state is HealthState.DEGRADED
    assert dropped.reason == "3.5 new documents a week since 2026-03-21, 70 before"
    back = stands([*many, *few, *(run(30 + n, new=9 + n % 3) for n in range(10))])
    assert back.state is HealthState.HEALTHY
    assert back.reason.startswith("back: 69 new documents a week since 2026-03-31")


def test_weekends_and_bursts_are_no_change() -> None:
    week = [6, 4, 7, 5, 6, 0, 0]
    runs = [run(number, new=week[number % 7]) for number in range(70)]
    assert all(stands(runs[:end]).state is HealthState.HEALTHY for end in range(20, 70))


def test_a_source_that_nobody_crawls_any_more_is_named() -> None:
    health = assess("news", Expected(every_hours=24), [run(0), run(1)], BEGIN + timedelta(days=9))
    assert health.state is HealthState.DEGRADED
    assert "is the nightly run still started?" in health.reason


def test_documents_that_are_mostly_lost_are_named() -> None:
    assert stands([run(0), run(1, seen=2, lost=8)]).reason == "8 of 10 documents could not be fetched"


def test_what_a_completed_run_remarks_degrades_its_source() -> None:
    health = stands([run(0), run(1, message="feed was empty, sitemap was used instead")])
    assert (health.state, health.reason) == (HealthState.DEGRADED, "feed was empty, sitemap was used instead")


def test_several_faults_are_told_the_worst_first() -> None:
    health = stands([run(0), run(1, seen=2, lost=8), failed(2, 404)], days=1)
    assert health.state is HealthState.BROKEN
    assert health.also == ("nothing new since 2026-03-02; expected is something every 1 days",)
    health = stands([run(0, message="a remark", seen=1, lost=5), run(1, message="a remark", seen=1, lost=5, new=0)])
    assert (health.reason, health.also) == ("5 of 6 documents could not be fetched", ("a remark",))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_segments_cover_the_series_once(counts: list[int]) -> None:
    found = segments(counts, [1.0] * len(counts))
    assert sum(part.count for part in found) == sum(counts)
    assert sum(part.days for part in found) == len(counts)
    assert found[0].start == 0
