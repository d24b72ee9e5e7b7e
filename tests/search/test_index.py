"""The index follows the database, and never answers from damaged or foreign files."""

from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from models.session import read_session, write_session
from models.tables import Document
from search import folder as folders
from search.index import Index, IndexDamagedError, check, open_index, rebuild, refresh
from search.query import Query
from search.service import search
from tests.search.factories import World


def titles(engine: Engine, index: Index, query: str = "") -> list[str]:
    with read_session(engine) as session:
        return sorted(hit.title for hit in search(session, index, Query(query)).hits)


@pytest.fixture
def three(world: World) -> World:
    world.source()
    for title in ("First", "Second", "Third"):
        world.document(title, f"{title} memorandum of understanding")
    return world


def generation(path: Path) -> Path:
    current = folders.read_current(path)
    assert current is not None
    return path / current.generation


def test_a_refresh_takes_only_what_changed(engine: Engine, three: World, folder: Path) -> None:
    first = refresh(engine, folder)
    assert (first.added, first.updated, first.deleted, first.rebuilt) == (3, 0, 0, True)
    three.document("Fourth", "something else")
    three.change(1, title="First again")
    second = refresh(engine, folder)
    assert (second.added, second.updated, second.deleted, second.rebuilt) == (1, 1, 0, False)
    assert second.revision == 5
    third = refresh(engine, folder)
    assert (third.added, third.updated, third.deleted, third.revision) == (0, 0, 0, 5)
    index = Index(folder)
    assert index.reader().count == 4
    assert titles(engine, index) == ["First again", "Fourth", "Second", "Third"]
    assert titles(engine, index, "title:again") == ["First again"]


def test_what_the_database_lost_leaves_the_index(engine: Engine, three: World, folder: Path) -> None:
    refresh(engine, folder)
    three.delete(2)
    assert check(engine, folder).state == "behind"
    assert refresh(engine, folder).deleted == 1
    three.delete(3)
    assert titles(engine, open_index(engine, folder)) == ["First"]
    assert check(engine, folder).state == "current"


def test_small_batches_build_the_same_index(engine: Engine, three: World, folder: Path) -> None:
    with write_session(engine) as session:
        session.execute(text("UPDATE document SET revision = 2 WHERE id > 1"))
    assert refresh(engine, folder, batch=1).added == 3
    assert check(engine, folder).state == "current"


def test_an_open_index_sees_what_is_written_and_rebuilt_later(engine: Engine, three: World, folder: Path) -> None:
    index = open_index(engine, folder)
    three.document("Fourth")
    refresh(engine, folder)
    assert len(titles(engine, index)) == 4
    three.document("Fifth")
    rebuild(engine, folder)
    assert len(titles(engine, index)) == 5
    assert [one.name for one in folder.glob("g-*")] == [generation(folder).name]


def test_an_empty_database_has_an_empty_index(engine: Engine, world: World, folder: Path) -> None:
    index = open_index(engine, folder)
    assert titles(engine, index, "anything") == []
    assert check(engine, folder).state == "current"


def remove_segment(path: Path) -> None:
    next(generation(path).glob("*.idx")).unlink()


