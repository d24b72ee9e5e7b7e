from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from config.sources import Source
from models.crawl import Capture
from models.document import Document
from models.session import read_session, write_session
from pipeline.archive import Archive
from pipeline.errors import PipelineError
from pipeline.intake import take_in
from pipeline.process import BatchResult, process_batch
from pipeline.records import Analysis, Text
from tests.pipeline.crawled import Crawled, Fixed, page


class Store:
    """Crawls of one source, taken in and processed."""

    def __init__(self, engine: Engine, spool: Path, source: Source, archive: Archive) -> None:
        self.engine, self.spool, self.source, self.archive = engine, spool, source, archive

    def crawl(self, name: str, **pages: bytes) -> list[int]:
        """Take a run in; return the ids of its captures in the order of `pages`."""
        crawled = Crawled(self.spool / name, self.source)
        for path, body in pages.items():
            crawled.fetch(f"/{path}", body, at=f"2024-05-{len(name):02d}T00:00:00Z")
        take_in(self.engine, crawled.end(), self.archive)
        with read_session(self.engine) as session:
            return list(session.scalars(select(Capture.id).where(Capture.run_id == name).order_by(Capture.id)))

    def process(self, ids: list[int], analyser: Fixed | None = None) -> dict[str, int]:
        return process_batch(self.engine, self.archive, analyser or Fixed(), ids).counts

    def captures(self) -> dict[str, tuple[str, str | None]]:
        with read_session(self.engine) as session:
            return {
                c.url[21:]: (c.state, c.state_reason) for c in session.scalars(select(Capture).order_by(Capture.id))
            }

    def titles(self) -> list[str]:
        with read_session(self.engine) as session:
            return sorted(session.scalars(select(Document.title)))


@pytest.fixture
def store(engine: Engine, spool: Path, source: Source, archive: Archive) -> Store:
    return Store(engine, spool, source, archive)


def test_pages_become_documents(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple"), b=page("Pear"))
    assert store.process(ids) == {"new": 2}
    assert store.titles() == ["Apple", "Pear"]
    assert set(store.captures().values()) == {("processed", None)}


def test_what_was_processed_is_not_processed_again(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple"))
    store.process(ids)
    analyser = Fixed()
    assert store.process(ids, analyser) == {}
    assert analyser.read == []


def test_a_text_that_stands_is_confirmed_without_analysis(store: Store) -> None:
    store.process(store.crawl("r", a=page("Apple")))
    analyser = Fixed()
    assert store.process(store.crawl("rr", a=page("Apple") + b"<!-- new payload -->"), analyser) == {"unchanged": 1}
    assert analyser.read == []


def test_a_changed_text_is_analysed(store: Store) -> None:
    store.process(store.crawl("r", a=page("Apple")))
    assert store.process(store.crawl("rr", a=page("Apple", "Something else was added to the page."))) == {"changed": 1}


def test_two_captures_of_one_page_in_one_batch_end_as_the_later(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple")) + store.crawl("rr", a=page("Apple", "Pears were added to the page."))
    store.process(ids)
    with read_session(store.engine) as session:
        document = session.scalars(select(Document)).one()
    assert "Pears" in document.text
    assert document.version == 2


def test_an_unreadable_file_fails_alone_and_says_why(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple"), bad=b"%PDF-1.7 torn", b=page("Pear"))
    assert store.process(ids) == {"new": 2, "failed": 1}
    state, reason = store.captures()["bad"]
    assert state == "failed"
    assert reason
    assert reason.startswith("damaged")


def test_a_missing_record_fails_alone_and_says_why(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple"), b=page("Pear"))
    with write_session(store.engine) as session:
        session.execute(update(Capture).where(Capture.id == ids[0]).values(archive_file="r/other.warc.gz"))
    assert store.process(ids) == {"new": 1, "failed": 1}
    assert "no such file in the archive" in (store.captures()["a"][1] or "")


def test_a_text_that_breaks_the_analysis_fails_alone(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple"), bad=page("Bad", "It holds arsenic in its words."), b=page("Pear"))
    assert store.process(ids, Fixed(poison="arsenic")) == {"new": 2, "failed": 1}
    assert store.captures()["bad"] == ("failed", "analysis: ZeroDivisionError: poison")


def test_an_analysis_that_breaks_on_everything_is_no_documents_fault(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple"), b=page("Pear"))
    with pytest.raises(PipelineError, match="every document of a batch"):
        store.process(ids, Fixed(poison="e"))
    assert {state for state, _ in store.captures().values()} == {"fetched"}


class Unstorable(Fixed):
    """Gives documents that speak of mercury a score that no database takes."""

    def analyse(self, texts: Iterable[Text], batch_size: int = 32) -> Iterator[Analysis]:
        for text in texts:
            score = None if "mercury" in text.text else 0.5
            yield Analysis("en", "other", score, analyser=self.version)  # type: ignore[arg-type]


def test_a_document_that_the_database_refuses_fails_alone(store: Store) -> None:
    ids = store.crawl("r", a=page("Apple"), bad=page("Bad", "It holds mercury in its words."), b=page("Pear"))
    assert store.process(ids, Unstorable()) == {"new": 2, "failed": 1}
    assert store.captures()["bad"][0] == "failed"
    assert (store.captures()["bad"][1] or "").startswith("load: ")
    assert store.titles() == ["Apple", "Pear"]


def test_an_archive_that_is_away_fails_no_document(store: Store, tmp_path: Path) -> None:
    ids = store.crawl("r", a=page("Apple"))
    (tmp_path / "archive").rename(tmp_path / "away")
    with pytest.raises(PipelineError, match="archive_url"):
        store.process(ids)
    assert store.captures()["a"][0] == "fetched"
    (tmp_path / "away").rename(tmp_path / "archive")
    assert store.process(ids) == {"new": 1}


def test_results_add_up() -> None:
    assert BatchResult({"new": 1, "failed": 2}) + BatchResult({"new": 3}) == BatchResult({"new": 4, "failed": 2})
