"""A run whose documents lack a field that its source expects is not green."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from config.sources import Source
from models.crawl import Capture, CrawlRun
from models.session import read_session, write_session
from pipeline.fields import check_fields
from pipeline.intake import start_run
from pipeline.load import LoadItem, load_batch
from pipeline.records import Analysis, Extracted

AT = datetime(2024, 6, 1, tzinfo=UTC)
WHOLE = Extracted("ok", title="A title", text="A text.", published="2024-05-31", authors=("A. Person",), extractor="x")
NOTHING = Analysis("en", "other", 0.5, analyser="a")


def store(engine: Engine, fields: tuple[str, ...], read: list[Extracted]) -> None:
    """A completed run of a source that expects the fields, with these documents."""
    declared = {"documents": 0, "fields": fields}
    source = Source(id="site", name="Site", kind="feed", start=("http://a.example/feed",), expect=declared)
    with write_session(engine) as session:
        start_run(session, source, "ad-hoc", "run", AT).state = "completed"
        rows = [
            Capture(
                run_id="run", source_id="site", url=f"http://a.example/{n}", role="document", outcome="fetched", at=AT,
                state="fetched",
            )
            for n in range(len(read))
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        texts = [replace(one, text=f"Text number {n}.") for n, one in enumerate(read)]
        load_batch(
            session,
            [LoadItem(row.id, row.url, "site", AT, text, NOTHING) for row, text in zip(rows, texts, strict=True)],
        )
        check_fields(session, ["run"])


def verdict(engine: Engine) -> tuple[str, str | None]:
    with read_session(engine) as session:
        run = session.get(CrawlRun, "run")
        assert run is not None
        return run.state, run.message


def test_documents_with_every_field_leave_the_run_green(engine: Engine) -> None:
    store(engine, ("title", "published", "authors"), [WHOLE, WHOLE])
    assert verdict(engine) == ("completed", None)


@pytest.mark.parametrize(("field", "empty"), [("title", ""), ("published", None), ("authors", ())])
def test_a_field_that_most_documents_lack_is_named(engine: Engine, field: str, empty: object) -> None:
    store(engine, (field,), [replace(WHOLE, **{field: empty}), replace(WHOLE, **{field: empty}), WHOLE])
    state, message = verdict(engine)
    assert state == "incomplete"
    assert message == f"2 of 3 documents have no {field}: see whether the site's pages have changed"


def test_a_field_that_nobody_expects_may_be_empty(engine: Engine) -> None:
    store(engine, ("title",), [replace(WHOLE, published=None, authors=())])
    assert verdict(engine)[0] == "completed"


def test_one_page_without_a_date_is_no_template_change(engine: Engine) -> None:
    store(engine, ("published",), [replace(WHOLE, published=None), WHOLE, WHOLE])
    assert verdict(engine)[0] == "completed"
