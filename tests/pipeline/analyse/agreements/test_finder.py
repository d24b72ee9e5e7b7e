"""What sentences of our own state, on a really parsed document and with the shipped weights."""

from __future__ import annotations

from itertools import combinations

import pytest
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from config.agreements import KINDS, Agreements
from pipeline.analyse.agreements import AgreementFinder, find_reports
from pipeline.records import Entity, Mention, Text
from tests.pipeline.analyse.agreements.cases import CASES, PUBLISHED, Case
from tests.pipeline.analyse.agreements.conftest import Read, unmark

STATUSES = ("signed", "planned", "extended", "ended")


def _params(stated: bool) -> list[ParameterSet]:
    return [pytest.param(case, id=case.text[:60]) for case in CASES if bool(case.kind) is stated]


@pytest.mark.parametrize("case", _params(stated=True))
def test_stated_agreement_is_found(case: Case, read: Read) -> None:
    reports, entities, text = read(case.text, PUBLISHED)
    pairs = {frozenset(p) for r in reports for p in combinations((x.name for x in r.parties), 2)}
    assert len(entities) == case.parties
    assert pairs == {frozenset(p) for p in combinations((e.name for e in entities), 2)}
    best = reports[0]
    assert (best.kind, best.status) == (case.kind, case.status)
    assert (best.signed, best.duration_months) == (case.signed, case.months)
    assert text[best.evidence_start : best.evidence_end].strip()


@pytest.mark.parametrize("case", _params(stated=False))
def test_mere_company_is_no_agreement(case: Case, read: Read) -> None:
    assert read(case.text, PUBLISHED)[0] == ()


def test_every_kind_has_cases() -> None:
    assert {case.kind for case in CASES if case.kind} == set(KINDS)
    assert {case.status for case in CASES} == set(STATUSES)


def test_funder_and_recipient_are_told_apart_in_active_and_passive(read: Read) -> None:
    active = read("[Alder Foundation] awarded [Birch University] a grant of €2 million.")[0][0]
    passive = read("{Project Larch} is funded by the [Alder Commission].")[0][0]
    assert {p.name: p.role for p in active.parties} == {"Alder Foundation": "funder", "Birch University": "recipient"}
    assert {p.name: p.role for p in passive.parties} == {"Alder Commission": "funder", "Project Larch": "recipient"}


def test_sum_of_a_grant_is_read(read: Read) -> None:
    report = read("[Alder Foundation] awarded [Birch University] a grant of €2 million.")[0][0]
    assert (report.amount, report.currency) == (2_000_000.0, "EUR")


def test_document_merged_from_chunks_is_read_like_any_other(nlp: Language, words: Agreements) -> None:
    parts = ["Alder Cluster has joined Birch Alliance. ", "The weather was fine in Bern."]
    doc = Doc.from_docs([nlp(part) for part in parts], ensure_whitespace=False)
    entities = [
        Entity(name, "organisation", (Mention(name, doc.text.index(name), doc.text.index(name) + len(name)),))
        for name in ("Alder Cluster", "Birch Alliance")
    ]
    reports = find_reports(doc, entities, Text("t", "", doc.text), words)
    assert [(r.kind, doc.text[r.evidence_start : r.evidence_end]) for r in reports] == [
        ("membership", "Alder Cluster has joined Birch Alliance.")
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                "Alder",
                "Birch Ltd",
                "joined",
                "with",
                "\n\n",
                "- ",
                "the company",
                "until 2030",
                ".",
                "€5m",
                ":",
                "مرحبا",
                "🙂",
            ]
        )
        | st.text(max_size=8),
        max_size=30,
    ),
    places=st.lists(st.tuples(st.integers(-5, 200), st.integers(-5, 30)), max_size=12),
    published=st.sampled_from([None, "2023", "2023-06", "2023-06-15", "nonsense"]),
)
def test_no_input_makes_it_fail(
    nlp: Language, finder: AgreementFinder, pieces: list[str], places: list[tuple[int, int]], published: str | None
) -> None:
    text = " ".join(pieces)
    doc = nlp(text)
    entities = [
        Entity(f"e{n}", "organisation" if n % 2 else "project", (Mention("", at, at + size),))
        for n, (at, size) in enumerate(places)
    ]
    for report in finder.find(doc, entities, Text("t", text[:20], text, published)):
        assert 0.0 <= report.confidence <= 1.0
        assert 0 <= report.evidence_start <= report.evidence_end <= len(doc.text)
        assert report.kind in KINDS
        assert report.status in STATUSES
        assert len({party.name for party in report.parties}) > 1
        assert report.duration_months is None or report.duration_months > 0


def test_text_that_nothing_has_parsed_is_read_like_any_other(nlp: Language, finder: AgreementFinder) -> None:
    text, entities = unmark("It rained. [Alder Cluster] has joined [Birch Alliance]. The sun came back.")
    [report] = finder.find(nlp.make_doc(text), entities, Text("t", "", text))
    assert text[report.evidence_start : report.evidence_end] == "Alder Cluster has joined Birch Alliance."


def test_only_paragraphs_with_words_of_agreements_need_a_parse(finder: AgreementFinder) -> None:
    assert finder.needs_parse("Alder and Birch have TEAMED up.")
    assert finder.needs_parse("Partners:\n- Alder\n- Birch")
    assert not finder.needs_parse("The weather in Bern was fine, and the lake was calm.")
    assert not finder.needs_parse("")


def test_every_case_needs_a_parse(finder: AgreementFinder) -> None:
    assert [case.text for case in CASES if case.kind and not finder.needs_parse(case.text)] == []


def test_thousands_of_names_in_one_line_are_survived(nlp: Language, finder: AgreementFinder) -> None:
    names = [f"Body{n}" for n in range(3000)]
    text = ", ".join(names)
    doc = nlp.make_doc(text)
    at, entities = 0, []
    for name in names:
        entities.append(Entity(name, "organisation", (Mention(name, at, at + len(name)),)))
        at += len(name) + 2
    _, seen = finder.look(doc, entities, Text("t", "", text))
    assert sum(1 for _ in seen) < 3000 * 25
