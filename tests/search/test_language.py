"""The query language on a real index: misspellings, nearness, languages, newness, and what is proposed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.session import read_session
from models.tables import Document
from search.pages_timeline import timeline
from search.query import Query
from search.similar import similar
from tests.search.factories import World
from tests.search.site import TODAY, Site

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the index is asked, not the database


@pytest.fixture
def site(engine: Engine, folder: Path, world: World) -> Site:
    world.source()
    return Site(engine, folder)


def test_a_misspelt_word_is_found_with_a_tilde_and_proposed_without(site: Site, world: World) -> None:
    world.document("Found", "The hospitals signed a memorandum.")
    assert site.titles("memorandun") == []
    assert site.ask("signed memorandun").suggestion == "signed memorandum"
    assert site.titles("memorandun~") == ["Found"]
    assert site.titles("mamorandun~1") == []
    assert site.titles("mamorandun~2") == ["Found"]
    assert site.ask("signed memorandum").suggestion is None


def test_what_a_fuzzy_word_found_is_marked(site: Site, world: World) -> None:
    world.document("Found", "The hospitals signed a memorandum.")
    (hit,) = site.ask("memorandun~").hits
    assert [text for text, matched in hit.snippet if matched] == ["memorandum"]


def test_words_apart_are_found_within_their_distance_only(site: Site, world: World) -> None:
    world.document("Apart", "one two three four five")
    assert site.titles('"one four"') == []
    assert site.titles('"one four"~1') == []
    assert site.titles('"one four"~2') == ["Apart"]


def test_near_takes_either_order_and_counts_the_words_between(site: Site, world: World) -> None:
    world.document("Near", "The memorandum binds Lund University for a year.")
    world.document("Far", f"A memorandum. {'Other words. ' * 20} Lund University.")
    assert set(site.titles("memorandum lund")) == {"Near", "Far"}
    assert site.titles("memorandum NEAR lund") == ["Near"]
    assert site.titles("lund NEAR memorandum") == ["Near"]
    assert site.titles("memorandum NEAR/0 lund") == []


def test_near_an_organisation_is_near_any_of_its_names(site: Site, world: World) -> None:
    number = world.organisation("Biomedical Alliance in Europe", "BioMed Alliance")
    world.document("Short name", "A memorandum for the BioMed Alliance.", organisations=(number,))
    world.document("Elsewhere", f"A memorandum. {'Other words. ' * 20} BioMed Alliance.", organisations=(number,))
    assert site.titles('memorandum NEAR org:"Biomedical Alliance in Europe"') == ["Short name"]


def test_each_language_has_its_own_stems(site: Site, world: World) -> None:
    world.document("Neues", "Die Vereinbarung wurde unterzeichnet.", language="de")
    world.document("News", "The agreement was signed.")
    assert site.titles("Vereinbarungen") == ["Neues"]
    assert site.titles("agreements") == ["News"]
    (hit,) = site.ask("Vereinbarungen").hits
    assert [text for text, matched in hit.snippet if matched] == ["Vereinbarung"]


def test_accents_make_no_difference_in_a_language_with_stems(site: Site, world: World) -> None:
    world.document("Nouvelles", "Les hôpitaux coopèrent avec un élan nouveau.", language="fr")
    assert site.titles("elan") == ["Nouvelles"]
    assert site.titles("élan") == ["Nouvelles"]


def test_of_two_equal_documents_the_newer_stands_first_unless_told_otherwise(site: Site, world: World) -> None:
    world.document("Old", "memorandum of two hospitals", published="2009-01-01")
    world.document("New", "memorandum of two hospitals", published="2026-05-01")
    assert site.titles("memorandum") == ["New", "Old"]
    scores = {hit.title: hit.score for hit in site.ask("memorandum", recency=False).hits}
    assert scores["New"] == scores["Old"]


def test_a_better_match_is_not_overtaken_by_a_newer_one(site: Site, world: World) -> None:
    world.document("A memorandum", "memorandum", published="2009-01-01")
    world.document("New", f"memorandum {'of other things ' * 30}", published="2026-05-01")
    assert site.titles("memorandum") == ["A memorandum", "New"]


def test_partners_are_counted_apart_from_organisations(site: Site, world: World) -> None:
    one, two = world.organisation("EIT Health"), world.organisation("BioMed Alliance")
    other = world.organisation("Lund University")
    number = world.document("Found", "memorandum", organisations=(one, two, other))
    world.partnership(number, one, two)
    facets = site.ask("memorandum").facets
    assert {value.label for value in facets["partner"]} == {"EIT Health", "BioMed Alliance"}
    assert {value.label for value in facets["organisation"]} == {"EIT Health", "BioMed Alliance", "Lund University"}


def test_the_timeline_counts_by_month(site: Site, world: World) -> None:
    for published in ("2021-04-05", "2021-04-30", "2023-01-01", None):
        world.document("Found", f"memorandum {published}", published=published)
    assert site.ask("memorandum").total == 4
    assert site.index is not None
    with read_session(site.engine) as session:
        months = timeline(session, site.index, Query("memorandum"), today=TODAY)
    assert [(one.month, one.documents) for one in months] == [("2021-04", 2), ("2023-01", 1)]


def test_more_like_this_leaves_out_the_document_and_its_copies(site: Site, world: World) -> None:
    text = "The clusters share a laboratory for nanomedicine and a fund for start-ups."
    number = world.document("One", text)
    with read_session(site.engine) as session:
        story = session.get_one(Document, number).story_id
    world.document("Copy", text, story=story)
    near = world.document("Near", "A fund pays for the laboratory for nanomedicine of three clusters.")
    for count in range(12):
        world.document(f"Other {count}", f"A meeting on weather number {count} took place.")
    assert site.titles("nanomedicine")
    assert site.index is not None
    with read_session(site.engine) as session:
        assert [match.id for match in similar(session, site.index, number)][:1] == [near]
        assert similar(session, site.index, 10_000) == []


def test_a_misspelt_name_is_proposed_as_a_name_that_there_is(site: Site, world: World) -> None:
    health, hospital = world.organisation("EIT Health"), world.organisation("Karolinska Hospital")
    text = "EIT Health and Karolinska Hospital. Helth is a word, too."
    number = world.document("Found", text, organisations=(health,))
    world.partnership(number, hospital, health)
    assert site.ask('org:"EIT Helth"').suggestion == 'org:"EIT health"'
    assert site.titles('org:"EIT health"') == ["Found"]
    assert site.ask("data with:karolinskka").suggestion == "data with:karolinska"
    assert site.ask("(org:helth OR mou)").suggestion == "(org:health OR mou)"
    for right in ('org:"EIT Health"', "with:karolinska", "org:xqzwvk", "org:ei", 'org:""', "with:health"):
        assert site.ask(right).suggestion is None, right
