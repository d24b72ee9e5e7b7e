from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.sources import Source
from crawlers.contract import RECHECK
from models.crawl import Capture, CrawlRun
from models.crawl import Source as SourceRow
from models.document import Document
from models.session import read_session
from pipeline import intake
from pipeline.archive import Archive
from pipeline.errors import PipelineError
from pipeline.intake import take_in, take_in_all
from pipeline.process import process_batch
from pipeline.spool import hold
from tests.pipeline.crawled import Crawled, Fixed, outcome, page


def captures(engine: Engine) -> dict[str, Capture]:
    with read_session(engine) as session:
        return {c.url.removeprefix("https://news.example"): c for c in session.scalars(select(Capture))}


def run_of(engine: Engine, name: str) -> CrawlRun:
    with read_session(engine) as session:
        return session.get_one(CrawlRun, name)


def full(spool: Path, source: Source, name: str = "run-1") -> Crawled:
    crawled = Crawled(spool / name, source).add(outcome("/feed", "fetched", "discovery"))
    return crawled.fetch("/a", page("A")).fetch("/b", page("B")).add(outcome("/c", "failed", reason="status-500"))


def test_a_whole_crawl_is_taken_in(engine: Engine, spool: Path, source: Source, archive: Archive) -> None:
    folder = full(spool, source).end()
    result = take_in(engine, folder, archive)
    assert (result.state, result.counts) == ("completed", {"failed": 1, "fetched": 3})
    assert (result.captures, result.waiting, result.finished) == (4, 2, True)
    found = captures(engine)
    assert {path: c.state for path, c in found.items()} == {
        "/feed": "done",
        "/a": "fetched",
        "/b": "fetched",
        "/c": "done",
    }
    assert found["/b"].archive_file == "run-1/00000.warc.gz"
    _, body = archive.read(
        found["/b"].archive_file or "", found["/b"].archive_offset or 0, found["/b"].archive_length or 0
    )
    assert body == page("B")
    assert not folder.exists()


def test_the_run_and_its_source_are_registered(engine: Engine, spool: Path, source: Source, archive: Archive) -> None:
    take_in(engine, full(spool, source).end(), archive)
    run = run_of(engine, "run-1")
    assert (run.trigger, run.state, run.source_id) == ("nightly", "completed", "news")
    assert run.started_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert run.finished_at == datetime(2024, 5, 1, 0, 2, tzinfo=UTC)
    with read_session(engine) as session:
        row = session.get_one(SourceRow, "news")
    assert row.last_crawled_at == run.started_at
    assert row.declaration["start"] == ["https://news.example/feed"]


def test_taking_in_twice_changes_nothing(
    engine: Engine, spool: Path, source: Source, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "discard", lambda _: None)
    folder = full(spool, source).end()
    first = take_in(engine, folder, archive)
    ids = {path: c.id for path, c in captures(engine).items()}
    assert take_in(engine, folder, archive) == first
    assert {path: c.id for path, c in captures(engine).items()} == ids


def test_an_interrupted_crawl_is_taken_in_as_far_as_it_got(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    crawled = full(spool, source)
    with (crawled.folder / "outcomes.jsonl").open("a", encoding="utf8") as out:
        out.write('{"url": "https://news.example/torn", "outc')
    with (crawled.folder / "00000.warc.gz").open("ab") as torn:
        torn.write(b"\x1f\x8b\x08half a record")
    result = take_in(engine, crawled.folder, archive)
    assert (result.state, result.finished, result.captures) == ("interrupted", False, 4)
    assert "/torn" not in captures(engine)


def test_a_crawl_that_failed_says_why(engine: Engine, spool: Path, source: Source, archive: Archive) -> None:
    result = take_in(engine, full(spool, source).folder, archive, error="no space left on device")
    assert result.state == "failed"
    assert "no space left" in (result.message or "")


def test_a_line_that_is_no_outcome_is_passed_over(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    crawled = full(spool, source)
    with (crawled.folder / "outcomes.jsonl").open("ab") as out:
        out.write(b"\x00\x00\x00\n[]\n")
    crawled.fetch("/d", page("D"))
    assert take_in(engine, crawled.end(), archive).captures == 5


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([outcome("/feed", "failed", "discovery", reason="broken-feed")], "could not be read"),
        ([outcome("/feed", "unreachable", "discovery", reason="dns")], "dns"),
        ([outcome("/feed", "filtered", "discovery", reason="robots")], "robots"),
        ([outcome("/feed", role="discovery")], "0 documents seen, at least 2 expected"),
        ([outcome("/feed", role="discovery"), outcome("/a", "unchanged")], "1 documents seen"),
        (
            [outcome("/feed", role="discovery"), *(outcome(f"/{n}", "unchanged", found_on=RECHECK) for n in range(9))],
            "0 documents seen",
        ),
    ],
)
def test_a_run_below_what_is_expected_is_never_green(  # noqa: PLR0917  # fixtures
    engine: Engine, spool: Path, source: Source, archive: Archive, outcomes: Sequence[Any], words: str
) -> None:
    result = take_in(engine, Crawled(spool / "run-1", source).add(*outcomes).end(), archive)
    assert result.state == "empty"
    assert words in (result.message or "")


