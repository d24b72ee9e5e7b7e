from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.sources import Source
from crawlers.contract import Known, Outcome
from models.crawl import Capture
from models.session import read_session
from pipeline.archive import Archive
from pipeline.intake import take_in
from pipeline.known import known_urls
from pipeline.process import process_batch
from tests.pipeline.crawled import Crawled, Fixed, outcome, page

SITE = "https://news.example"


@pytest.fixture
def source() -> Source:
    return Source(id="news", name="News", kind="feed", start=(f"{SITE}/feed",), expect={"documents": 0})


def bare(known: Known) -> Known:
    """Without the place in the archive."""
    return replace(known, stored=None)


class History:
    """Runs of one source, one after another."""

    def __init__(self, engine: Engine, spool: Path, source: Source, archive: Archive) -> None:
        self.engine, self.spool, self.source, self.archive = engine, spool, source, archive
        self.number = 0

    def run(self, *outcomes: Outcome, pages: tuple[str, ...] = (), end: bool = True, process: bool = True) -> None:
        self.number += 1
        at = f"2024-05-{self.number:02d}T00:00:00"
        crawled = Crawled(self.spool / f"run-{self.number}", self.source, f"{at}+00:00")
        for path in pages:
            crawled.fetch(path, page(path), at=f"{at}Z", etag=f"e{self.number}", digest=f"sha256:{path}")
        crawled.add(*outcomes)
        take_in(self.engine, crawled.end() if end else crawled.folder, self.archive)
        if process:
            with read_session(self.engine) as session:
                ids = list(session.scalars(select(Capture.id).where(Capture.state == "fetched")))
            process_batch(self.engine, self.archive, Fixed(), ids)

    def known(self, recheck: int = 0) -> dict[str, Known]:
        with read_session(self.engine) as session:
            return {k.url.removeprefix(SITE): k for k in known_urls(session, self.source.id, recheck)}


@pytest.fixture
def history(engine: Engine, spool: Path, source: Source, archive: Archive) -> History:
    return History(engine, spool, source, archive)


FEED = outcome("/feed", role="discovery", etag="f", digest="sha256:feed")


def test_nothing_is_known_of_a_new_source(history: History) -> None:
    assert history.known() == {}


def test_the_latest_validators_are_known(history: History) -> None:
    history.run(FEED, pages=("/a", "/b"))
    history.run(pages=("/a",))
    assert bare(history.known()["/a"]) == Known(f"{SITE}/a", "e2", None, "sha256:/a")
    assert bare(history.known()["/b"]) == Known(f"{SITE}/b", "e1", None, "sha256:/b")


def test_what_an_unchanged_answer_leaves_out_is_taken_from_the_one_before(history: History) -> None:
    history.run(pages=("/a",))
    history.run(outcome("/a", "unchanged", last_modified="Mon"))
    assert bare(history.known()["/a"]) == Known(f"{SITE}/a", "e1", "Mon", "sha256:/a")


def test_the_place_of_a_payload_is_known_to_revisits_however_long_it_has_been_unchanged(history: History) -> None:
    history.run(pages=("/a",))
    history.run(outcome("/a", "unchanged", digest="sha256:/a", warc="00000.warc.gz", offset=7, length=9))
    stored = history.known()["/a"].stored
    assert stored
    assert (stored.url, stored.at, stored.file) == (f"{SITE}/a", "2024-05-01T00:00:00.000Z", "run-1/00000.warc.gz")
    assert history.archive.read(stored.file, stored.offset, stored.length)[1] == page("/a")


def test_the_place_of_another_payload_is_not_that_of_an_unchanged_feed(history: History) -> None:
    history.run(outcome("/feed", role="discovery", digest="sha256:1", entries="sha256:e"), pages=("/a",))
    history.run(outcome("/feed", "unchanged", role="discovery", digest="sha256:2", entries="sha256:e"), pages=("/a",))
    known = history.known()["/feed"]
    assert (known.digest, known.stored) == ("sha256:2", None)


def test_the_digest_of_a_feeds_entries_is_known(history: History) -> None:
    history.run(outcome("/feed", role="discovery", etag="f", digest="sha256:feed", entries="sha256:e"), pages=("/a",))
    assert history.known()["/feed"] == Known(f"{SITE}/feed", "f", None, "sha256:feed", "sha256:e")


def test_failures_are_not_known_and_change_nothing(history: History) -> None:
    history.run(pages=("/a",))
    history.run(outcome("/a", "failed", status=500), outcome("/x", "unreachable"), outcome("/y", "filtered"))
    assert set(history.known()) == {"/a"}
    assert history.known()["/a"].etag == "e1"


def test_a_page_that_was_gone_is_asked_for_whole(history: History) -> None:
    history.run(pages=("/a", "/b"))
    history.run(outcome("/a", "failed", status=404))
    assert set(history.known()) == {"/b"}
    history.run(pages=("/a",))
    assert set(history.known()) == {"/a", "/b"}


def test_a_feed_is_known_once_all_that_it_named_was_read(history: History) -> None:
    history.run(FEED, outcome("/dead", "failed", status=404), pages=("/a",))
    assert history.known()["/feed"].etag == "f"


@pytest.mark.parametrize(
    "missing",
    [
        {"kind": "unreachable"},
        {"kind": "failed", "status": 503},
        {"kind": "failed", "status": 429},
        {"kind": "failed"},
        {"kind": "filtered", "reason": "limit"},
        {"kind": "filtered", "reason": "interrupted"},
    ],
)
def test_a_feed_is_not_known_while_a_document_of_it_is_missing(history: History, missing: dict[str, Any]) -> None:
    history.run(FEED, outcome("/b", **missing), pages=("/a",))
    assert set(history.known()) == {"/a"}


def test_a_feed_is_not_known_while_a_document_waits(history: History) -> None:
    history.run(FEED, pages=("/a",), process=False)
    assert set(history.known()) == {"/a"}


def test_a_feed_is_not_known_after_a_crawl_that_was_cut_off(history: History) -> None:
    history.run(FEED, pages=("/a",), end=False)
    assert set(history.known()) == {"/a"}


def test_after_a_failure_a_watched_page_is_asked_for_in_full(history: History) -> None:
    watched = {"etag": "f", "digest": "sha256:feed"}
    history.run(outcome("/feed", **watched), pages=("/a",))
    assert history.known()["/feed"].etag == "f"
    history.run(outcome("/feed", "failed", status=500), end=False)
    known = history.known()
    assert (known["/feed"].etag, known["/feed"].digest) == (None, "sha256:feed")
    assert known["/a"].etag == "e1"


def test_the_longest_unseen_live_documents_are_rechecked(history: History) -> None:
    history.run(FEED, pages=("/a", "/b", "/c"))
    history.run(outcome("/a", "unchanged", at="2024-05-02T00:00:00Z"), outcome("/b", "failed", status=404))
    assert [path for path, known in history.known(1).items() if known.recheck] == ["/c"]
    assert {path for path, known in history.known(9).items() if known.recheck} == {"/a", "/c"}
    assert not any(known.recheck for known in history.known().values())
