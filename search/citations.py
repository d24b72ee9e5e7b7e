"""Documents for reference managers: BibTeX (Zotero, JabRef, LaTeX) and RIS (EndNote, Mendeley, Citavi).

A document becomes what its file is: a web page, or a report (PDF, office files). Text between entries is no part of
either format, so the line that says what the file is about stands above the first entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from search.about import SURROGATE, About
from search.tables import Columns

LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$", "&": r"\&",
    "%": r"\%", "#": r"\#", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
})  # fmt: skip
"""What means something in LaTeX. Braces by name: BibTeX counts them even behind a backslash."""
BARE_URL = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20"})
BLANK = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ABSTRACT = 500
"""Characters of the text that are given as its abstract."""
Row = Mapping[str, Any]


def line(text: object) -> str:
    """A text on one line, without characters that no file can hold."""
    return SURROGATE.sub("\ufffd", BLANK.sub(" ", str(text))).strip()


def is_page(row: Row) -> bool:
    """Whether the document is a web page, and no file of its own."""
    return "html" in (row["media_type"] or "html")


def opening(row: Row) -> str:
    """The beginning of the text."""
    text = line((row["text"] or "")[: 2 * ABSTRACT])
    return text if len(text) <= ABSTRACT else f"{text[:ABSTRACT].rsplit(' ', 1)[0]} …"


class BibTeX:
    """One entry a document; title and names in braces, so that styles keep their capitals."""

    def __init__(self, columns: Columns, stream: BinaryIO, about: About | None = None) -> None:
        self.stream = stream
        if about is not None:
            # An @ begins an entry wherever it stands.
            self.stream.write(f"% {line(about.line()).replace('@', '(at)')}\n\n".encode())

    def write(self, rows: Sequence[Row]) -> None:
        """Write some documents."""
        for row in rows:
            fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in _bibtex(row) if value)
            kind = "misc" if is_page(row) else "techreport"
            self.stream.write(f"@{kind}{{{key(row)},\n{fields}\n}}\n\n".encode())

    def close(self) -> None:
        """Nothing ends a BibTeX file."""

    def abandon(self) -> None:
        """Nothing is held."""


def key(row: Row) -> str:
    """The citation key: ``pactwatch12``; the id of a document stays."""
    return f"pactwatch{row['id']}"


def latex(text: object) -> str:
    """A text as LaTeX shows it."""
    return line(text).translate(LATEX)


def _bibtex(row: Row) -> Iterator[tuple[str, str]]:
    year, month, _ = _parts(row["published"])
    yield "title", f"{{{latex(row['title'])}}}" if row["title"] else ""
    yield "author", " and ".join(_author(name) for name in row["authors"] or () if line(name))
    yield "howpublished" if is_page(row) else "institution", latex(row["source"])
    yield "year", year
    yield "month", MONTHS[int(month) - 1] if month else ""
    yield "date", row["published"] or ""
    yield "url", _url(row)
    yield "urldate", f"{row['last_seen_at']:%Y-%m-%d}" if row["last_seen_at"] else ""
    yield "langid", latex(row["language"] or "")
    yield "keywords", ", ".join(latex(name) for name in row["themes"] or ())
    yield "abstract", latex(opening(row))


def _author(name: str) -> str:
    # In braces what would be taken apart: at " and ", or at a comma that stands in more than one place.
    written = latex(name)
    return f"{{{written}}}" if re.search(r"(?i)\band\b", name) or name.count(",") > 1 else written


def _url(row: Row) -> str:
    return line(row["url"]).translate(BARE_URL)


def _parts(published: str | None) -> tuple[str, str, str]:
    year, month, day = [*(published or "").split("-"), "", ""][:3]
    return year, month, day


class Ris:
    """One record a document; lines end in CR LF, and no value goes over its line."""

    def __init__(self, columns: Columns, stream: BinaryIO, about: About | None = None) -> None:
        self.stream = stream
        if about is not None:
            self.stream.write(f"{line(about.line())}\r\n\r\n".encode())

    def write(self, rows: Sequence[Row]) -> None:
        """Write some documents."""
        for row in rows:
            tags = [("TY", "ELEC" if is_page(row) else "RPRT"), *_ris(row)]
            lines = "".join(f"{tag}  - {value}\r\n" for tag, value in tags if value)
            self.stream.write(f"{lines}ER  - \r\n\r\n".encode())

    def close(self) -> None:
        """Nothing ends a RIS file."""

    def abandon(self) -> None:
        """Nothing is held."""


def _ris(row: Row) -> Iterator[tuple[str, str]]:
    year, month, day = _parts(row["published"])
    yield "ID", key(row)
    yield "TI", line(row["title"] or "")
    yield from (("AU", line(name)) for name in row["authors"] or ())
    yield "PB", line(row["source"])
    yield "PY", year
    yield "DA", f"{year}/{month}/{day}/" if year else ""
    yield "UR", _url(row)
    yield "Y2", f"{row['last_seen_at']:%Y/%m/%d/}" if row["last_seen_at"] else ""
    yield "LA", line(row["language"] or "")
    yield from (("KW", line(name)) for name in row["themes"] or ())
    yield "AB", opening(row)
    yield "DB", "Pactwatch"
