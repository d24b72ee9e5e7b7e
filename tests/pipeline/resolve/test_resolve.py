"""Mentions become organisations across documents; what is only likely becomes a question."""

from __future__ import annotations

from sqlalchemy import text

from models.session import write_session
from pipeline.load import LoadResult
from pipeline.load.batch import apply_reviews
from pipeline.records import Entity
from pipeline.resolve.names import organisation_key
from pipeline.resolve.reviews import pair_of, review_key
from tests.pipeline.load.world import World, entity, found, read, report

FULL = "European Institute of Innovation and Technology"


def say(world: World, path: str, *names: str | tuple[str, ...], kind: str = "organisation") -> LoadResult:
    """Load a text that names organisations; a tuple is a name with the short forms that the text defines."""
    forms = [(name,) if isinstance(name, str) else name for name in names]
    body = "; ".join(f"{form[0]} ({', '.join(form[1:])})" for form in forms) + f" met at {path}."
    entities = [entity(body, form[0], *form[1:], kind=kind) for form in forms]
    return world.load(world.item(path, read(body), found(entities)))


def groups(world: World) -> set[frozenset[str]]:
    """The partition of strong names."""
    found: dict[int, set[str]] = {}
    for organisation, alias in world.rows("organisation_alias WHERE NOT weak", "organisation_id, alias"):
        found.setdefault(organisation, set()).add(alias)
    return {frozenset(aliases) for aliases in found.values()}


def decide(world: World, subject: str, one: str, other: str, state: str) -> None:
    key = review_key("organisation", organisation_key(one), organisation_key(other))
    with write_session(world.engine) as session:
        session.execute(
            text(
                "INSERT INTO review (subject, key, detail, state, created_at) VALUES (:s, :k, '{}', :a, :t) "
                "ON CONFLICT (subject, key) DO UPDATE SET state = :a"
            ),
            {"s": subject, "k": key, "a": state, "t": "2026-01-01 00:00:00+00:00"},
        )


def open_questions(world: World) -> list[str]:
    return [row[0] for row in world.rows("review WHERE state = 'open'", "key")]


def test_legal_form_and_case_make_no_other_organisation(world: World) -> None:
    say(world, "a", "EIT Health")
    say(world, "b", "EIT HEALTH e.V.")
    assert groups(world) == {frozenset({"EIT Health", "EIT HEALTH e.V."})}
    assert world.rows("organisation", "name") == [("EIT Health",)]


def test_a_project_and_an_organisation_of_one_name_stay_apart(world: World) -> None:
    say(world, "a", "Data Saves Lives")
    say(world, "b", "Data Saves Lives", kind="project")
    assert world.rows("organisation", "type, name") == [
        ("organisation", "Data Saves Lives"), ("project", "Data Saves Lives"),
    ]  # fmt: skip
    assert len({row[0] for row in world.rows("mention", "organisation_id")}) == 2


def test_a_defined_short_form_of_several_words_is_known_in_other_texts(world: World) -> None:
    say(world, "a", "BioMed Alliance")
    say(world, "b", ("Biomedical Alliance in Europe", "BioMed Alliance"))
    assert groups(world) == {frozenset({"BioMed Alliance", "Biomedical Alliance in Europe"})}
    assert world.rows("document", "revision") == [(2,), (2,)]  # the name that the first shows has changed


def test_an_acronym_counts_only_in_the_text_that_defines_it(world: World) -> None:
    body = f"{FULL} (EIT) met. EIT left."
    entities = [entity(body, FULL, "EIT"), entity(body, "EIT")]
    world.load(world.item("a", read(body), found(entities)))
    assert len(world.rows("organisation")) == 1
    say(world, "b", "EIT")
    assert groups(world) == {frozenset({FULL}), frozenset({"EIT"})}
    assert open_questions(world) == [review_key("organisation", "eit", organisation_key(FULL))]


def test_an_acronym_of_two_organisations_is_asked_about_no_more(world: World) -> None:
    say(world, "a", "EIT")
    say(world, "b", (FULL, "EIT"))
    assert len(open_questions(world)) == 1
    say(world, "c", ("Elite Investors Trust", "EIT"))
    assert open_questions(world) == []
    assert len(world.rows("organisation")) == 3


def test_a_text_that_links_two_organisations_merges_them_with_all_that_hangs_on_them(world: World) -> None:
    for path, name in (("a", "Alpha Research Centre"), ("b", "Beta Institute")):
        body = f"{name} signed with Gamma Hospital."
        named = [entity(body, name), entity(body, "Gamma Hospital")]
        told = report(name, "Gamma Hospital", body=body)
        world.load(world.item(path, read(body), found(named, [told])))
    assert len(world.rows("partnership")) == 2
    say(world, "c", ("Alpha Research Centre", "Beta Institute"))
    assert frozenset({"Alpha Research Centre", "Beta Institute"}) in groups(world)
    assert world.rows("partnership", "reports_count, sources_count") == [(2, 2)]
    assert len(world.rows("partnership_party")) == 2
    merged = world.rows("organisation WHERE merged_into_id IS NOT NULL", "id, merged_into_id")
    assert len(merged) == 1
    assert merged[0][0] not in {row[0] for row in world.rows("mention", "organisation_id")}
    assert {row[0] for row in world.rows("document", "revision")} == {3}


