"""The order in which documents arrive, and how they are batched, changes neither organisations nor partnerships."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.session import make_engine, write_session
from pipeline.records import Analysis, Extracted
from pipeline.register.records import entry_of
from pipeline.register.store import import_register
from tests.pipeline.load.world import World, entity, found, read, report

REGISTER = [
    {"id": "https://ror.org/000000001", "name": "Alpha Centre", "aliases": ["Centre Alpha Lyon"], "country": "FR"},
    {"id": "https://ror.org/000000002", "name": "Newcastle University", "country": "GB", "city": "Tyne"},
    {"id": "https://ror.org/000000003", "name": "Newcastle University", "country": "AU", "acronyms": ["NU"]},
    {
        "id": "https://ror.org/000000004",
        "name": "Ministry of Health",
        "country": "KE",
        "labels": [["Afya House", "sw"]],
    },
    {"id": "https://ror.org/000000005", "name": "Gammatech", "country": "DE"},
    {"id": "https://ror.org/000000006", "name": "Gamma Hospital", "country": "DE", "aliases": ["Gamma Klinik Ulm"]},
]
REGISTERED = (
    "Alpha Centre", "Centre Alpha Lyon", "Newcastle University", "Ministry of Health", "Afya House", "Gammatech",
    "Gamma Hospital", "NU", "Beta Institute",
)  # fmt: skip
REGISTERED_SHORT = ("Alpha Centre", "Newcastle University", "Gamma Klinik Ulm", "Our Beta Thing", "NU")
PLACES = ("", " in Kenya", " in Australia", " in the UK", " in Germany")

NAMES = ("Alpha Centre", "Alpha Centre GmbH", "Beta Institute", "Gamma Hospital", "GH", "AC", "Delta Foundation")
SHORT = ("Beta Institute", "Alpha Centre", "AC", "GH", "Gamma Clinic")

entities = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(SHORT), max_size=1), min_size=2, max_size=4)
reports = st.tuples(
    st.sampled_from(("mou", "collaboration", "funding")),
    st.sampled_from(("planned", "signed", "extended", "ended")),
    st.sampled_from((None, "2019", "2020-03", "2021-05-06", "2023-01")),
    st.sampled_from((0.4, 0.7, 0.9)),
)
documents = st.lists(
    st.tuples(entities, reports, st.sampled_from((None, "2020-04-01", "2023-02"))), min_size=2, max_size=5
)
Spoken = tuple[Extracted, Analysis]


def _spoken(number: int, drawn: Any) -> Spoken:
    named, (kind, status, signed, confidence), published = drawn
    body = f"Document {number}: " + ", ".join(f"{name} ({' '.join(short)})" for name, short in sorted(named.items()))
    everyone = [entity(body, name, *short) for name, short in sorted(named.items())]
    told = report(*sorted(named)[:3], body=body, kind=kind, status=status, signed=signed, confidence=confidence)
    source = "meta" if published else None
    return read(body, published=published, published_from=source), found(everyone, [told])


def _outcome(
    folder: str, name: str, batches: Sequence[Sequence[tuple[int, Spoken]]], template: str = "template.db"
) -> tuple[object, ...]:
    """Load the batches into a new database; what is there then, in terms of names and URLs."""
    path = Path(folder) / name
    shutil.copy(Path(folder).parent / template, path)
    engine = make_engine(f"sqlite:///{path}")
    world = World(engine)
    for batch in batches:
        world.load(*(world.item(f"{number}", *spoken) for number, spoken in batch))
    names: dict[int, set[object]] = {}
    for id_, *alias in world.rows("organisation_alias", "organisation_id, alias, weak"):
        names.setdefault(id_, set()).add(tuple(alias))
    mentions: dict[int, set[object]] = {}
    with engine.connect() as connection:
        for id_, url, start in connection.execute(
            text("SELECT m.organisation_id, d.url, m.start FROM mention m JOIN document d ON d.id = m.document_id")
        ):
            mentions.setdefault(id_, set()).add((url, start))
    shown = world.rows("organisation WHERE merged_into_id IS NULL", "name, register_id, country, parent_register_id")
    asked = world.rows("review WHERE subject LIKE 'register%'", "subject, key")
    partnerships = world.rows(
        "v_partnerships",
        "kind, status, signed, expires, confidence, reports_count, sources_count, first_reported, last_reported, url",
    )
    parties = [sorted(row[0].split("; ")) for row in world.rows("v_partnerships", "parties")]
    engine.dispose()
    groups = [{frozenset(group) for group in groups.values()} for groups in (names, mentions)]
    return *groups, sorted(map(str, shown)), sorted(map(str, partnerships)), sorted(parties), asked


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=documents, data=st.data())
def test_any_permutation_and_any_batching_gives_the_same_database(
    sqlite_template: Path, drawn: list[object], data: st.DataObject
) -> None:
    spoken = [(number, _spoken(number, one)) for number, one in enumerate(drawn)]
    order = data.draw(st.permutations(spoken))
    cut = data.draw(st.integers(0, len(order)))
    with tempfile.TemporaryDirectory(dir=sqlite_template.parent) as folder:
        straight = _outcome(folder, "straight.db", [spoken])
        assert _outcome(folder, "mixed.db", [order[:cut], order[cut:]]) == straight
        assert _outcome(folder, "single.db", [[one] for one in order]) == straight


registered = st.lists(
    st.tuples(
        st.dictionaries(
            st.sampled_from(REGISTERED), st.lists(st.sampled_from(REGISTERED_SHORT), max_size=1), min_size=2, max_size=4
        ),
        reports,
        st.none(),
        st.sampled_from(PLACES),
    ),
    min_size=2,
    max_size=4,
)


@pytest.fixture(scope="session")
def registered_template(sqlite_template: Path) -> Path:
    """A migrated SQLite file with a small register in it."""
    path = sqlite_template.with_name("registered.db")
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    with write_session(engine) as session:
        import_register(session, map(entry_of, REGISTER))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=registered, data=st.data())
def test_any_permutation_gives_the_same_database_with_a_register(
    registered_template: Path, drawn: list[tuple[object, object, object, str]], data: st.DataObject
) -> None:
    spoken = []
    for number, (named, told, published, place) in enumerate(drawn):
        extracted, analysis = _spoken(number, (named, told, published))
        spoken.append((number, (replace(extracted, text=extracted.text + place), analysis)))
    order = data.draw(st.permutations(spoken))
    with tempfile.TemporaryDirectory(dir=registered_template.parent) as folder:
        straight = _outcome(folder, "straight.db", [spoken], "registered.db")
        assert _outcome(folder, "single.db", [[one] for one in order], "registered.db") == straight
