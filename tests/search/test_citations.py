"""References are read back by the programs' own readers, whatever a title holds."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from search.about import About
from search.citations import ABSTRACT
from search.export import ExportError, export
from search.tables import DOCUMENT_COLUMNS, PARTNERSHIP_COLUMNS

SEEN = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
ABOUT = About("documents", "q=@article{x, a}", SEEN, "1 of 1 source healthy")
ODD = r"100% of R&D_#1: $5 {open ~^ \textbf{x} @article{y, } @comment TY  - ER  - "


def document(number: int = 12, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(DOCUMENT_COLUMNS) | {
        "id": number, "url": "https://news.example/a?b=c%20d&e=f#g_h~i", "title": "EIT Health and BioM sign",
        "source": "Courier & Sons", "published": "2021-04-07", "language": "en", "themes": ["health-data"],
        "authors": ["Jane Doe", "Roe, Richard"], "media_type": "text/html", "last_seen_at": SEEN,
        "text": "Both sign.\nTY  - x\nER  - \n" + "word " * 300,
    }  # fmt: skip
    return row | more


def written(format: str, *rows: dict[str, Any], about: About | None = ABOUT) -> str:  # noqa: A002
    stream = io.BytesIO()
    export(rows, DOCUMENT_COLUMNS, format, stream, about)
    return stream.getvalue().decode()


def bibtex(content: str) -> list[Any]:
    library = bibtexparser.parse_string(content)
    assert library.failed_blocks == []
    assert len(library.comments) == (1 if content.startswith("% Pactwatch") else 0)
    return library.entries


NAMED = {r"\textbraceleft{}": r"\{", r"\textbraceright{}": r"\}", r"\textasciicircum{}": r"\^"}
"""What the decoder of the tests does not know, or takes for another character."""
ESCAPED = re.compile(r"\\textbackslash\{\}|\\textasciitilde\{\}|\\[{}$&%#_^]")
PLAIN = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~"}


def plain(text: str) -> str:
    """A value as LaTeX shows it."""
    for name, character in NAMED.items():
        text = text.replace(name, character)
    return ESCAPED.sub(lambda found: PLAIN.get(found[0], found[0][-1]), text)


def bare(text: str) -> str:
    """A title as LaTeX shows it, without the braces that keep its capitals."""
    assert text[0] == "{" and text[-1] == "}"
    return plain(text[1:-1])


def test_bibtex_is_read_back() -> None:
    (entry,) = bibtex(written("bib", document()))
    found = {name: field.value for name, field in entry.fields_dict.items()}
    assert (entry.entry_type, entry.key) == ("misc", "pactwatch12")
    assert bare(found["title"]) == "EIT Health and BioM sign"
    assert found["author"] == "Jane Doe and Roe, Richard"
    assert (found["year"], found["month"], found["date"]) == ("2021", "apr", "2021-04-07")
    assert plain(found["howpublished"]) == "Courier & Sons"
    assert found["urldate"] == "2026-11-24"
    assert (found["langid"], found["keywords"]) == ("en", "health-data")
    assert "url = {https://news.example/a?b=c%20d&e=f#g_h~i}," in written("bib", document())
    assert found["abstract"].startswith("Both sign. TY - x") and len(found["abstract"]) <= ABSTRACT + 2


def test_ris_is_read_back() -> None:
    content = written("ris", document(), document(13, title=ODD, authors=[], published="2021"))
    assert content.startswith("Pactwatch documents")
    one, other = rispy.loads(content)
    assert (one["type_of_reference"], one["id"]) == ("ELEC", "pactwatch12")
    assert one["title"] == "EIT Health and BioM sign"
    assert one["authors"] == ["Jane Doe", "Roe, Richard"]
    assert (one["year"], one["date"], one["access_date"]) == ("2021", "2021/04/07/", "2026/11/24/")
    assert one["urls"] == ["https://news.example/a?b=c%20d&e=f#g_h~i"]
    assert (one["publisher"], one["language"], one["keywords"]) == ("Courier & Sons", "en", ["health-data"])
    assert one["abstract"].startswith("Both sign. TY - x")
    assert other["title"] == " ".join(ODD.split())
    assert other["date"] == "2021///"


@pytest.mark.parametrize("media_type", ["application/pdf", "application/vnd.oasis.opendocument.text"])
def test_a_file_is_a_report_of_its_source(media_type: str) -> None:
    (entry,) = bibtex(written("bib", document(media_type=media_type)))
    assert (entry.entry_type, entry.fields_dict["institution"].value) == ("techreport", r"Courier \& Sons")
    assert rispy.loads(written("ris", document(media_type=media_type)))[0]["type_of_reference"] == "RPRT"


def test_what_a_document_lacks_is_left_out() -> None:
    empty = {"authors": [], "published": None, "language": None, "themes": [], "text": "", "last_seen_at": None}
    (entry,) = bibtex(written("bib", document(**empty), about=None))
    assert set(entry.fields_dict) == {"title", "howpublished", "url"}
    (record,) = rispy.loads(written("ris", document(**empty), about=None))
    assert set(record) == {"type_of_reference", "id", "title", "publisher", "urls", "name_of_database"}


def test_an_author_that_holds_an_and_stays_one() -> None:
    (entry,) = bibtex(written("bib", document(authors=["Smith and Sons", "Doe, J., PhD"])))
    assert entry.fields_dict["author"].value == "{Smith and Sons} and {Doe, J., PhD}"


PRINTED = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@given(PRINTED)
def test_any_title_comes_back_as_it_was(text: str) -> None:
    row = document(title=f"{ODD} {text}", authors=[text])
    (entry,) = bibtex(written("bib", row))
    assert bare(entry.fields_dict["title"].value) == " ".join(row["title"].split())
    (record,) = rispy.loads(written("ris", row))
    assert record["title"] == " ".join(row["title"].split())
    assert record["authors"] == [text]


@given(st.text(max_size=40))
def test_no_text_breaks_a_record(text: str) -> None:
    row = document(title=text, authors=[text], source=text, text=text, url=text, themes=[text])
    assert len(bibtex(written("bib", row, document(13)))) == 2
    assert [record["id"] for record in rispy.loads(written("ris", row, document(13)))] == ["pactwatch12", "pactwatch13"]


def test_many_entries_are_many() -> None:
    rows = [document(number, title=ODD) for number in range(1, 30)]
    assert [bare(entry.fields_dict["title"].value) for entry in bibtex(written("bib", *rows))] == [
        " ".join(ODD.split())
    ] * 29
    assert len(rispy.loads(written("ris", *rows))) == 29


@pytest.mark.parametrize("format", ["bib", "ris"])
def test_only_documents_are_cited(format: str) -> None:  # noqa: A002
    with pytest.raises(ExportError, match="only documents"):
        export([], PARTNERSHIP_COLUMNS, format, io.BytesIO())