def test_near_names_are_asked_about_and_never_merged(world: World) -> None:
    say(world, "a", "Biomedical Alliance in Europe", "Horizon 2010 Programme")
    say(world, "b", "Biomedical Aliance in Europe", "Horizon 2020 Programme")
    assert len(world.rows("organisation")) == 4
    assert open_questions(world) == [
        review_key("organisation", "biomedical aliance in europe", "biomedical alliance in europe")
    ]


def test_an_accepted_merge_is_applied_on_load_and_survives(world: World) -> None:
    say(world, "a", "Biomedical Alliance in Europe")
    say(world, "b", "Biomedical Aliance in Europe")
    decide(world, "organisation-merge", "Biomedical Alliance in Europe", "Biomedical Aliance in Europe", "accepted")
    say(world, "c", "Somebody Else")
    assert frozenset({"Biomedical Alliance in Europe", "Biomedical Aliance in Europe"}) in groups(world)
    before = world.dump()
    with write_session(world.engine) as session:
        apply_reviews(session)
    assert world.dump() == before


def test_an_accepted_merge_can_be_applied_without_a_load(world: World) -> None:
    say(world, "a", "EIT")
    say(world, "b", (FULL, "EIT"))
    decide(world, "organisation-merge", "EIT", FULL, "accepted")
    with write_session(world.engine) as session:
        apply_reviews(session)
    assert groups(world) == {frozenset({"EIT", FULL})}
    assert world.rows("organisation WHERE merged_into_id IS NULL", "name") == [(FULL,)]


def test_a_rejected_merge_is_never_proposed_again_and_binds_texts(world: World) -> None:
    decide(world, "organisation-merge", "Biomedical Alliance in Europe", "Biomedical Aliance in Europe", "rejected")
    say(world, "a", "Biomedical Alliance in Europe")
    say(world, "b", "Biomedical Aliance in Europe")
    say(world, "c", ("Biomedical Alliance in Europe", "Biomedical Aliance in Europe"))
    assert open_questions(world) == []
    assert len(groups(world)) == 2


def test_a_question_is_not_put_again_in_other_words(world: World) -> None:
    say(world, "a", ("Biomedical Alliance in Europe", "BioMed Alliance"))
    say(world, "b", "BioMed Aliance")
    assert len(world.rows("review")) == 1
    decide(world, "organisation-merge", "BioMed Alliance", "BioMed Aliance", "rejected")
    say(world, "c", ("BioMed Aliance", "Biomedical Alliances in Europe"))
    assert len(world.rows("review")) == 1


def test_a_question_that_a_text_answers_is_taken_back(world: World) -> None:
    say(world, "a", "Biomedical Alliance in Europe")
    say(world, "b", "Biomedical Aliance in Europe")
    assert len(open_questions(world)) == 1
    say(world, "c", ("Biomedical Alliance in Europe", "Biomedical Aliance in Europe"))
    assert open_questions(world) == []
    assert len(groups(world)) == 1


def test_an_accepted_split_makes_a_definition_weak(world: World) -> None:
    decide(world, "organisation-split", "Alpha Research Centre", "Beta Institute", "accepted")
    say(world, "a", "Beta Institute")
    say(world, "b", ("Alpha Research Centre", "Beta Institute"))
    assert groups(world) == {frozenset({"Alpha Research Centre"}), frozenset({"Beta Institute"})}


def test_the_name_of_a_short_form_counts_once_a_text_uses_it_as_a_name(world: World) -> None:
    say(world, "a", ("Alpha Centre", "Long Name of Alpha"))
    assert world.rows("organisation", "name") == [("Alpha Centre",)]
    say(world, "b", "Long Name of Alpha")
    assert world.rows("organisation", "name") == [("Long Name of Alpha",)]
    assert {row[0] for row in world.rows("document", "revision")} == {2}


def test_wreckage_stays_unresolved(world: World) -> None:
    body = "x" * 5000
    world.load(world.item("a", read(body), found([Entity(body, "organisation", entity(body, body).mentions)])))
    assert world.rows("mention", "organisation_id") == [(None,)]
    assert world.rows("organisation") == []


def test_a_review_key_tells_its_pair_in_any_order() -> None:
    key = review_key("project", "b", "a")
    assert key == review_key("project", "a", "b")
    assert pair_of(key) == frozenset({("project", "a"), ("project", "b")})
