"""The ten questions of docs/questions.md give the documented answers on both databases, and the notebook runs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from sqlalchemy import create_engine, text

from tests.e2e.conftest import VisitsOf
from tests.e2e.visits import Visits

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOK = DOCS / "notebooks" / "first-look.ipynb"
PAGE = (DOCS / "questions.md").read_text("utf-8")
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


def test_the_notebook_answers_its_questions(
    visits_of: VisitsOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACTWATCH_DATABASE_URL", visits_of("sqlite").url)
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    book = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in book.cells), "keep outputs out of the repository"
    NotebookClient(book, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [
        "".join(out.get("text") or out.data["text/plain"] for out in cell.outputs)
        for cell in book.cells
        if cell.cell_type == "code" and cell.outputs
    ]
    states, silent, kinds, mous, evidence, ends, partners, themes = shown
    assert "sample-podcast" in states and "completed" in states and "0 documents seen" in silent
    assert "mou" in kinds and "confidence" in kinds
    assert re.search(r"EIT Health; Biomedical Alliance in Europe +2021-04 +2023-04 +1", mous)
    assert "signed a memorandum of understanding" in evidence
    assert re.search(r"2023-04 +mou +EIT Health; Biomedical Alliance in Europe", ends)
    assert "EIT Health" in partners
    assert "Education and skills" in themes and "2021" in themes
