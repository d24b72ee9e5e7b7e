"""Our own training texts say what they mean, and are not those that the tests ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from config.agreements import KINDS
from config.errors import ConfigError
from pipeline.analyse.agreements.lessons import read_lessons
from tests.pipeline.analyse.agreements.cases import CASES
from tests.pipeline.analyse.agreements.conftest import unmark


def write(folder: Path, line: str) -> Path:
    path = folder / "lessons.yaml"
    path.write_text(f"lessons:\n  - {line}\n", encoding="utf8")
    return path


def test_every_kind_and_status_has_lessons_and_none_is_a_case(nlp: Language) -> None:
    lessons = list(read_lessons(nlp))
    stated = [agreement for lesson in lessons for agreement in lesson.agreements]
    assert {agreement["kind"] for agreement in stated} == set(KINDS)
    assert {agreement["status"] for agreement in stated} == {"signed", "planned", "extended", "ended"}
    assert any(not lesson.agreements for lesson in lessons)
    assert {lesson.text.text for lesson in lessons}.isdisjoint(unmark(case.text)[0] for case in CASES)


@pytest.mark.parametrize(
    ("pairs", "expected"), [("all", [(0, 1), (0, 2), (1, 2)]), ("first", [(0, 1), (0, 2)]), ("last", [(0, 2), (1, 2)])]
)
def test_pairs_say_whose_partners_the_bodies_are(
    nlp: Language, tmp_path: Path, pairs: str, expected: list[tuple[int, int]]
) -> None:
    path = write(tmp_path, f'{{kind: funding, pairs: {pairs}, text: "[Alder], [Birch] and [Cedar] share the costs."}}')
    [lesson] = read_lessons(nlp, path)
    assert sorted(lesson.pairs()) == expected


def test_a_wrong_kind_is_named_with_its_line(nlp: Language, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"lessons\.yaml:2"):
        list(read_lessons(nlp, write(tmp_path, '{kind: friendship, text: "[Alder] and [Birch] are friends."}')))
