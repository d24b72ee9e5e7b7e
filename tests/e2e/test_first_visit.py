"""The first visit to the sample sites, over HTTP and into each database: the stored facts, one by one."""

from __future__ import annotations

import pytest

from samples.expected import ExpectedDocument, expected_documents, expected_outcomes, silent, unreadable
from tests.e2e import gold
from tests.e2e.visits import Visits

each_document = pytest.mark.parametrize(
    "number", [number for number, _ in gold.CASES], ids=[name for _, name in gold.CASES]
)

LEAST = {"kinds": 0.5, "themes": 0.65, "organisations": 0.65, "partnerships": 0.5}
"""Least share of the required facts that the analysis must find, where judgement is part of it. A good analyser misses
some; one that falls below these is broken. How good it is, is measured elsewhere, on many more documents."""


def test_every_url_has_its_outcome_and_no_other_has_one(visits: Visits) -> None:
    expected = {(one.source, one.url): (one.role, one.outcome, one.reason) for one in expected_outcomes(visits.sites)}
    assert {key: (row.role, row.outcome, row.reason) for key, row in visits.first.outcomes.items()} == expected


def test_a_file_that_cannot_be_read_is_a_failure_with_its_reason(visits: Visits) -> None:
    for url, outcome in unreadable(visits.sites).items():
        (row,) = [row for row in visits.first.outcomes.values() if row.url == url]
        assert (row.outcome, row.state, row.document_id) == ("fetched", "failed", None)
        assert row.state_reason is not None
        assert row.state_reason.startswith(outcome)


def test_only_the_silent_sources_are_not_green(visits: Visits) -> None:
    states = {run.source_id: run.state for run in visits.first.runs}
    assert {name for name, state in states.items() if state != "completed"} == set(silent())
    assert all(states[name] == "empty" for name in silent())
    assert all(run.message for run in visits.first.runs if run.state == "empty")


def test_exactly_the_documents_of_the_sites_are_stored(visits: Visits) -> None:
    expected = expected_documents(visits.sites)
    assert set(visits.first.documents) == {document.url for document in expected}
    assert visits.first.processed == {"new": len(expected), "failed": len(unreadable(visits.sites))}
    assert visits.first.refreshed.added == len(expected)


@each_document
def test_source_title_and_version_are_right(visits: Visits, number: int) -> None:
    expected, document = gold.document_of(visits, number)
    assert (document.source.id, document.title, document.version) == (expected.source, expected.title, 1)
    assert document.gone_since is None
    assert document.archive_file


@each_document
def test_the_date_of_publication_is_what_the_page_states(visits: Visits, number: int) -> None:
    expected, document = gold.document_of(visits, number)
    assert document.published == expected.published, document.published_from
    assert (document.published_from is None) == (expected.published is None)


@each_document
def test_every_mention_stands_where_it_says(visits: Visits, number: int) -> None:
    _, document = gold.document_of(visits, number)
    assert [document.text[one.start : one.end] for one in document.mentions] == [one.text for one in document.mentions]
    assert all(one.organisation for one in document.mentions)


@each_document
def test_every_evidence_stands_where_it_says_and_on_its_page(visits: Visits, number: int) -> None:
    _, document = gold.document_of(visits, number)
    for report in document.reports:
        assert document.text[report.start : report.end] == report.evidence
        page = next((page for start, end, page in document.anchors if start <= report.start < end), None)
        assert report.page == page


@pytest.mark.parametrize("facts", ["kinds", "themes", "organisations", "partnerships"])
def test_the_analysis_finds_the_greater_part_of_what_a_reader_finds(visits: Visits, facts: str) -> None:
    found, missed = gold.share(getattr(gold, facts)(visits))
    assert found >= LEAST[facts], missed


@pytest.mark.parametrize("path", [gold.MOU, gold.COPY])
def test_the_memorandum_of_understanding_is_found_whole(visits: Visits, path: str) -> None:
    expected = _expected(visits, path)
    document = visits.first.documents[expected.url]
    (agreement,) = expected.partnerships
    assert [fact for fact in gold.agreement_facts(visits, expected, agreement, document) if not fact[2]] == []
    assert set(expected.organisations) <= gold.names_in(document)
    short = [one.organisation for one in document.mentions if one.text == "BioMed Alliance"]  # the text defines it
    assert {one.name for one in short if one} == {"Biomedical Alliance in Europe"}


def test_two_reports_of_one_text_are_one_independent_source(visits: Visits) -> None:
    (mou,) = [one for one in visits.first.mergers(visits.sites.news_url + gold.MOU) if one.kind == "mou"]
    assert [party.name for party in mou.parties] == ["EIT Health", "Biomedical Alliance in Europe"]
    assert (mou.status, mou.signed, mou.duration_months, mou.expires) == ("signed", "2021-04", 24, "2023-04")
    assert (mou.reports_count, mou.sources_count) == (2, 1)
    assert {one.url for one in mou.reports} == {visits.sites.news_url + gold.MOU, visits.sites.cluster_url + gold.COPY}
    assert (str(mou.first_reported), str(mou.last_reported)) == ("2021-04-07", "2021-04-09")


def test_copies_share_a_story_and_nothing_else_does(visits: Visits) -> None:
    stories: dict[int, set[str]] = {}
    for url, story in visits.first.stories.items():
        stories.setdefault(story, set()).add(url)
    copies = [document for document in expected_documents(visits.sites) if document.copy_of]
    together = [urls for urls in stories.values() if len(urls) > 1]
    assert together == [{document.url, document.copy_of} for document in copies]


def test_a_search_finds_the_memoranda_with_the_passage_highlighted(visits: Visits) -> None:
    page = visits.first.pages["phrase"]
    slides = visits.sites.cluster_url + "/files/bioxclusters-slides.pdf"
    announced = visits.sites.news_url + gold.MOU, visits.sites.cluster_url + gold.COPY
    assert {hit.url for hit in page.hits} == {slides, *announced}
    for hit in page.hits:
        matched = [piece.casefold() for piece, is_match in hit.snippet if is_match]
        assert "memorandum" in matched
        text = visits.first.documents[hit.url].text
        assert "".join(piece for piece, _ in hit.snippet).strip("…") in text
    folded = visits.first.pages["folded"]
    assert (folded.total, folded.stories, sorted(hit.copies for hit in folded.hits)) == (3, 2, [0, 1])


def test_filters_of_theme_partner_kind_and_date_find_the_copy_alone(visits: Visits) -> None:
    assert [hit.url for hit in visits.first.pages["filtered"].hits] == [visits.sites.cluster_url + gold.COPY]
    assert [hit.url for hit in visits.first.pages["changed"].hits] == []


def _expected(visits: Visits, path: str) -> ExpectedDocument:
    (document,) = [one for one in expected_documents(visits.sites) if one.url.endswith(path)]
    return document
