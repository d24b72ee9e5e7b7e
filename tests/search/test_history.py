"""What health reads from the database: runs with what they saw, found new, lost, and what of it has each field."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from models.session import read_session, write_session
from models.tables import Capture, DocumentVersion
from search.health import Expected, Failure, HealthState
from search.history import run_facts, sources_health, turned
from tests.search.factories import SEEN, World

FEED = "https://news.example/feed"


def story(engine: Engine, world: World, run: str, path: str, **fields: object) -> None:
    """A document that the run saw first."""
    url = f"https://news.example/{path}"
    world.capture(run, url, status=200, state="processed")
    with read_session(engine) as session:
        capture = session.scalars(select(Capture.id).where(Capture.run_id == run, Capture.url == url)).one()
    values = {"url": url, "capture_id": capture, "authors": ["A. Person"], "published": "2026-01-01"} | fields
    number = world.document(path, path, **values)
    with write_session(engine) as session:
        session.get_one(Capture, capture).document_id = number
        version = session.scalars(select(DocumentVersion).where(DocumentVersion.document_id == number)).first()
        if version is None:
            session.add(
                DocumentVersion(
                    document_id=number, number=1, title=path, text=path, text_digest="sha256:0",
                    published="2026-01-01", capture_id=capture, created_at=SEEN,
                )
            )  # fmt: skip
        else:
            version.capture_id = capture


def test_a_run_is_read_with_all_that_health_needs(engine: Engine, world: World) -> None:
    world.source(declaration={"start": [FEED]})
    world.run("a")
    story(engine, world, "a", "whole")
    story(engine, world, "a", "dateless", published=None, authors=[], extract_outcome="stub")
    world.capture("a", "https://news.example/lost", "failed", status=500)
    world.capture("a", "https://news.example/same", "unchanged", status=304)
    world.capture("a", "https://news.example/old", "unchanged", status=200, found_on="recheck")
    world.run("b", started_at=SEEN + timedelta(days=1), state="empty", message="nothing")
    world.capture("b", FEED, "failed", role="discovery", status=404, reason="status-404")
    world.capture("b", "https://news.example/page", "failed", status=404)
    world.run("running", started_at=SEEN + timedelta(days=2), state="running")
    with read_session(engine) as session:
        first, second = run_facts(session, ["eithealth"])["eithealth"]
    assert (first.seen, first.new, first.lost, first.proves, first.read) == (3, 2, 1, True, 2)
    assert first.filled == {"text": 1, "title": 2, "published": 1, "authors": 1}
    assert second.failures == (Failure(FEED, "failed", "status-404", 404),)
    assert (second.message, second.lost) == ("nothing", 1)


def test_a_run_of_nothing_but_304_proves_nothing(engine: Engine, world: World) -> None:
    world.source()
    world.run("a")
    world.capture("a", FEED, "unchanged", role="discovery", status=304)
    with read_session(engine) as session:
        assert [run.proves for run in run_facts(session, ["eithealth"])["eithealth"]] == [False]


def test_the_sources_that_a_run_has_turned_are_told_with_the_reason(engine: Engine, world: World) -> None:
    for source in ("good", "bad", "new"):
        world.source(source, declaration={"start": [FEED]})
    for source in ("good", "bad"):
        world.run(f"{source}-1", source)
        world.capture(f"{source}-1", FEED, source=source, status=200)
    later = SEEN + timedelta(days=1)
    world.run("good-2", "good", started_at=later)
    world.capture("good-2", FEED, source="good", status=200)
    world.run("bad-2", "bad", started_at=later, state="empty", message="feed could not be read")
    world.capture("bad-2", FEED, "failed", source="bad", role="discovery", status=404)
    world.run("new-1", "new", started_at=later)
    expected = {name: Expected() for name in ("good", "bad", "new", "never")}
    with read_session(engine) as session:
        health = sources_health(session, expected, later)
        told = [turn.told() for turn in turned(session, expected, later, ["good-2", "bad-2", "new-1"])]
    assert [one.state for one in health] == [
        HealthState.HEALTHY,
        HealthState.BROKEN,
        HealthState.HEALTHY,
        HealthState.QUIET,
    ]
    assert told == ["bad: healthy -> broken: feed could not be read"]
