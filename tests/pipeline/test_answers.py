"""What a person says of organisations holds at once, and through everything that is loaded after."""

from __future__ import annotations

from typing import Any

import pytest

from models.session import read_session, write_session
from pipeline.answers import Question, answer, apply_answers, decide_pair, questions
from pipeline.errors import PipelineError
from pipeline.register.link import link_organisations
from tests.pipeline.load.conftest import world
from tests.pipeline.load.world import World, found, pact, read
from tests.pipeline.resolve.test_registered import NUMBER, asked, give, linked, record, say

__all__ = ["world"]

LONG, TYPO = "Biomedical Alliance in Europe", "Biomedical Aliance in Europe"


def listed(world: World, state: str | None = "open", subject: str | None = None) -> list[Question]:
    with read_session(world.engine) as session:
        return questions(session, state, subject)[1]


def settle(world: World, accept: bool, entry: str | None = None) -> list[Question]:
    """Answer every open question."""
    with write_session(world.engine) as session:
        _, waiting = questions(session)
        done = answer(session, [one.id for one in waiting], accept=accept, entry=entry, by="Ada")
        apply_answers(session, done)
    return done


def tell(world: World, one: str, other: str, same: bool) -> None:
    with write_session(world.engine) as session:
        apply_answers(session, [decide_pair(session, one, other, same=same)])


def bodies(world: World) -> set[frozenset[str]]:
    """Strong names of each organisation."""
    rows = world.rows(
        "organisation_alias a JOIN organisation o ON o.id = a.organisation_id "
        "WHERE o.merged_into_id IS NULL AND NOT a.weak",
        "o.id, a.alias",
    )
    return {frozenset(name for id_, name in rows if id_ == one) for one, _ in rows}


def test_an_accepted_question_merges_at_once_and_after_the_documents_come_again(world: World) -> None:
    say(world, "a", f"{LONG} met.", LONG)
    say(world, "b", f"{TYPO} met.", TYPO)
    (question,) = listed(world)
    assert (question.subject, set(question.names), question.state) == ("organisation-merge", {LONG, TYPO}, "open")
    (done,) = settle(world, accept=True)
    assert (done.state, done.decided_by) == ("accepted", "Ada")
    assert bodies(world) == {frozenset({LONG, TYPO})}
    world.next_run()
    world.load(
        world.item("a", read(f"{LONG} met."), found([], analyser="analyser/2")),
        world.item("b", read(f"{TYPO} met."), found([], analyser="analyser/2")),
    )
    say(world, "c", f"{TYPO} and {LONG} met.", TYPO, LONG)
    assert bodies(world) == {frozenset({LONG, TYPO})}
    assert listed(world) == []


def test_a_merge_that_is_taken_back_parts_what_it_had_joined(world: World) -> None:
    world.load(world.item("a", *pact(f"{LONG} and Beta Institute sign.", LONG, "Beta Institute")))
    world.load(world.item("b", *pact(f"{TYPO} and Beta Institute sign.", TYPO, "Beta Institute")))
    assert len(world.rows("partnership")) == 2
    before = sorted(world.rows("mention", "document_id, text, start"))
    (done,) = settle(world, accept=True)
    assert len(world.rows("partnership")) == 1
    with write_session(world.engine) as session:
        apply_answers(session, answer(session, [done.id], accept=False))
    assert bodies(world) == {frozenset({LONG}), frozenset({TYPO}), frozenset({"Beta Institute"})}
    assert len(world.rows("partnership")) == 2
    assert sorted(world.rows("mention", "document_id, text, start")) == before
    owners = dict(world.rows("mention m JOIN organisation o ON o.id = m.organisation_id", "m.text, o.name"))
    assert owners[LONG] == LONG
    assert owners[TYPO] == TYPO


def test_a_split_parts_names_that_a_text_had_made_one_and_survives(world: World) -> None:
    body = "The Vienna Health Hub (Health Hub Austria) met."
    say(world, "a", body, ("Vienna Health Hub", "Health Hub Austria"))
    assert bodies(world) == {frozenset({"Vienna Health Hub", "Health Hub Austria"})}
    revision = world.revision()
    tell(world, "Vienna Health Hub", "Health Hub Austria", same=False)
    apart = {frozenset({"Vienna Health Hub"}), frozenset({"Health Hub Austria"})}
    assert bodies(world) == apart
    assert world.rows("document", "revision") == [(world.revision(),)]
    assert world.revision() > revision
    say(world, "b", body, ("Vienna Health Hub", "Health Hub Austria"))
    assert bodies(world) == apart
    tell(world, "Vienna Health Hub", "Health Hub Austria", same=True)
    assert bodies(world) == {frozenset({"Vienna Health Hub", "Health Hub Austria"})}