def truncate_segment(path: Path) -> None:
    for file in generation(path).glob("*.fast"):
        os.truncate(file, file.stat().st_size // 2)


def spoil_meta(path: Path) -> None:
    (generation(path) / "meta.json").write_text("{garbage")


def lose_meta(path: Path) -> None:
    (generation(path) / "meta.json").unlink()


def spoil_current(path: Path) -> None:
    (path / folders.CURRENT).write_text("[]")


def lose_generation(path: Path) -> None:
    generation(path).rename(path / "elsewhere")


def older_schema(path: Path) -> None:
    content = json.loads((path / folders.CURRENT).read_text())
    (path / folders.CURRENT).write_text(json.dumps(content | {"schema": 0}))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("damage", "state"),
    [
        (remove_segment, "damaged"),
        (truncate_segment, "damaged"),
        (spoil_meta, "damaged"),
        (lose_meta, "damaged"),
        (lose_generation, "damaged"),
        (spoil_current, "missing"),
        (older_schema, "outdated"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_damaged_index_is_found_and_rebuilt(
    engine: Engine, three: World, folder: Path, damage: object, state: str
) -> None:
    refresh(engine, folder)
    damage(folder)  # type: ignore[operator]
    assert check(engine, folder).state == state
    assert titles(engine, open_index(engine, folder)) == ["First", "Second", "Third"]
    assert check(engine, folder).state == "current"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_search_in_damaged_files_is_an_error_and_no_answer(engine: Engine, three: World, folder: Path) -> None:
    refresh(engine, folder)
    spoil_meta(folder)
    with pytest.raises(IndexDamagedError, match="reindex"):
        Index(folder).reader()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_thorough_check_finds_a_changed_byte(engine: Engine, three: World, folder: Path) -> None:
    refresh(engine, folder)
    assert check(engine, folder, thorough=True).state == "current"
    file = next(generation(folder).glob("*.idx"))
    content = bytearray(file.read_bytes())
    content[4] ^= 0xFF
    file.write_bytes(content)
    assert check(engine, folder, thorough=True).state == "damaged"


def test_the_index_of_another_database_is_rebuilt(engine: Engine, three: World, folder: Path) -> None:
    refresh(engine, folder)
    with write_session(engine) as session:
        session.execute(text("UPDATE document SET url = url || 'x', title = 'Other' WHERE id = 3"))
    assert check(engine, folder).state == "foreign"
    assert titles(engine, open_index(engine, folder)) == ["First", "Other", "Second"]


def test_an_index_ahead_of_the_database_is_rebuilt(engine: Engine, three: World, folder: Path) -> None:
    three.document("Fourth")
    refresh(engine, folder)
    with write_session(engine) as session:  # as after restoring a backup
        session.execute(text("DELETE FROM document WHERE id = 4"))
    assert check(engine, folder).state == "foreign"
    result = refresh(engine, folder)
    assert result.rebuilt
    assert titles(engine, Index(folder)) == ["First", "Second", "Third"]


def test_an_index_that_lacks_documents_is_rebuilt(engine: Engine, three: World, folder: Path) -> None:
    refresh(engine, folder)
    with write_session(engine) as session:
        row = session.execute(select(*Document.__table__.columns).where(Document.id == 1)).mappings().one()
        strange = {**row, "id": 99, "url": "https://news.example/99", "revision": 1}
        session.execute(insert(Document), [strange])  # as no writer of ours would: behind the watermark
    assert check(engine, folder).state == "foreign"
    assert open_index(engine, folder).reader().count == 4


def test_a_failed_rebuild_leaves_the_old_index_in_force(engine: Engine, three: World, folder: Path) -> None:
    refresh(engine, folder)
    kept = generation(folder)
    with write_session(engine) as session:
        session.execute(text("ALTER TABLE document_theme RENAME TO hidden"))
    try:
        with pytest.raises(DBAPIError, match="document_theme"):
            rebuild(engine, folder)
    finally:
        with write_session(engine) as session:
            session.execute(text("ALTER TABLE hidden RENAME TO document_theme"))
    assert generation(folder) == kept
    assert Index(folder).reader().count == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_second_writer_says_that_the_first_is_at_work(engine: Engine, three: World, folder: Path) -> None:
    with folders.lock(folder), pytest.raises(folders.IndexBusyError, match="another process"):
        refresh(engine, folder, wait=0.1)


def _refresh_in_child(url: str, path: Path, results: object) -> None:
    from models.session import make_engine

    engine = make_engine(url)
    result = refresh(engine, path)
    results.put((result.added, result.rebuilt))  # type: ignore[attr-defined]
    engine.dispose()


def test_two_processes_refresh_one_after_the_other(engine: Engine, three: World, folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    url = engine.url.render_as_string(hide_password=False)
    children = [context.Process(target=_refresh_in_child, args=(url, folder, results)) for _ in range(2)]
    for child in children:
        child.start()
    found = sorted(results.get(timeout=60) for _ in children)
    for child in children:
        child.join()
    assert found == [(0, False), (3, True)]
    assert check(engine, folder).state == "current"
