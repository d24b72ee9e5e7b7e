"""When a source is due: its interval follows the share of news, and a host that asks for rest gets it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from config.sources import Adapt, Source
from crawlers.contract import MOST_REST, rest_of, rest_told
from models.crawl import Capture
from models.session import read_session, write_session
from pipeline.intake import start_run
from pipeline.load import LoadItem, load_batch
from pipeline.polling import adapted, interval, resting, shares
from pipeline.records import Analysis, Extracted
from pipeline.run import due_sources

AT = datetime(2026, 3, 1, tzinfo=UTC)
BOUNDS = Adapt(least_hours=6, most_hours=48)


def source(adapt: Adapt | None = BOUNDS) -> Source:
    return Source(id="site", name="Site", kind="feed", start=("http://a.example/feed",), adapt=adapt)


@pytest.mark.parametrize(
    ("visits", "hours"),
    [
        ([], 24),
        ([0.5, 0.4], 24),
        ([0.9], 12),
        ([1.0] * 9, 6),
        ([0.0], 30),
        ([0.1] * 9, 48),
        ([0.0] * 9 + [1.0], 24),
    ],
)
def test_news_shorten_the_interval_and_silence_lengthens_it_within_bounds(visits: list[float], hours: float) -> None:
    assert adapted(source(), visits) == hours
    assert adapted(source(None), visits) == 24


def test_bounds_must_be_in_order() -> None:
    with pytest.raises(ValidationError, match="least_hours"):
        Adapt(least_hours=9, most_hours=8)


def run(engine: Engine, number: int, new: int, same: int, **last: object) -> None:
    """A run that listed new documents and known ones."""
    with write_session(engine) as session:
        name = f"run-{number}"
        start_run(session, source(), "nightly", name, AT + timedelta(days=number)).state = "completed"
        fields = {
            "run_id": name,
            "source_id": "site",
            "role": "document",
            "at": AT,
            "found_on": "http://a.example/feed",
        }
        rows = [
            Capture(url=f"http://a.example/{number}/{n}", outcome="fetched", state="fetched", **fields)
            for n in range(new)
        ]
        session.add_all(rows)
        session.add_all(Capture(url=f"http://a.example/{n}", outcome="unchanged", **fields) for n in range(same))
        session.add(Capture(url="http://a.example/old", outcome="unchanged", **{**fields, "found_on": "recheck"}))
        if last:
            session.add(Capture(url="http://a.example/feed", outcome="failed", **{**fields, **last}))
        session.flush()
        extracted = [Extracted("ok", title=f"T {row.url}", text=f"Text of {row.url}.", extractor="x") for row in rows]
        nothing = Analysis("en", "other", 0.5, analyser="a")
        items = zip(rows, extracted, strict=True)
        load_batch(session, [LoadItem(row.id, row.url, "site", AT, text, nothing) for row, text in items])


def test_the_share_of_news_is_read_from_the_runs_without_the_first_one(engine: Engine) -> None:
    run(engine, 0, new=3, same=0)
    run(engine, 1, new=3, same=1)
    run(engine, 2, new=0, same=4)
    run(engine, 3, new=0, same=0)
    with read_session(engine) as session:
        assert shares(session, "site") == [0.75, 0.0, 0.0]
        assert interval(session, source()) == timedelta(hours=17.75)
        assert interval(session, source(None)) == timedelta(hours=23)


def test_a_host_that_asks_for_rest_is_left_alone_for_a_day_at_most(engine: Engine) -> None:
    assert rest_of(rest_told(10**9)) == MOST_REST
    run(engine, 0, new=1, same=0, status=429, reason="status-429", detail=rest_told(3600), at=AT + timedelta(days=9))
    with read_session(engine) as session:
        assert resting(session, "site") == AT + timedelta(days=9, hours=1)
        due = [due_sources(session, [source(None)], AT + timedelta(days=9, minutes=minutes)) for minutes in (59, 61)]
    assert [len(found) for found in due] == [0, 1]
