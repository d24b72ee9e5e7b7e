"""The work grows with the length of a text and not with the square of the names in it: counted, not timed."""

from __future__ import annotations

from collections import Counter

import pytest
from spacy.language import Language

from pipeline.analyse.agreements import AgreementFinder
from pipeline.analyse.agreements.candidates import CROWD, ENDS, MOST_ENTITIES, MOST_MEANT, NEXT, Candidate
from pipeline.analyse.agreements.reports import MOST_REPORTS
from pipeline.records import Text
from tests.pipeline.analyse.agreements.conftest import unmark


def looked_at(nlp: Language, finder: AgreementFinder, marked: str) -> list[Candidate]:
    text, entities = unmark(marked)
    return [candidate for candidate, _ in finder.look(nlp(text), entities, Text("t", "", text))[1]]


def agreement(names: list[str]) -> str:
    return (
        ", ".join(f"[{name}]" for name in names[:-1]) + f" and [{names[-1]}] signed an agreement with the company.\n\n"
    )


@pytest.mark.parametrize("bodies", [2, 5, 20])
def test_pairs_looked_at_grow_with_the_lines(nlp: Language, finder: AgreementFinder, bodies: int) -> None:
    lines = [agreement([f"Body {line}x{n} GmbH" for n in range(bodies)]) for line in range(40)]
    half, whole = (len(looked_at(nlp, finder, "".join(lines[:count]))) for count in (20, 40))
    assert 0 < whole <= 2.2 * half


def test_pairs_of_a_line_grow_with_its_names(nlp: Language, finder: AgreementFinder) -> None:
    found = looked_at(nlp, finder, agreement([f"Body {n} Ltd" for n in range(60)]))
    places = Counter((c.mode, c.unit) for c in found)
    assert max(places.values()) <= MOST_ENTITIES * (NEXT + 2 * ENDS)


def test_all_pairs_of_a_few_names_are_looked_at(nlp: Language, finder: AgreementFinder) -> None:
    found = looked_at(nlp, finder, agreement([f"Body {n} Ltd" for n in range(CROWD)]))
    assert len({c.pair for c in found}) == CROWD * (CROWD - 1) // 2


def test_pairs_of_a_long_list_grow_with_its_lines(nlp: Language, finder: AgreementFinder) -> None:
    found = looked_at(nlp, finder, "Partners:\n" + "".join(f"- [Body {n} Ltd]\n" for n in range(200)))
    assert 0 < len(found) <= MOST_ENTITIES * (NEXT + 2 * ENDS)


def test_bodies_meant_in_a_sentence_are_few(nlp: Language, finder: AgreementFinder) -> None:
    many = ", ".join(f"[Body {n} Ltd]" for n in range(24))
    found = looked_at(nlp, finder, f"{many} met. The company signed an agreement with [Alder], [Birch] and [Cedar].")
    meant = Counter(c.unit for c in found if c.mode == "ctx")
    assert max(meant.values()) == MOST_MEANT


def test_reports_grow_with_the_lines(nlp: Language, finder: AgreementFinder) -> None:
    lines = [agreement([f"Body {line}x{n} GmbH" for n in range(12)]) for line in range(20)]
    text, entities = unmark("".join(lines))
    reports = finder.find(nlp(text), entities, Text("t", "", text))
    assert 0 < len(reports) <= 20 * MOST_REPORTS
