"""Which of the dates and terms around an agreement are its own."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from pipeline.analyse.agreements import AgreementFinder
from pipeline.analyse.agreements.dates import find_dates, find_terms
from pipeline.records import Text
from tests.pipeline.analyse.agreements.conftest import Read, unmark

PUBLISHED = "2023-06-15"  # a Thursday

DATES = {
    "[Alder Institute] and [Birch Agency] signed an agreement in May and will start with tests this autumn.": "2023-05",
    "[Alder Clinic] and [Birch University] jointly run a centre, and [Cedar Group] struck a deal last year.": None,
    "[Alder Institute] and [Birch Agency] work together and today they run a centre.": None,
    "[Alder Institute] and [Birch Agency] today signed a memorandum of understanding.": "2023-06-15",
    "[Alder Pharma] and [Birch University] have prolonged the partnership that began in 2019.": None,
    "[Alder Institute] has signed a memorandum of understanding with [Birch Agency]. "
    "The memorandum bears the date 2 May 2023.": "2023-05-02",
    "[Alder Institute] has signed an agreement with [Birch Agency]. It was signed on 2 May.": "2023-05-02",
}
TERMS = {
    "[Alder Institute] and [Birch Agency] signed an agreement.\nTerm: 14 years, with an option for six more.\n": 168,
    "[Alder Institute] and [Birch Agency] signed an agreement. For five years the two partners will share data.": 60,
    "[Alder Institute] and [Birch Agency] have signed an agreement. They have been neighbours for fifteen years.": None,
    "[Alder Council] granted [Birch Institute] 7 million euros over six years.": 72,
}


def terms(sentence: str) -> list[int]:
    return [term.months for term in find_terms(sentence, PUBLISHED)]


@pytest.mark.parametrize(("marked", "iso"), DATES.items())
def test_date_is_taken_from_the_clause_of_the_agreement(read: Read, marked: str, iso: str | None) -> None:
    reports = [r for r in read(marked, PUBLISHED)[0] if {p.name[:5] for p in r.parties} == {"Alder", "Birch"}]
    assert {report.signed for report in reports} == {iso}


@pytest.mark.parametrize(("marked", "months"), TERMS.items())
def test_term_is_found_beside_the_evidence(read: Read, marked: str, months: int | None) -> None:
    assert [report.duration_months for report in read(marked, PUBLISHED)[0]] == [months]


def test_a_group_takes_beginning_and_term_of_the_project_told_before_it(read: Read) -> None:
    [report] = read(
        "The project runs from 2021 to 2024.\n\n"
        "Project partners:\n- [Alder University]\n- [Birch Hospital]\n- [Cedar Institute]\n",
        PUBLISHED,
    )[0]
    assert (report.signed, report.duration_months) == ("2021", 36)


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("In 2020 they met, and a year later they signed.", ["2020", "2021"]),
        ("They met in 2020; one had signed two years earlier.", ["2020", "2018"]),
        ("They showed their plans in June last year.", ["2022-06"]),
        ("They run tests over the second half of 2022.", []),
        ("It was prolonged until summer 2022.", []),
        ("A second grant followed later in the winter.", []),
    ],
)
def test_counted_and_vague_dates(words: str, iso: list[str]) -> None:
    assert [date.iso for date in find_dates(words, PUBLISHED)] == iso


@pytest.mark.parametrize("words", ["for the years 2023 to 2028", "Period: 2023–2028"])
def test_years_named_as_a_period_are_a_term(words: str) -> None:
    assert terms(words)[0] == 60


def _half_parsed(nlp: spacy.language.Language, text: str, cut: int) -> Doc:
    """`text` with a parse up to character `cut`, and plain words after it as in sentences without names."""
    parsed, plain = nlp(text[:cut]), nlp.make_doc(text[cut:])
    parsed.tensor = plain.tensor
    return Doc.from_docs([parsed, plain], ensure_whitespace=False)


@pytest.mark.parametrize(
    ("after", "months"), [("The agreement runs for five years.", 60), ("The firm has made robots for ten years.", None)]
)
def test_a_sentence_without_a_parse_is_read_by_the_words_beside_the_term(
    nlp: spacy.language.Language, finder: AgreementFinder, after: str, months: int | None
) -> None:
    before, entities = unmark("[Alder Institute] and [Birch Agency] signed an agreement. ")
    doc = _half_parsed(nlp, before + after, len(before))
    assert not doc[-2].tag_
    reports = finder.find(doc, entities, Text("t", "News", doc.text, PUBLISHED))
    assert [report.duration_months for report in reports] == [months]
