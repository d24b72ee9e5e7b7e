"""Loading: what is new, what changed, what stays; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from models.session import write_session
from pipeline.load import document_url, is_current, load_batch, mark_gone, mark_seen, text_digest
from pipeline.records import Anchor, Extracted
from tests.pipeline.load.world import SITE, World, entity, found, pact, read, report

BODY = "EIT Health signed a memorandum with the Biomedical Alliance in Europe (BioMed Alliance) on education."


def announcement(**more: object) -> tuple[Extracted, object]:
    alliance = entity(BODY, "Biomedical Alliance in Europe", "BioMed Alliance")
    told = report("EIT Health", alliance.name, body=BODY, signed="2021-04", duration_months=24, confidence=0.93)
    return read(BODY, **more), found([entity(BODY, "EIT Health"), alliance], [told])


def test_a_new_document_is_stored_with_all_that_was_found(world: World) -> None:
    reading, analysis = announcement(anchors=(Anchor(0, len(BODY), 7),), authors=("Ann",))
    item = world.item("a?utm_source=feed&id=3#top", reading, analysis)
    result = world.load(item)
    assert result.counts == {"new": 1, "changed": 0, "unchanged": 0, "failed": 0, "waiting": 0}
    (document,) = world.rows("v_documents", "document_id, url, title, kind, published, organisations, themes")
    assert result.document_ids == {item.capture_id: document[0]}
    assert document[1:] == (
        f"{SITE}/a?id=3", "A title", "partnership", "2021-04-05",
        "Biomedical Alliance in Europe; EIT Health", "education-skills",
    )  # fmt: skip
    columns = "parties, kind, status, signed, duration_months, expires, sources_count, evidence, evidence_page"
    assert world.rows("v_partnerships", columns) == [
        ("EIT Health; Biomedical Alliance in Europe", "mou", "signed", "2021-04", 24, "2023-04", 1, BODY, 7)
    ]
    for text, start, end in world.rows("mention", 'text, start, "end"'):
        assert BODY[start:end] == text
    assert world.rows("capture", "state, state_reason, document_id, claimed_by") == [
        ("processed", None, document[0], None)
    ]


def test_a_second_identical_run_changes_no_row_but_last_seen_at(world: World) -> None:
    world.load(world.item("a", *announcement()), world.item("b", *pact("X AG joins Y Ltd.", "X AG", "Y Ltd")))
    before = world.dump()
    world.next_run()
    again = [world.item("a", *announcement()), world.item("b", *pact("X AG joins Y Ltd.", "X AG", "Y Ltd"))]
    assert world.load(*again).counts["unchanged"] == 2
    after = world.dump()
    seen = {row[0] for row in world.rows("document", "last_seen_at")}
    assert len(seen) == 1 and str(next(iter(seen))).startswith(f"{world.now:%Y-%m-%d}")
    assert {table for table in before if before[table] != after[table]} == {"document"}
    with write_session(world.engine) as session:
        session.connection().exec_driver_sql("UPDATE document SET last_seen_at = first_seen_at")
    assert world.dump() == before


def test_the_same_capture_twice_changes_nothing(world: World) -> None:
    item = world.item("a", *announcement())
    world.load(item)
    before = world.dump()
    assert world.load(item, item).counts["unchanged"] == 2
    assert world.dump() == before


def test_a_changed_text_is_a_new_version_and_the_old_one_is_kept(world: World) -> None:
    world.load(world.item("a", *announcement()))
    world.next_run()
    body = "EIT Health signed with Nobody Else GmbH."
    assert world.load(world.item("a", *pact(body, "EIT Health", "Nobody Else GmbH"))).counts["changed"] == 1
    assert world.rows("document", "text, version, revision") == [(body, 2, 2)]
    assert world.rows("document_version", "number, text") == [(1, BODY), (2, body)]
    assert [row[0] for row in world.rows("v_partnerships", "parties")] == ["EIT Health; Nobody Else GmbH"]
    assert {row[0] for row in world.rows("mention", "text")} == {"EIT Health", "Nobody Else GmbH"}


def test_white_space_alone_is_no_change(world: World) -> None:
    world.load(world.item("a", *announcement()))
    world.next_run()
    reading, analysis = announcement()
    assert (
        world.load(world.item("a", replace(reading, text=BODY.replace(" ", "\n ")), analysis)).counts["unchanged"] == 1
    )


def test_another_analyser_replaces_findings_without_a_version(world: World) -> None:
    world.load(world.item("a", *announcement()))
    world.next_run()
    reading, _ = announcement()
    other = found([entity(BODY, "EIT Health")], analyser="analyser/2")
    assert world.load(world.item("a", reading, other)).counts["changed"] == 1
    assert world.rows("document", "version, analyser, revision") == [(1, "analyser/2", 2)]
    assert len(world.rows("document_version")) == 1
    assert [row[0] for row in world.rows("mention", "text")] == ["EIT Health"]
    assert world.rows("partnership") == world.rows("partnership_report") == world.rows("partnership_party") == []


def test_the_same_payload_read_better_is_no_new_version(world: World) -> None:
    world.load(world.item("a", *announcement(), payload="sha256:1"))
    world.next_run()
    reading, analysis = announcement(extractor="reader/2")
    better = replace(reading, text=BODY + " Training follows.")
    assert world.load(world.item("a", better, analysis, payload="sha256:1")).counts["changed"] == 1
    assert world.rows("document_version", "number, text") == [(1, better.text)]
    assert world.rows("document", "version, text") == [(1, better.text)]


def test_a_capture_that_confirmed_the_text_read_better_is_no_new_version(world: World) -> None:
    reading, analysis = announcement(extractor="reader/1")
    world.load(world.item("a", reading, analysis, payload="sha256:1"))
    world.next_run()
    item = world.item("a", reading, analysis, payload="sha256:2")
    assert world.load(item).counts["unchanged"] == 1
    better = replace(reading, text=BODY + " Training follows.", extractor="reader/2")
    assert world.load(replace(item, extracted=better)).counts["changed"] == 1
    assert world.rows("document_version", "number, text") == [(1, better.text)]


def test_a_current_text_needs_no_analysis_and_a_title_may_still_change(world: World) -> None:
    reading, analysis = announcement()
    world.load(world.item("a", reading, analysis))
    with Session(world.engine) as session:
        key = (document_url(f"{SITE}/a"), text_digest(BODY))
        assert is_current(session, *key, "reader/1", "analyser/1") is not None
        assert is_current(session, *key, "reader/1", "analyser/2") is None
        assert is_current(session, *key, "reader/2", "analyser/1") is None
    world.next_run()
    assert world.load(world.item("a", reading, None)).counts["unchanged"] == 1
    world.next_run()
    assert world.load(world.item("a", replace(reading, title="New title"), None)).counts["changed"] == 1
    assert world.rows("document", "title, version, revision") == [("New title", 1, 2)]


def test_a_changed_text_without_analysis_waits(world: World) -> None:
    reading, analysis = announcement()
    world.load(world.item("a", reading, analysis))
    world.next_run()
    item = world.item("a", replace(reading, text="Other."), None)
    assert world.load(item).counts["waiting"] == 1
    assert world.rows("capture", "id, state, claimed_by")[-1] == (item.capture_id, "fetched", None)
    assert world.rows("document", "text") == [(BODY,)]


def test_what_cannot_be_read_fails_with_its_reason_and_the_rest_is_loaded(world: World) -> None:
    locked = Extracted("encrypted", detail="needs a password", extractor="reader/1")
    result = world.load(
        world.item("a", *announcement()),
        world.item("b", locked, None),
        world.item("c" * 3000, *announcement()),
    )
    assert result.counts == {"new": 1, "changed": 0, "unchanged": 0, "failed": 2, "waiting": 0}
    assert [row[1:] for row in world.rows("capture", "id, state, state_reason")] == [
        ("processed", None),
        ("failed", "encrypted: needs a password"),
        ("failed", "URL longer than 2000 characters"),
    ]


def test_copies_are_documents_of_one_story_and_one_source(world: World) -> None:
    reading, analysis = announcement()
    world.load(world.item("a", reading, analysis), world.item("https://copy.example.com/b", reading, analysis))
    assert len(world.rows("document")) == 2
    assert len(world.rows("story")) == 1
    assert world.rows("partnership", "reports_count, sources_count") == [(2, 1)]
    body = "EIT Health and the Biomedical Alliance in Europe have an agreement."
    world.load(world.item("c", *pact(body, "EIT Health", "Biomedical Alliance in Europe")))
    assert world.rows("partnership", "reports_count, sources_count") == [(3, 2)]


def test_a_changed_partnership_gives_its_other_documents_a_new_revision(world: World) -> None:
    world.load(world.item("a", *announcement()), world.item("b", *pact("X AG joins Y Ltd.", "X AG", "Y Ltd")))
    body = "EIT Health and the Biomedical Alliance in Europe have an agreement."
    world.load(world.item("c", *pact(body, "EIT Health", "Biomedical Alliance in Europe")))
    assert world.rows("document", "url, revision") == [(f"{SITE}/a", 2), (f"{SITE}/b", 1), (f"{SITE}/c", 2)]


def test_a_canonical_url_of_another_site_is_not_believed(world: World) -> None:
    world.load(
        world.item("a?print=1", *announcement(canonical_url=f"{SITE}/a")),
        world.item("b", *announcement(canonical_url="https://elsewhere.example.com/x")),
    )
    assert [row[0] for row in world.rows("document", "url")] == [f"{SITE}/a", f"{SITE}/b"]


def test_pages_that_share_a_canonical_url_but_not_a_text_stay_apart(world: World) -> None:
    pages = [(f"list?page={n}", read(f"Page {n}.", canonical_url=f"{SITE}/list?page=1"), found()) for n in (1, 2)]
    assert world.load(*(world.item(*page) for page in pages)).counts["new"] == 2
    world.next_run()
    assert world.load(*(world.item(*page) for page in pages)).counts["unchanged"] == 2
    assert len(world.rows("document_version")) == 2


def test_an_older_capture_processed_late_does_not_bring_back_the_old_text(world: World) -> None:
    late = world.item("a", read("Old."), found())
    world.next_run()
    world.load(world.item("a", read("New."), found()))
    assert world.load(late).counts["unchanged"] == 1
    assert world.rows("document", "text") == [("New.",)]


def test_a_text_that_waited_while_its_page_was_confirmed_is_still_loaded(world: World) -> None:
    world.load(world.item("a", read("Old."), found()))
    world.next_run()
    waiting = world.item("a", read("New."), found())
    with write_session(world.engine) as session:
        mark_seen(session, {f"{SITE}/a": world.now + timedelta(days=1)})
    assert world.load(waiting).counts["changed"] == 1
    assert world.rows("document", "text") == [("New.",)]


def test_a_page_that_is_gone_stays_and_comes_back(world: World) -> None:
    world.load(world.item("a", *announcement()))
    gone_at = world.now + timedelta(hours=1)
    with write_session(world.engine) as session:
        assert mark_gone(session, {f"{SITE}/a": gone_at, f"{SITE}/unknown": gone_at}) == 1
        assert mark_gone(session, {f"{SITE}/a": gone_at + timedelta(hours=1)}) == 0
    assert [(bool(gone), revision) for gone, revision in world.rows("document", "gone_since, revision")] == [(True, 2)]
    world.next_run()
    assert world.load(world.item("a", *announcement())).counts["changed"] == 1
    assert world.rows("document", "gone_since, version, revision") == [(None, 1, 3)]
    with write_session(world.engine) as session:
        mark_gone(session, {f"{SITE}/a": world.now})
        assert mark_seen(session, {f"{SITE}/a": world.now + timedelta(hours=1)}) == 1
    assert world.rows("document", "gone_since, revision") == [(None, 5)]


def test_text_that_no_database_takes_is_stored_with_exact_offsets(world: World) -> None:
    body = "A\x00B \ud800 EIT Health says so."
    world.load(world.item("a", read(body), found([entity(body, "EIT Health")])))
    (stored,) = world.rows("document", "text")[0]
    ((start, end),) = world.rows("mention", 'start, "end"')
    assert stored[start:end] == "EIT Health" and len(stored) == len(body)


def test_loading_never_commits(world: World) -> None:
    item = world.item("a", *announcement())
    with Session(world.engine.execution_options(writes=True)) as session:
        load_batch(session, [item])
        session.rollback()
    assert world.rows("document") == [] and world.revision() == 0
