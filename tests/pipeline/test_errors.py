from __future__ import annotations

import errno
from pathlib import Path

import pytest
from sqlalchemy import text

from models.session import make_engine
from pipeline.errors import PipelineError, one_line, plain_errors


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "no permission")],
)
def test_a_failing_disk_is_named_with_its_mend(number: int, words: str) -> None:
    with pytest.raises(PipelineError, match=f"intake of r \\(/data/x\\): .*{words}"), plain_errors("intake of r"):
        raise OSError(number, "?", "/data/x")


def test_a_database_without_tables_names_the_mend(tmp_path: Path) -> None:
    empty = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with (
        pytest.raises(PipelineError, match=r"^work: database: .*capture") as caught,
        plain_errors("work"),
        empty.connect() as connection,
    ):
        connection.execute(text("SELECT * FROM capture"))
    assert "\n" not in str(caught.value)
    empty.dispose()


def test_an_error_that_is_named_already_stays() -> None:
    with pytest.raises(PipelineError, match=r"^as it was$"), plain_errors("work"):
        raise PipelineError("as it was")


def test_an_error_that_says_nothing_is_named_by_its_type() -> None:
    assert one_line(ZeroDivisionError()) == "ZeroDivisionError"
    assert one_line(ValueError("\n first \n second")) == "first"
