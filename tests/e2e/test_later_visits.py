"""Later visits: only what changed on the sites changes in the database; a visit to the same sites changes nothing."""

from __future__ import annotations

from dataclasses import replace

from samples.expected import expected_documents, expected_outcomes, silent
from search.documents import DocumentRow
from tests.e2e import gold
from tests.e2e.visits import Stored, Visits


def test_every_url_of_the_second_visit_has_its_outcome(visits: Visits) -> None:
    expected = {
        (one.source, one.url): (one.role, one.outcome, one.reason) for one in expected_outcomes(visits.sites, edition=2)
    }
    assert {key: (row.role, row.outcome, row.reason) for key, row in visits.second.outcomes.items()} == expected


def test_only_the_silent_sources_are_not_green_when_everything_is_unchanged(visits: Visits) -> None:
    for stored in (visits.second, visits.third):
        assert {run.source_id for run in stored.runs if not run.green} == set(silent())


def test_only_the_changed_and_the_vanished_document_have_a_new_revision(visits: Visits) -> None:
    first, second = visits.first.documents, visits.second.documents
    assert set(first) == set(second)
    news = visits.sites.news_url
    grown = {url for url in first if second[url].revision > first[url].revision}
    assert grown == {news + gold.CHANGED, news + gold.VANISHED}
    assert {url for url in first if second[url].revision < first[url].revision} == set()
    gold_says = {one.url for one in expected_documents(visits.sites, edition=2) if one.changed or one.gone}
    assert grown == gold_says
    assert visits.second.processed == {"changed": 1}
    assert (visits.second.refreshed.added, visits.second.refreshed.deleted) == (0, 0)
    assert visits.second.refreshed.updated == len(grown)


def test_documents_that_did_not_change_are_as_they_were(visits: Visits) -> None:
    for url, before in visits.first.documents.items():
        if not url.endswith((gold.CHANGED, gold.VANISHED)):
            assert _content(visits.second.documents[url]) == _content(before)


def test_the_changed_page_has_a_second_version_and_keeps_the_first(visits: Visits) -> None:
    url = visits.sites.news_url + gold.CHANGED
    before, after = visits.first.documents[url], visits.second.documents[url]
    assert (before.version, after.version, after.id) == (1, 2, before.id)
    assert after.text != before.text
    assert [(one.number, one.text) for one in after.versions] == [(1, before.text), (2, after.text)]
    assert visits.second.stories[url] not in {story for u, story in visits.second.stories.items() if u != url}


def test_the_third_partner_of_the_changed_page_is_found(visits: Visits) -> None:
    url = visits.sites.news_url + gold.CHANGED
    newcomer = "Berlin Institute of Health at Charité"
    before, after = visits.first.documents[url], visits.second.documents[url]
    assert newcomer not in gold.names_in(before)
    assert newcomer in gold.names_in(after)
    for report in after.reports:
        assert after.text[report.start : report.end] == report.evidence
    joined = [one for one in after.reports if newcomer in {party.name for party in one.parties}]
    assert joined
    assert {"Bayer AG"} <= {party.name for one in joined for party in one.parties}
    (kept,) = [one for one in visits.second.mergers(url) if one.kind == "joint-venture"]
    assert kept.id in {one.id for one in visits.first.mergers(url)}  # the same agreement, not a second one
    assert [hit.url for hit in visits.second.pages["changed"].hits] == [url]


def test_the_vanished_page_is_marked_as_gone_and_stays(visits: Visits) -> None:
    url = visits.sites.news_url + gold.VANISHED
    before, after = visits.first.documents[url], visits.second.documents[url]
    assert before.gone_since is None
    assert after.gone_since is not None
    assert (after.text, after.version) == (before.text, before.version)
    assert visits.third.documents[url].gone_since == after.gone_since
    assert {one.url for one in visits.second.documents.values() if one.gone_since} == {url}


def test_a_third_visit_changes_nothing_at_all(visits: Visits) -> None:
    second, third = visits.second, visits.third
    assert third.processed == {}
    assert (third.refreshed.added, third.refreshed.updated, third.refreshed.deleted) == (0, 0, 0)
    assert third.rows == second.rows
    assert _revisions(third) == _revisions(second)
    assert {url: _content(one) for url, one in third.documents.items()} == {
        url: _content(one) for url, one in second.documents.items()
    }
    assert third.partnerships == second.partnerships
    assert third.pages == second.pages


def test_a_third_visit_asks_conditionally_where_the_site_gave_validators(visits: Visits) -> None:
    asked, conditional = visits.conditional
    assert 0 < conditional < asked  # some of the sample pages come without validators on purpose
    assert {row.outcome for row in visits.third.outcomes.values() if row.role == "document"} == {
        "unchanged",
        "filtered",
        "failed",
    }


def _revisions(stored: Stored) -> dict[str, int]:
    return {url: one.revision for url, one in stored.documents.items()}


def _content(document: DocumentRow) -> DocumentRow:
    """The document without the time at which it was last seen and where that capture lies."""
    return replace(document, last_seen_at=document.first_seen_at, archive_file=None, archive_offset=None)
