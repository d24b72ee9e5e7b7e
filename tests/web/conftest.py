"""A small world behind the pages, with texts that would break pages that do not escape; made once, only read."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, func, select

from config.settings import load
from models.session import make_engine, write_session
from models.tables import Capture, DocumentVersion, Revision
from search.index import open_index, refresh
from tests.search.factories import World
from tests.web.browser import launched
from tests.web.serving import browsing
from web.app import create_app

SCRIPT = "<script>alert('x')</script>"
EVIDENCE = "EIT Health and BioMed Alliance signed a memorandum of understanding in April 2021."
TEXT = f"EIT Health speaks.\n{EVIDENCE}\nBoth want {SCRIPT} & more data.\nשלום 🧬"


@dataclass(frozen=True)
class Filled:
    """What the world holds, by id."""

    engine: Engine
    folder: Path
    document: int
    second: int
    hostile: int
    organisation: int
    partner: int
    merged: int
    partnership: int


def fill(engine: Engine, folder: Path) -> Filled:
    """Two sources, four documents, three organisations, two partnerships."""
    with write_session(engine) as session:
        if session.get(Revision, 1) is None:
            session.add(Revision(id=1, value=0))
    world = World(engine)
    world.source("courier", "Courier")
    world.source("quiet", "A source that yields nothing", country=None)
    begun = datetime.now(UTC) - timedelta(days=2)
    world.run("run-1", "courier", started_at=begun, counts={"fetched": 3})
    world.run("run-2", "quiet", started_at=begun, state="empty", message="0 documents seen, at least 1 expected")
    world.capture("run-1", "https://courier.example/1", source="courier")
    world.theme("health-data", "Health data")
    world.theme("education-skills", "Education and skills")
    eit = world.organisation("EIT Health", "EIT", country="DE", register_id="https://ror.org/0123")
    alliance = world.organisation("BioMed Alliance", country="BE")
    lab = world.organisation(f"Lab {SCRIPT}", category="project")
    old = world.organisation("BioMed Alliance in Europe")
    world.merge(old, alliance)
    themes = ("health-data", "education-skills")
    one = world.document(
        "Two sign", TEXT, source="courier", published="2021-04-09", organisations=(eit, alliance), themes=themes,
        anchors=[[0, 18, 1], [19, len(TEXT), 2]],
    )  # fmt: skip
    two = world.document(
        "A memorandum of data",
        "The memorandum about data.",
        source="courier",
        published="2022-06",
        organisations=(eit,),
    )
    hostile = world.document(f"=1+1 {SCRIPT}", f"A memorandum {SCRIPT} of NHS.", source="courier", organisations=(lab,))
    world.document("Undated", "Nothing to see here.", source="courier", language="de")
    pact = world.partnership(one, eit, alliance, evidence=EVIDENCE, signed="2021-04", expires="2023-04",
                             duration_months=24, first_reported=datetime(2021, 4, 9, tzinfo=UTC).date(),
                             last_reported=datetime(2021, 4, 9, tzinfo=UTC).date())  # fmt: skip
    world.partnership(hostile, eit, lab, kind="funding", evidence=f"A {SCRIPT}", amount=1e6, currency="EUR")
    with write_session(engine) as session:
        capture = session.execute(select(func.min(Capture.id))).scalar_one()
        for number, text in ((1, "First\nThe old data.\nLast"), (2, TEXT)):
            session.add(
                DocumentVersion(
                    document_id=one,
                    number=number,
                    title="Two sign",
                    text=text,
                    text_digest=f"sha256:{number}",
                    capture_id=capture,
                    created_at=begun,
                )
            )
    refresh(engine, folder / "index")
    return Filled(engine, folder, one, two, hostile, eit, alliance, old, pact)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium of the system."""
    with launched() as made:
        yield made


@pytest.fixture(scope="session")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp("web")
    shutil.copy(sqlite_template, folder / "pactwatch.db")
    engine = make_engine(f"sqlite:///{folder / 'pactwatch.db'}")
    yield fill(engine, folder)
    engine.dispose()


@pytest.fixture
def own(filled: Filled, tmp_path: Path) -> Iterator[Engine]:
    """The same world in a copy, with its index, to be changed."""
    held, mine = filled.folder / "pactwatch.db", tmp_path / "own.db"
    with closing(sqlite3.connect(held)) as source, closing(sqlite3.connect(mine)) as copy:
        source.backup(copy)
    shutil.copytree(filled.folder / "index", tmp_path / "index")
    engine = make_engine(f"sqlite:///{mine}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def client(filled: Filled) -> Iterator[httpx.Client]:
    """A client of the application, without anything that it cannot do by itself."""
    settings = load(data_dir=filled.folder, database_url="", index_dir=filled.folder / "index")
    app = create_app(settings, filled.engine, open_index(filled.engine, filled.folder / "index"))
    with browsing(app) as made:
        yield made
