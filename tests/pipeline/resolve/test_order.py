"""The order in which documents arrive, and how they are batched, changes neither organisations nor partnerships."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.session import make_engine
from pipeline.records import Analysis, Extracted
from tests.pipeline.load.world import World, entity, found, read, report

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


def _spoken(number: int, drawn: object) -> Spoken:
    named, (kind, status, signed, confidence), published = drawn  # type: ignore[misc]
    body = f"Document {number}: " + ", ".join(f"{name} ({' '.join(short)})" for name, short in sorted(named.items()))
    everyone = [entity(body, name, *short) for name, short in sorted(named.items())]
    told = report(*sorted(named)[:3], body=body, kind=kind, status=status, signed=signed, confidence=confidence)
    source = "meta" if published else None
    return read(body, published=published, published_from=source), found(everyone, [told])


def _outcome(folder: str, name: str, batches: Sequence[Sequence[tuple[int, Spoken]]]) -> tuple[object, ...]:
    """Load the batches into a new database; what is there then, in terms of names and URLs."""
    path = Path(folder) / name
    shutil.copy(Path(folder).parent / "template.db", path)
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
    shown = world.rows("organisation WHERE merged_into_id IS NULL", "name")
    partnerships = world.rows(
        "v_partnerships",
        "kind, status, signed, expires, confidence, reports_count, sources_count, first_reported, last_reported, url",
    )
    parties = [sorted(row[0].split("; ")) for row in world.rows("v_partnerships", "parties")]
    engine.dispose()
    groups = [{frozenset(group) for group in groups.values()} for groups in (names, mentions)]
    return *groups, sorted(shown), sorted(map(str, partnerships)), sorted(parties)


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