def test_an_answer_that_is_applied_twice_changes_nothing_more(world: World) -> None:
    say(world, "a", "The Vienna Health Hub (Health Hub Austria) met.", ("Vienna Health Hub", "Health Hub Austria"))
    tell(world, "Vienna Health Hub", "Health Hub Austria", same=False)
    before = world.dump()
    with write_session(world.engine) as session:
        apply_answers(session, [])
    assert world.dump() == before


def test_a_person_says_which_entry_a_name_is_and_may_change_it(world: World) -> None:
    give(world)
    say(world, "a", "Newcastle University met.", "Newcastle University")
    (question,) = listed(world, subject="register-link")
    assert question.entries == (NUMBER.format(2), NUMBER.format(3))
    with pytest.raises(PipelineError, match="asks which entry: add --entry with one of https"):
        settle(world, accept=True)
    with pytest.raises(PipelineError, match="is no entry of the imported register"):
        settle(world, accept=True, entry="https://ror.org/nothing")
    (done,) = settle(world, accept=True, entry=NUMBER.format(2))
    assert [row[1] for row in linked(world)] == [2]
    with write_session(world.engine) as session:
        apply_answers(session, answer(session, [done.id], accept=True, entry=NUMBER.format(3)))
    assert [row[1] for row in linked(world)] == [3]
    with write_session(world.engine) as session:
        apply_answers(session, answer(session, [done.id], accept=False))
    assert [row[1] for row in linked(world)] == [None]


def test_a_conflict_of_two_entries_is_settled_by_naming_one(world: World) -> None:
    give(world)
    say(world, "a", "Lund University (Nordic Learning) met.", ("Lund University", "Nordic Learning"))
    say(world, "b", "Uppsala University (Nordic Learning) met.", ("Uppsala University", "Nordic Learning"))
    (question,) = listed(world, subject="register-conflict")
    with pytest.raises(PipelineError, match="choose one of"):
        settle(world, accept=True, entry=NUMBER.format(2))
    settle(world, accept=True, entry=NUMBER.format(5))
    assert [row[1] for row in linked(world)] == [5]
    say(world, "c", "Lund University met.", "Lund University")
    assert [row[1] for row in linked(world)] == [5]
    assert question.subject == "register-conflict"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda session: answer(session, [77], accept=True), "no question 77"),
        (lambda session: decide_pair(session, "Lund University", "Nobody", same=True), "no organisation goes by"),
        (lambda session: decide_pair(session, "Lund University", "lund  university", same=True), "one name"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(world: World, call: Any, told: str) -> None:
    say(world, "a", "Lund University met.", "Lund University")
    before = world.dump()
    with pytest.raises(PipelineError, match=told), write_session(world.engine) as session:
        call(session)
    assert world.dump() == before


def test_linking_again_withdraws_what_no_name_supports_any_more(world: World) -> None:
    give(world)
    say(world, "a", "Lunds universitet met.", "Lunds universitet")
    say(world, "b", "The Department of Surgery, Uppsala University, met.", "Department of Surgery, Uppsala University")
    assert ("Lunds universitet", 1, "SE") in linked(world)
    give(world, record(1, "Lund University", "SE"), record(5, "University of Uppsala", "SE"))
    with write_session(world.engine) as session:
        assert link_organisations(session)["withdrawn"] == 2
    assert linked(world) == [
        ("Department of Surgery, Uppsala University", None, None),
        ("Lunds universitet", None, None),
    ]
    assert world.rows("organisation WHERE parent_register_id IS NOT NULL") == []
    with write_session(world.engine) as session:
        assert link_organisations(session)["withdrawn"] == 0


def test_a_link_that_a_person_accepted_stays(world: World) -> None:
    give(world)
    say(world, "a", "Newcastle University met.", "Newcastle University")
    settle(world, accept=True, entry=NUMBER.format(2))
    give(world, record(2, "The Newcastle Institution"), record(3, "Newcastle University", "AU"))
    with write_session(world.engine) as session:
        link_organisations(session)
    assert [row[1] for row in linked(world)] == [2]
    assert asked(world) == []
