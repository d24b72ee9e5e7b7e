"""Search over a small world: words, filters, facets, passages, stories, pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.session import read_session
from models.tables import Document
from search.query import Query, QueryError
from search.service import found_ids
from tests.search.factories import SEEN, World
from tests.search.site import TODAY, Site


@pytest.fixture
def site(engine: Engine, folder: Path) -> Site:
    return Site(engine, folder)


@pytest.fixture
def filled(world: World) -> World:
    world.source("eithealth", "EIT Health news")
    world.source("lund", "Lund University", language="sv", country="SE")
    world.theme("health-data", "Health data")
    world.theme("skills", "Education and skills")
    eit = world.organisation("EIT Health", "European Institute of Innovation and Technology Health", country="DE")
    biomed = world.organisation("BioMed Alliance", country="BE")
    lund = world.organisation("Lund University", country="SE")
    mou = world.document(
        "EIT Health and BioMed Alliance sign memorandum",
        "Both organisations signed a Memorandum of Understanding in Brussels. The agreements run for two years.",
        published="2021-04-05",
        organisations=(eit, biomed),
        themes=("skills",),
        kind="partnership",
    )
    world.partnership(mou, eit, biomed)
    world.document(
        "Health data space opens",
        "A European data space was opened by the Universität. Researchers agree that it helps.",
        published="2023",
        organisations=(eit,),
        themes=("health-data", "skills"),
    )
    world.document(
        "Élan för forskning", "Lunds universitet och data.", source="lund", language="sv", organisations=(lund,)
    )
    return world


def test_words_are_found_in_every_inflection_and_without_accents(filled: World, site: Site) -> None:
    memorandum = "EIT Health and BioMed Alliance sign memorandum"
    assert site.titles("agreement") == [memorandum]
    assert site.titles("organisation signing") == [memorandum]
    assert site.titles("elan") == ["Élan för forskning"]
    assert site.titles("ELAN") == ["Élan för forskning"]
    assert site.titles('"memorandum of understandings"') == [memorandum]
    assert site.titles('"understanding of memorandum"') == []
    assert site.titles("memorandum & understanding") == [memorandum]


def test_operators_and_beginnings(filled: World, site: Site) -> None:
    assert len(site.titles("data OR memorandum")) == 3
    assert site.titles("data -european") == ["Élan för forskning"]
    assert site.titles("-data") == ["EIT Health and BioMed Alliance sign memorandum"]
    assert len(site.titles("universit*")) == 2
    assert site.titles("universitä*") == ["Health data space opens"]
    assert site.titles("(data OR memorandum) -title:health") == ["Élan för forskning"]
    assert site.titles("😀") == []
    assert len(site.titles("")) == 3


def test_fields_and_filters(filled: World, site: Site) -> None:
    memorandum = "EIT Health and BioMed Alliance sign memorandum"
    assert site.titles('org:"biomed alliance"') == [memorandum]
    assert site.titles('org:"european institute"', sort="date") == ["Health data space opens", memorandum]
    assert site.titles('org:"health lund"') == []
    assert site.titles("with:biomed") == [memorandum]
    assert site.titles("with:lund") == []
    assert site.titles("theme:health-data") == ["Health data space opens"]
    assert site.titles("agreement:mou") == [memorandum]
    assert site.titles("kind:partnership") == [memorandum]
    assert site.titles("lang:SV") == ["Élan för forskning"]
    assert site.titles("country:se") == ["Élan för forskning"]
    assert site.titles("source:lund data") == ["Élan för forskning"]
    assert site.titles("date:2021") == [memorandum]
    assert site.titles("since:4y") == ["Health data space opens"]
    assert site.titles(organisations=("2",)) == [memorandum]
    assert site.titles(organisations=("Lund University",)) == ["Élan för forskning"]
    assert site.titles(with_=("1",)) == [memorandum]
    assert len(site.titles(themes=("skills", "health-data"))) == 2
    assert site.titles(agreements=("mou",), kinds=("partnership",), languages=("en",), sources=("eithealth",)) == [
        memorandum
    ]
    assert site.titles(until=date(2022, 1, 1)) == [memorandum]
    assert site.titles(organisations=("999",)) == []


def test_facets_count_the_whole_result(filled: World, site: Site) -> None:
    facets = site.ask("", limit=1).facets
    assert [(one.label, one.count) for one in facets["theme"]] == [("Education and skills", 2), ("Health data", 1)]
    assert next((one.label, one.count) for one in facets["organisation"]) == ("EIT Health", 2)
    assert {(one.value, one.label) for one in facets["source"]} == {
        ("eithealth", "EIT Health news"),
        ("lund", "Lund University"),
    }
    assert {(one.value, one.count) for one in facets["year"]} == {("2021", 1), ("2023", 1)}
    assert [(one.value, one.count) for one in facets["agreement"]] == [("mou", 1)]
    narrowed = site.ask("", themes=("health-data",)).facets
    assert [(one.value, one.count) for one in narrowed["theme"]] == [("health-data", 1), ("skills", 1)]
    assert site.ask("", facets=False).facets == {}


def test_merged_organisations_are_one(filled: World, site: Site, engine: Engine) -> None:
    double = filled.organisation("Lund Univ.", country="SE")
    filled.document("More from Lund", "x", organisations=(double, 3))
    site.ask("")
    filled.merge(double, 3)
    for number in ("3", str(double)):
        assert len(site.titles(organisations=(number,))) == 2
    page = site.ask("")
    assert [one.label for one in page.facets["organisation"]].count("Lund University") == 1
    assert "Lund Univ." not in [one.label for one in page.facets["organisation"]]
    (hit,) = [hit for hit in page.hits if hit.title == "More from Lund"]
    assert [one.name for one in hit.organisations] == ["Lund University"]


def test_a_hit_shows_what_matched(filled: World, site: Site) -> None:
    (hit,) = site.ask("agreement").hits
    assert "".join(text for text, _ in hit.snippet).startswith("Both organisations")
    assert [text for text, matched in hit.snippet if matched] == ["agreements"]
    assert (hit.source.name, hit.published, hit.kind, hit.copies) == ("EIT Health news", "2021-04-05", "partnership", 0)
    assert [one.name for one in hit.themes] == ["Education and skills"]
    assert {one.name for one in hit.organisations} == {"EIT Health", "BioMed Alliance"}
    assert hit.score > 0
    (prefixed,) = site.ask("universitä*").hits
    assert [text for text, matched in prefixed.snippet if matched] == ["Universität"]
    (swedish,) = site.ask("title:elan").hits
    assert "".join(text for text, _ in swedish.snippet) == "Lunds universitet och data."


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_passages_come_from_deep_within_a_long_text_and_escape_nothing(filled: World, site: Site) -> None:
    filled.document(
        "Long", "é filler words here. " * 5000 + "The <b>zebra</b> & co was signed. " + "more filler. " * 50
    )
    (hit,) = site.ask("zebra").hits
    assert "<b>" in "".join(text for text, _ in hit.snippet)
    assert [text for text, matched in hit.snippet if matched] == ["zebra"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_word_in_the_title_counts_for_more(world: World, site: Site) -> None:
    world.source()
    world.document("Other news", "A licence was granted, so the licence holds.")
    world.document("Licence granted", "Nothing else is said about it here.")
    assert site.titles("licence") == ["Licence granted", "Other news"]


def test_dates_order_newest_first_and_undated_last(filled: World, site: Site) -> None:
    assert site.titles("", sort="date") == [
        "Health data space opens",
        "EIT Health and BioMed Alliance sign memorandum",
        "Élan för forskning",
    ]


def test_copies_of_one_story_are_one_hit(world: World, site: Site, engine: Engine) -> None:
    world.source()
    world.document("Original", "announcement of a licence", published="2021-01-01")
    with read_session(engine) as session:
        story = session.get_one(Document, 1).story_id
    for number in range(3):
        world.document(f"Copy {number}", "announcement of a licence", story=story, published=f"2021-01-0{number + 2}")
    world.document("Another", "announcement of another licence", published="2020-01-01")
    page = site.ask("announcement", sort="date")
    assert [(hit.title, hit.copies) for hit in page.hits] == [("Original", 3), ("Another", 0)]
    assert (page.total, page.stories) == (5, 2)
    assert len(site.titles("announcement", fold=False)) == 5


@pytest.mark.parametrize("sort", ["relevance", "date"])
def test_the_original_stands_for_its_story(world: World, site: Site, engine: Engine, sort: str) -> None:
    world.source()
    world.source("mirror", "Mirror")
    text = "announcement of a licence"
    copy = world.document("Licence", text, published="2021-01-02", source="mirror")
    with read_session(engine) as session:
        story = session.get_one(Document, copy).story_id
    world.document("Licence", text, story=story)
    original = world.document("Licence", text, story=story, published="2021-01-01", first_seen_at=SEEN)
    early = SEEN - timedelta(days=1)
    earlier = world.document("Licence", text, story=story, published="2021-01-01", first_seen_at=early)
    assert original != earlier
    assert [(hit.id, hit.copies) for hit in site.ask("licence", sort=sort).hits] == [(earlier, 3)]
    assert [hit.id for hit in site.ask("licence source:mirror", sort=sort).hits] == [copy]


def test_a_copy_that_matches_better_stands_for_its_story(world: World, site: Site, engine: Engine) -> None:
    world.source()
    first = world.document("Announcement", "a licence", published="2021-01-01")
    with read_session(engine) as session:
        story = session.get_one(Document, first).story_id
    better = world.document("Licence", "a licence", published="2021-01-02", story=story)
    assert [hit.id for hit in site.ask("licence").hits] == [better]


def test_a_hit_says_whether_it_was_analysed_whole(world: World, site: Site) -> None:
    world.source()
    world.document("Licence", "une licence", language="fr", complete=False)
    world.document("Agreement", "a licence")
    assert {hit.title: hit.complete for hit in site.ask("licence").hits} == {"Licence": False, "Agreement": True}


def test_pages_hold_every_hit_once_in_one_order(world: World, site: Site) -> None:
    world.source()
    for number in range(23):
        world.document(f"Note {number}", "the same licence text", published="2021-01-01")
    for sort in ("relevance", "date"):
        whole = [hit.id for hit in site.ask("licence", sort=sort, limit=100).hits]
        pages: list[int] = []
        offset: int | None = 0
        while offset is not None:
            page = site.ask("licence", sort=sort, limit=5, offset=offset)
            pages += [hit.id for hit in page.hits]
            offset = page.next_offset
        assert pages == whole
        assert len(set(pages)) == 23


def test_all_ids_of_a_search_come_without_paging(world: World, site: Site, engine: Engine) -> None:
    world.source()
    for number in range(7):
        world.document(f"Note {number}", "licence" if number % 2 else "other")
    site.ask("")
    assert site.index is not None
    with read_session(engine) as session:
        batches = list(found_ids(session, site.index, Query("licence", limit=1), today=TODAY))
    assert batches == [[2, 4, 6]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mistake_in_the_query_is_a_query_error(filled: World, site: Site) -> None:
    with pytest.raises(QueryError, match="not closed"):
        site.ask('"open')


TEXTS = st.text(max_size=60) | st.text('ab*"():-.+~^[]{}\\/0123456789 ANDORT', max_size=40)


# PostgreSQL is the stricter of the two about what a text may hold.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(text=TEXTS, name=TEXTS)
def test_any_text_gives_a_page_or_a_query_error(filled: World, site: Site, text: str, name: str) -> None:
    try:
        query = Query(text, organisations=(name,), themes=(name,), with_=(name,))
    except QueryError:
        return
    for asked in (query, replace(query, organisations=(), themes=(), with_=())):
        try:
            page = site.ask(**{name: getattr(asked, name) for name in ("text", "organisations", "themes", "with_")})
        except QueryError:
            continue
        assert page.total >= len(page.hits)
