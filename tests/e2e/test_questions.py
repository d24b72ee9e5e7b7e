"""The ten questions of docs/questions.md give the documented answers on both databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.e2e.visits import Visits

PAGE = (Path(__file__).parents[2] / "docs" / "questions.md").read_text("utf-8")
PARTS = re.findall(r"^## (\d+)\. ([^\n]+)\n.*?```sql\n(.+?)```\n\n((?:\|[^\n]*\n)+)", PAGE, re.MULTILINE | re.DOTALL)


def test_there_are_ten_questions() -> None:
    assert [int(number) for number, *_ in PARTS] == list(range(1, 11))


@pytest.mark.parametrize(("statement", "answer"), [part[2:] for part in PARTS], ids=[part[1] for part in PARTS])
def test_the_question_has_the_documented_answer(visits: Visits, statement: str, answer: str) -> None:
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in answer.splitlines()]
    engine = create_engine(visits.url)
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        found = [list(result.keys()), *([_shown(value) for value in row] for row in result)]
    engine.dispose()
    assert found == [lines[0], *lines[2:]]


def _shown(value: object) -> str:
    return "" if value is None else str(value)
