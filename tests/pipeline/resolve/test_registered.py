"""Organisations get their register entries while documents load, and afterwards by `link_organisations`."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from models.session import write_session
from pipeline.register.link import link_organisations
from pipeline.register.records import entry_of
from pipeline.register.store import import_register
from tests.pipeline.load.world import World, entity, found, pact, read

NUMBER = "https://ror.org/00000000{}"


def record(number: int, name: str, country: str = "GB", **more: Any) -> dict[str, Any]:
    return {"id": NUMBER.format(number), "name": name, "country": country, "types": ["education"], **more}


RECORDS = [
    record(1, "Lund University", "SE", aliases=["Lunds universitet"], acronyms=["LU"], city="Lund"),
    record(2, "Newcastle University", "GB"),
    record(3, "Newcastle University", "AU"),
    record(4, "Ministry of Health", "KE"),
    record(5, "Uppsala University", "SE"),
    record(6, "Abbott (Brazil)", "BR", types=["company"], relationships=[{"type": "parent", "id": NUMBER.format(9)}]),
    record(7, "Institute", "FR"),
]


def give(world: World, *records: dict[str, Any]) -> None:
    with write_session(world.engine) as session:
        import_register(session, map(entry_of, records or RECORDS))


def say(world: World, path: str, body: str, *names: str | tuple[str, ...]) -> None:
    forms = [(name,) if isinstance(name, str) else name for name in names]
    world.load(world.item(path, read(body), found([entity(body, *form) for form in forms])))


def linked(world: World) -> list[tuple[Any, ...]]:
    rows = world.rows("organisation WHERE merged_into_id IS NULL", "name, register_id, country")
    return [(name, id_ and int(id_[-1]), country) for name, id_, country in rows]


def asked(world: World) -> list[tuple[Any, ...]]:
    return world.rows("review WHERE state = 'open'", "subject, key")


def test_a_full_name_is_linked_and_names_of_one_entry_are_one_organisation(world: World) -> None:
    give(world)
    say(world, "a", "Lund University met.", "Lund University")
    say(world, "b", "Lunds universitet met.", "Lunds universitet")
    assert linked(world) == [("Lund University", 1, "SE")]
    assert world.rows("organisation WHERE merged_into_id IS NULL", "kind") == [("education",)]


def test_an_acronym_is_linked_only_beside_the_full_name(world: World) -> None:
    give(world)
    say(world, "a", "LU met.", "LU")
    say(world, "b", "Lund University met. LU left.", "Lund University", "LU")
    assert linked(world) == [("LU", None, None), ("Lund University", 1, "SE")]


@pytest.mark.parametrize(
    ("place", "expected"), [(" in Australia", 3), (" in the UK", 2), ("", None), (" in Peru", None)]
)
def test_a_name_of_several_bodies_is_linked_by_the_country_that_the_text_gives(
    world: World, place: str, expected: int | None
) -> None:
    give(world)
    say(world, "a", f"Newcastle University{place} met.", "Newcastle University")
    assert [row[1] for row in linked(world)] == [expected]
    question = ("register-link", "organisation: newcastle university")
    assert asked(world) == ([] if expected else [question])


def test_two_bodies_of_one_name_are_told_apart(world: World) -> None:
    give(world)
    say(world, "a", "Newcastle University in Australia met.", "Newcastle University")
    say(world, "b", "Newcastle University in the UK met.", "Newcastle University")
    assert sorted(row[1] for row in linked(world)) == [2, 3]


def test_the_host_and_the_source_are_evidence_of_the_country(world: World) -> None:
    give(world)
    say(world, "https://news.example.com.au/a", "Newcastle University met.", "Newcastle University")
    assert [row[1] for row in linked(world)] == [3]
    with write_session(world.engine) as session:
        session.execute(text("UPDATE source SET country = 'GB'"))
    say(world, "b", "Newcastle University left.", "Newcastle University")
    assert sorted(row[1] for row in linked(world)) == [2, 3]


def test_generic_and_branch_names_do_not_link_by_themselves(world: World) -> None:
    give(world)
    say(
        world, "a", "Abbott, the Institute and the Ministry of Health met.", "Abbott", "Institute", "Ministry of Health"
    )
    assert {row[1] for row in linked(world)} == {None}
    say(world, "b", "Kenya's Ministry of Health met.", "Ministry of Health")
    assert sorted(str(row[1]) for row in linked(world)) == ["4", "None", "None", "None"]


def test_a_department_is_noted_as_a_part_and_is_not_its_whole(world: World) -> None:
    give(world)
    say(world, "a", "The Department of Surgery, Lund University, met.", "Department of Surgery, Lund University")
    assert world.rows("organisation", "register_id, parent_register_id") == [(None, NUMBER.format(1))]


def test_texts_do_not_merge_two_entries(world: World) -> None:
    give(world)
    body = "Lund University (Uppsala University) met."
    say(world, "a", body, ("Lund University", "Uppsala University"))
    say(world, "b", "Uppsala University met.", "Uppsala University")
    assert sorted(row[1] for row in linked(world)) == [1, 5]
    assert [subject for subject, _ in asked(world)] == ["organisation-merge"]


def test_an_organisation_that_texts_made_of_two_entries_is_linked_to_neither(world: World) -> None:
    give(world)
    say(world, "a", "Lund University (Nordic Learning) met.", ("Lund University", "Nordic Learning"))
    say(world, "b", "Uppsala University (Nordic Learning) met.", ("Uppsala University", "Nordic Learning"))
    assert [row[1] for row in linked(world)] == [None]
    assert [subject for subject, _ in asked(world)] == ["register-conflict"]


def test_a_person_says_which_entry_a_name_is(world: World) -> None:
    give(world)
    say(world, "a", "Newcastle University met.", "Newcastle University")
    with write_session(world.engine) as session:
        session.execute(
            text("UPDATE review SET state = 'accepted', detail = :d"), {"d": f'{{"entry": "{NUMBER.format(2)}"}}'}
        )
    say(world, "b", "Newcastle University left.", "Newcastle University")
    assert [row[1] for row in linked(world)] == [2]


def test_organisations_are_linked_after_an_import_and_their_partnerships_follow(world: World) -> None:
    world.load(
        world.item("a", *pact("Lund University and Uppsala University sign.", "Lund University", "Uppsala University"))
    )
    world.load(
        world.item(
            "b", *pact("Lunds universitet and Uppsala University sign.", "Lunds universitet", "Uppsala University")
        )
    )
    give(world)
    before = world.revision()
    with write_session(world.engine) as session:
        assert link_organisations(session) == {"organisations": 3, "linked": 2, "merged": 1, "withdrawn": 0}
    assert sorted(row[1] for row in linked(world)) == [1, 5]
    assert world.rows("partnership", "reports_count") == [(2,)]
    assert {row[0] for row in world.rows("document", "revision")} == {before + 1}
    state = world.dump()
    with write_session(world.engine) as session:
        link_organisations(session)
    assert world.dump() == state


def test_a_withdrawn_entry_is_taken_back(world: World) -> None:
    give(world)
    say(world, "a", "Lund University met.", "Lund University")
    give(world, *RECORDS[1:])
    with write_session(world.engine) as session:
        link_organisations(session)
    assert linked(world) == [("Lund University", None, None)]
