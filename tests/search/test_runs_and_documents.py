"""Runs with their outcomes; documents with all that is known of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from models.session import read_session, write_session
from models.tables import Document, DocumentVersion, Mention
from search.documents import documents_of_runs, get_document
from search.runs import OutcomeCount, list_runs, outcome_table, outcomes
from tests.search.factories import SEEN, World


def test_runs_come_latest_first_and_by_source_and_state(engine: Engine, world: World) -> None:
    world.source("one", "Source one")
    world.source("two", "Source two")
    world.run("a", "one")
    world.run(
        "b", "two", started_at=SEEN + timedelta(days=1), state="empty", message="found 0 of 5", counts={"failed": 2}
    )
    with read_session(engine) as session:
        assert [row.id for row in list_runs(session)] == ["b", "a"]
        assert [row.id for row in list_runs(session, source="one")] == ["a"]
        (empty,) = list_runs(session, state="empty")
        assert (empty.source, empty.message, empty.counts) == ("Source two", "found 0 of 5", {"failed": 2})
        assert [row.id for row in list_runs(session, before=empty.started_at)] == ["a"]
        assert [row.id for row in list_runs(session, limit=1)] == ["b"]


def test_each_url_is_listed_and_counted_by_outcome(engine: Engine, world: World) -> None:
    world.source()
    world.run("a")
    for number in range(3):
        world.capture("a", f"https://news.example/{number}")
    world.capture("a", "https://news.example/robots", "filtered", reason="robots")
    with read_session(engine) as session:
        assert outcome_table(session, ["a"]) == [
            OutcomeCount("a", "fetched", None, 3),
            OutcomeCount("a", "filtered", "robots", 1),
        ]
        assert [row.url[-1] for row in outcomes(session, "a")] == ["0", "1", "2", "s"]
        assert [row.reason for row in outcomes(session, "a", outcome="filtered")] == ["robots"]
        first, second = outcomes(session, "a", limit=2)
        assert [row.url[-1] for row in outcomes(session, "a", after=second.id)] == ["2", "s"]
        assert first.at == SEEN


def filled(world: World, engine: Engine) -> int:
    world.source()
    world.theme("skills", "Skills")
    eit, biomed = world.organisation("EIT Health"), world.organisation("BioMed Alliance")
    number = world.document("MoU", "EIT Health signs.", organisations=(eit,), themes=("skills",), authors=["A. Writer"])
    world.run("a")
    world.capture("a", "https://news.example/mou", document_id=number, archive_file="a.warc.gz", archive_offset=7)
    world.partnership(number, eit, biomed, evidence="EIT Health signs.", duration_months=None)
    with write_session(engine) as session:
        document = session.get_one(Document, number)
        document.capture_id, document.anchors = 1, [[0, 17, 1]]
        session.add(
            DocumentVersion(
                document_id=number,
                number=1,
                title="MoU",
                text="EIT signs.",
                text_digest="x",
                capture_id=1,
                created_at=SEEN,
            )
        )
        session.add(
            Mention(document_id=number, type="project", name="Atlas", text="Atlas", start=11, end=16, confidence=0.4)
        )
        story = document.story_id
    world.document("Copy", "x", story=story)
    return number


def test_a_document_brings_all_that_is_known_of_it(engine: Engine, world: World) -> None:
    number = filled(world, engine)
    with read_session(engine) as session:
        found = get_document(session, number)
        assert get_document(session, 99) is None
    assert found is not None
    assert (found.source.name, found.authors, found.anchors) == ("EIT Health", ("A. Writer",), ((0, 17, 1),))
    assert (found.archive_file, found.archive_offset) == ("a.warc.gz", 7)
    assert [(one.number, one.text, one.captured_at) for one in found.versions] == [(1, "EIT signs.", SEEN)]
    assert [(one.text, one.organisation and one.organisation.name) for one in found.mentions] == [
        ("EIT Health", "EIT Health"),
        ("Atlas", None),
    ]
    assert [(one.label, one.words) for one in found.themes] == [("Skills", ("data",))]
    (report,) = found.reports
    assert (report.partnership_id, report.evidence) == (1, "EIT Health signs.")
    assert [party.name for party in report.parties] == ["EIT Health", "BioMed Alliance"]
    assert [copy.title for copy in found.copies] == ["Copy"]


def test_the_documents_of_a_run_are_given_in_short(engine: Engine, world: World) -> None:
    number = filled(world, engine)
    with read_session(engine) as session:
        (found,) = documents_of_runs(session, ["a"])
        assert list(documents_of_runs(session, ["b"])) == []
    assert (found.id, found.title) == (number, "MoU")
    assert found.complete is True
    assert [one.name for one in found.themes] == ["Skills"]
    assert [one.name for one in found.organisations] == ["EIT Health"]
    assert [one.kind for one in found.reports] == ["mou"]