def test_a_run_that_had_to_fall_back_says_so_and_is_judged_by_the_way_that_it_took(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    way = {"kind": "sitemap", "start": "https://news.example/map"}
    source = Source.model_validate({**source.model_dump(exclude_unset=True), "fallbacks": [way]})
    broken = outcome("/feed", "failed", "discovery", reason="status-404", status=404)
    listed = [outcome(path, found_on="https://news.example/map") for path in ("/a", "/b")]
    used = Crawled(spool / "run-1", source).add(broken, outcome("/map", role="discovery"), *listed)
    result = take_in(engine, used.end(way=1, gave=["failed status-404", "used"]), archive)
    assert (result.state, result.message) == (
        "completed", "feed gave nothing (failed status-404), sitemap was used instead",
    )  # fmt: skip
    lost = Crawled(spool / "run-2", source).add(broken, outcome("/map", "unreachable", "discovery", reason="dns"))
    result = take_in(engine, lost.end(way=1, gave=["failed status-404", "unreachable dns"]), archive)
    assert result.state == "empty"
    assert (result.message or "").startswith(
        "feed gave nothing (failed status-404), sitemap could not be read: https://news"
    )


def test_a_run_that_goes_back_need_not_find_anything(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    crawled = Crawled(spool / "run-1", source).add(outcome("/feed", role="discovery"))
    assert take_in(engine, crawled.end(since="2020-01-01"), archive).state == "completed"


def test_a_crawl_that_was_ended_early_is_not_complete(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    result = take_in(engine, full(spool, source).end("max-seconds"), archive)
    assert (result.state, result.finished) == ("interrupted", True)
    assert "max-seconds" in (result.message or "")


def _stored(engine: Engine, spool: Path, source: Source, archive: Archive) -> None:
    """A first run with two documents, at /a and /b."""
    take_in(engine, full(spool, source).end(), archive)
    process_batch(engine, archive, Fixed(), [c.id for c in captures(engine).values()])


def test_an_unchanged_page_confirms_its_document(engine: Engine, spool: Path, source: Source, archive: Archive) -> None:
    _stored(engine, spool, source, archive)
    later = "2024-05-09T00:00:00Z"
    take_in(engine, Crawled(spool / "run-2", source).add(outcome("/a", "unchanged", at=later)).end(), archive)
    with read_session(engine) as session:
        seen = {d.url[-2:]: d.last_seen_at.day for d in session.scalars(select(Document))}
        confirming = session.scalars(select(Capture).where(Capture.run_id == "run-2")).one()
        first = session.scalars(select(Capture).where(Capture.run_id == "run-1", Capture.url.endswith("/a"))).one()
    assert seen == {"/a": 9, "/b": 1}
    assert confirming.document_id == first.document_id is not None


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_marked_and_its_document_stays(
    engine: Engine, spool: Path, source: Source, archive: Archive, status: int
) -> None:
    _stored(engine, spool, source, archive)
    late = [
        outcome("/a", "failed", at="2024-05-09T00:00:00Z", status=status, reason=f"status-{status}"),
        outcome("/b", "failed", at="2024-05-09T00:00:00Z", status=503, reason="status-503"),
    ]
    take_in(engine, Crawled(spool / "run-2", source).add(*late).end(), archive)
    with read_session(engine) as session:
        gone = {d.url[-2:]: d.gone_since for d in session.scalars(select(Document))}
    assert gone == {"/a": datetime(2024, 5, 9, tzinfo=UTC), "/b": None}


def test_an_unchanged_feed_counts_the_documents_it_named_before(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    _stored(engine, spool, source, archive)
    second = Crawled(spool / "run-2", source).add(outcome("/feed", "unchanged", "discovery"))
    assert take_in(engine, second.end(), archive).state == "completed"


def test_leftovers_are_taken_in_and_a_running_crawl_is_not(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    full(spool, source, "dead")
    alive = full(spool, source, "alive")
    (spool / "unborn").mkdir()
    with hold(alive.folder):
        assert [r.run_id for r in take_in_all(engine, spool, archive)] == ["dead"]
        assert alive.folder.exists()
    assert not (spool / "unborn").exists()
    assert [r.run_id for r in take_in_all(engine, spool, archive)] == ["alive"]
    assert list(spool.iterdir()) == []


def test_a_folder_that_cannot_be_taken_in_does_not_stop_the_others(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    broken = full(spool, source, "broken").folder
    (broken / "job.json").write_text("{")
    full(spool, source, "whole").end()
    assert [r.run_id for r in take_in_all(engine, spool, archive)] == ["whole"]
    assert broken.exists()


def test_an_archive_that_fails_leaves_the_folder(engine: Engine, spool: Path, source: Source, tmp_path: Path) -> None:
    folder = full(spool, source).end()
    (tmp_path / "archive").write_text("a file where the folder should be")
    with pytest.raises(PipelineError, match="cannot store"):
        take_in(engine, folder, Archive(str(tmp_path / "archive")))
    assert captures(engine) == {}
    assert (folder / "outcomes.jsonl").exists()


def test_many_outcomes_go_in_by_batches(
    engine: Engine, spool: Path, source: Source, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 7)
    crawled = Crawled(spool / "run-1", source).add(*(outcome(f"/{n}", "filtered", reason="robots") for n in range(50)))
    size = (crawled.folder / "outcomes.jsonl").stat().st_size
    assert take_in(engine, crawled.end(), archive).counts == {"filtered": 50}
    assert run_of(engine, "run-1").intake_offset == size


def _homes(engine: Engine) -> dict[str, tuple[str, int]]:
    with read_session(engine) as session:
        return {d.url[-2:]: (d.source_id, d.revision) for d in session.scalars(select(Document))}


def test_a_document_fetched_ad_hoc_moves_to_the_source_that_names_it(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    _stored(engine, spool, source.model_copy(update={"id": "adhoc"}), archive)
    before = _homes(engine)
    assert {home for home, _ in before.values()} == {"adhoc"}
    # /a is fetched again and is the same, /b is confirmed as unchanged
    second = Crawled(spool / "run-2", source).fetch("/a", page("A"), at="2024-05-09T00:00:00Z")
    take_in(engine, second.add(outcome("/b", "unchanged", at="2024-05-09T00:00:00Z")).end(), archive)
    assert _homes(engine)["/b"][0] == "news", "intake has moved it"
    with read_session(engine) as session:
        waiting = list(session.scalars(select(Capture.id).where(Capture.state == "fetched")))
    assert process_batch(engine, archive, Fixed(), waiting).counts == {"unchanged": 1}
    after = _homes(engine)
    assert {home for home, _ in after.values()} == {"news"}
    assert all(after[path][1] > before[path][1] for path in after), "the index must learn of it"


def test_a_document_of_a_source_stays_its_own_when_fetched_ad_hoc(
    engine: Engine, spool: Path, source: Source, archive: Archive
) -> None:
    _stored(engine, spool, source, archive)
    before = _homes(engine)
    adhoc = Crawled(spool / "run-2", source.model_copy(update={"id": "adhoc"}))
    take_in(engine, adhoc.add(outcome("/b", "unchanged", at="2024-05-09T00:00:00Z")).end(), archive)
    assert _homes(engine) == before


@pytest.mark.parametrize(("id_", "mend"), [("news", "the next run gets the rest"), ("adhoc", "crawl it again")])
def test_an_interrupted_run_counts_what_was_fetched_and_what_was_not_asked_for(  # noqa: PLR0917  # fixtures
    engine: Engine, spool: Path, source: Source, archive: Archive, id_: str, mend: str
) -> None:
    crawled = full(spool, source.model_copy(update={"id": id_}))
    crawled.add(*(outcome(f"/{n}", "filtered", reason="interrupted") for n in range(4)))
    result = take_in(engine, crawled.end("shutdown"), archive)
    assert result.state == "interrupted"
    assert "3 URLs were fetched, 4 were seen and not asked for" in (result.message or "")
    assert mend in (result.message or "")
    assert run_of(engine, "run-1").message == result.message
