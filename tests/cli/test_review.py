"""Questions and answers on the command line, on the documents of a real crawl."""

from __future__ import annotations

from pathlib import Path

from models.session import make_engine, write_session
from models.tables import Review
from pipeline.resolve.names import organisation_key
from pipeline.resolve.reviews import review_key
from tests.cli.calling import call


def ask(folder: Path, one: str, other: str) -> None:
    engine = make_engine(f"sqlite:///{folder / 'pactwatch.db'}")
    key = review_key("organisation", organisation_key(one), organisation_key(other))
    with write_session(engine) as session:
        detail = {"why": "similar", "names": sorted((one, other))}
        session.add(Review(subject="organisation-merge", key=key, detail=detail))
    engine.dispose()


def two_names(folder: Path) -> tuple[str, str]:
    one, other, *_ = [
        row["name"] for row in call(folder, "organisations", "--json", "-n", 200).rows if " " in row["name"]
    ]
    return one, other


def test_a_question_is_listed_answered_and_applied(copied: Path) -> None:
    one, other = two_names(copied)
    ask(copied, one, other)
    shown = call(copied, "review", "list")
    assert shown.code == 0
    assert "similar" in shown.out
    (waiting,) = [row for row in call(copied, "review", "list", "--json").rows if set(row["names"]) == {one, other}]
    (done,) = call(copied, "review", "accept", waiting["id"], "--by", "Ada", "--json").rows
    assert (done["state"], done["decided_by"]) == ("accepted", "Ada")
    names = {row["name"] for row in call(copied, "organisations", "--json", "-n", 200).rows}
    assert len(names & {one, other}) == 1
    assert call(copied, "review", "reject", waiting["id"]).code == 0
    names = {row["name"] for row in call(copied, "organisations", "--json", "-n", 200).rows}
    assert {one, other} <= names
    assert waiting["id"] in [row["id"] for row in call(copied, "review", "list", "--state", "rejected", "--json").rows]


def test_names_can_be_merged_and_split_without_a_question(copied: Path) -> None:
    one, other = two_names(copied)
    assert " = ".join(sorted((one, other))) in call(copied, "review", "merge", one, other).out
    assert call(copied, "review", "split", one, other).code == 0
    names = {row["name"] for row in call(copied, "organisations", "--json", "-n", 200).rows}
    assert {one, other} <= names


def test_mistakes_are_one_line(copied: Path) -> None:
    assert "no question 4711" in call(copied, "review", "accept", 4711).mistake
    assert "no organisation goes by 'Nobody at all'" in call(copied, "review", "split", "Nobody at all", "X Y").mistake
