"""What is told of a word beside its pieces."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.analyse.encoder.marks import BREAKS, CASES, GROUPS, PARTS, SEEN, case, marks
from pipeline.analyse.names.words import split


def told(text: str, group: int, register: dict[str, int] | None = None) -> list[int]:
    """Marks of one group, counted from the group's first."""
    rows = marks(text, split(text), register or {})
    return [int(n) for n in rows[:, group] - sum(GROUPS[:group])]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("health", "lower"),
        ("Health", "Capital"),
        ("A", "Capital"),
        ("NHS", "CAPITALS"),
        ("eHealth", "miXed"),
        ("BioTech", "miXed"),
        ("2020", "digit"),
        ("3rd", "digit"),
        ("H2020", "CAPITALS"),
        (",", "sign"),
        ("🏥", "sign"),
    ],
)
def test_the_case_of_a_word(word: str, name: str) -> None:
    assert CASES[case(word)] == name


def test_layout_tells_glued_words_lines_and_paragraphs() -> None:
    names = [BREAKS[n] for n in told("One, two\nthree\n\n\nfour", 1)]
    assert names == ["paragraph", "glued", "blank", "line", "paragraph"]


def test_words_of_the_register_have_its_level() -> None:
    assert told("The Institute of Health", 2, {"institute": 4, "health": 2}) == [0, 4, 0, 2]


def test_capitals_that_also_stand_in_lower_case_are_told() -> None:
    seen = [SEEN[n] for n in told("Health matters. Oslo, health", 3)]
    assert seen == ["in lower case", "no capital", "no capital", "once", "no capital", "no capital"]


def test_both_forms_of_a_definition_are_marked() -> None:
    parts = [PARTS[n] for n in told("by the Biomedical Alliance in Europe (BAE) now", 4)]
    assert parts == ["", "", "long", "long", "long", "long", "", "short", "", ""]


def test_every_row_has_one_mark_of_each_group() -> None:
    rows = marks("Acme GmbH (AG)\n\n▪ 42", split("Acme GmbH (AG)\n\n▪ 42"), {})
    firsts = np.cumsum((0, *GROUPS))
    assert ((rows >= firsts[:-1]) & (rows < firsts[1:])).all()


def test_a_text_without_words_has_no_rows() -> None:
    assert marks(" \n ", split(" \n "), {}).shape == (0, len(GROUPS))
