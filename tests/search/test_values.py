"""A value of an exact field is known by id or label, or refused with the nearest; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.agreements import KINDS
from config.kinds import load_kinds
from models.session import read_session
from search.index import open_index
from search.partnerships import PartnershipFilter, list_partnerships
from search.query import Query, QueryError
from search.service import search
from search.values import AGREEMENT_KINDS, DOCUMENT_KINDS
from tests.search.factories import World

KINDS_FILE = Path(__file__).parents[2] / "config" / "kinds.yaml"


@pytest.fixture
def filled(world: World) -> World:
    world.source("courier", "Health Innovation Courier (sample)")
    world.source("lund", "Lund University")
    world.theme("education-skills", "Education and skills")
    world.theme("health-data", "Health data")
    parties = world.organisation("EIT Health", country="DE"), world.organisation("CEBR")
    found = world.document("Found", "They sign.", source="courier", themes=("education-skills",), organisations=parties)
    world.partnership(found, *parties, kind="joint-venture")
    world.document("Other", "data", source="lund", themes=("health-data",), kind="rumour", language="sv")
    return world


def titles(engine: Engine, folder: Path, text: str = "", **filters: tuple[str, ...]) -> list[str]:
    with read_session(engine) as session:
        page = search(session, open_index(engine, folder), Query(text, **filters))  # type: ignore[arg-type]
    return [hit.title for hit in page.hits]


def test_the_known_kinds_are_those_of_the_configuration() -> None:
    assert set(AGREEMENT_KINDS) == set(KINDS)
    assert set(DOCUMENT_KINDS) == {kind.id for kind in load_kinds(KINDS_FILE)}


@pytest.mark.parametrize(
    "text",
    [
        "theme:education-skills",
        'theme:"Education and skills"',
        "theme:EDUCATION-SKILLS",
        'source:"health innovation courier (SAMPLE)"',
        'agreement:"joint venture"',
        "NOT theme:health-data",
        "country:DE",
    ],
)
def test_ids_and_labels_in_any_case_find_the_same(engine: Engine, filled: World, folder: Path, text: str) -> None:
    assert titles(engine, folder, text) == ["Found"]


def test_filters_take_labels_too(engine: Engine, filled: World, folder: Path) -> None:
    assert titles(engine, folder, themes=("Education and skills",), sources=("COURIER",)) == ["Found"]
    assert titles(engine, folder, kinds=("rumour",)) == ["Other"]
    assert titles(engine, folder, "kind:appointment") == []
    assert titles(engine, folder, "lang:fr") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "theme:education",
            "there is no theme 'education': nearest is education-skills (Education and skills), "
            "at character 7: theme:>>education",
        ),
        (
            "(data OR -theme:helth-data)",
            "there is no theme 'helth-data': nearest is health-data (Health data), at character 17: ",
        ),
        (
            "theme:zzz",
            "there is no theme 'zzz': known are education-skills (Education and skills), health-data (Health data), at",
        ),
        ("kind:rumor", "there is no kind 'rumor': nearest is rumour, at character 6: kind:>>rumor"),
        ("kind:nonsense", "there is no kind 'nonsense': known are partnership, funding, "),
        ("agreement:licens", "there is no agreement 'licens': nearest is licence, at"),
        ("source:cuorier", "there is no source 'cuorier': nearest is courier (Health Innovation Courier (sample)), at"),
        (
            "lang:english",
            "there is no language 'english': write two letters, as in lang:en; found are en, sv, at character 6: ",
        ),
    ],
)
def test_an_unknown_value_is_refused_with_the_nearest(
    engine: Engine, filled: World, folder: Path, text: str, message: str
) -> None:
    with pytest.raises(QueryError) as caught:
        titles(engine, folder, text)
    assert str(caught.value).startswith(message)


def test_an_unknown_value_of_a_filter_is_refused(engine: Engine, filled: World, folder: Path) -> None:
    with pytest.raises(QueryError, match="no theme 'skills': nearest is education-skills"):
        titles(engine, folder, themes=("skills",))


def test_where_no_theme_is_known_yet_none_is_refused(engine: Engine, world: World, folder: Path) -> None:
    assert titles(engine, folder, "theme:health-data") == []


def test_partnerships_take_a_theme_by_its_label(engine: Engine, filled: World) -> None:
    with read_session(engine) as session:
        assert len(list_partnerships(session, PartnershipFilter(theme="education AND skills"))) == 1
        with pytest.raises(QueryError, match="nearest is health-data"):
            list_partnerships(session, PartnershipFilter(theme="data"))
