"""Complete tables as CSV, JSON Lines, Parquet, Excel, BibTeX or RIS: streamed, and never half-written.

Text cells that a spreadsheet would take for a formula get an apostrophe in front (CSV and Excel), the usual remedy
against formula injection (OWASP). JSON Lines and Parquet keep every value as it is. Each file can say what was asked,
when, and how the sources stood (`search.about`): docs/exports.md has where.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy.orm import Session

from search.about import About
from search.citations import BibTeX, Ris
from search.tables import (
    DOCUMENT_COLUMNS,
    MENTION_COLUMNS,
    ORGANISATION_COLUMNS,
    OUTCOME_TYPES,
    PARTNERSHIP_COLUMNS,
    Columns,
    document_rows,
    mention_rows,
    organisation_rows,
    outcome_rows,
    partnership_rows,
)

__all__ = [
    "CITATIONS",
    "FORMATS",
    "MEDIA_TYPES",
    "TABLES",
    "ExportError",
    "Format",
    "document_rows",
    "export",
    "mention_rows",
    "organisation_rows",
    "outcome_rows",
    "partnership_rows",
]

Row = Mapping[str, Any]
Format = Literal["csv", "jsonl", "parquet", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet", "xlsx")
CITATIONS = ("bib", "ris")
"""Formats of documents alone: BibTeX and RIS, for reference managers."""
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
}
TABLES: dict[str, tuple[Columns, Callable[[Session], Iterator[Row]]]] = {
    "documents": (DOCUMENT_COLUMNS, document_rows),
    "partnerships": (PARTNERSHIP_COLUMNS, partnership_rows),
    "organisations": (ORGANISATION_COLUMNS, organisation_rows),
    "mentions": (MENTION_COLUMNS, mention_rows),
    "outcomes": (OUTCOME_TYPES, outcome_rows),
}
"""What can be exported whole: the columns with their types, and the function from a session to the rows."""
CHUNK = 1000
"""Rows held at once."""
SHEET_ROWS = 1_048_576
"""Rows of an Excel sheet, the header included; more rows go on to the next sheet."""
CELL_CHARACTERS = 32_767
"""What an Excel cell holds."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ExportError(ValueError):
    """The table cannot be written as asked; one line: what and how to mend it."""


class Writes(Protocol):
    """A format: writes chunks of rows, then its end."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what ends the file."""

    def abandon(self) -> None:
        """Release what is held; nothing more is written, so that a broken stream cannot pass for a whole file."""


def export(
    rows: Iterable[Row],
    columns: Columns,
    format: str,  # noqa: A002
    target: Path | BinaryIO,
    about: About | None = None,
) -> int:
    """Write all rows with these columns, and what they are `about`; the number of rows.

    A path appears only when it is complete. Memory does not grow with the number of rows. A row without one of the
    columns has an empty cell there. Raises `ExportError` for an unknown format, and for a value that Parquet cannot
    hold as its column declares.
    """
    if format in CITATIONS and columns is not DOCUMENT_COLUMNS:
        raise ExportError(f"only documents can be exported as {format}: use {', '.join(FORMATS)}")
    if format not in WRITERS:
        raise ExportError(f"there is no export format {format!r}: use {', '.join(WRITERS)}")
    if not isinstance(target, Path):
        return _write(rows, WRITERS[format](columns, target, about))
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with temporary.open("wb") as stream:
            count = _write(rows, WRITERS[format](columns, stream, about))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _write(rows: Iterable[Row], writer: Writes) -> int:
    count, source = 0, iter(rows)
    try:
        while chunk := list(islice(source, CHUNK)):
            writer.write(chunk)
            count += len(chunk)
        writer.close()
    except BaseException:  # whatever it was goes on; only what the writer holds is released
        writer.abandon()
        raise
    return count


def harmless(value: Any) -> Any:
    """The value for a spreadsheet: a text that begins like a formula gets an apostrophe; other types stay."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def flat(value: Any) -> Any:
    """The value for one cell: lists of texts joined by "; ", other structures as JSON."""
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def _moment(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


class Csv:
    """UTF-8 with a byte order mark, which Excel needs to see that it is UTF-8; lines end in CR LF (RFC 4180).

    What the file is about is its first line and begins with ``#``. Rows that hold a ``#`` are quoted, so that readers
    who are told to skip comments (``comment="#"`` in pandas) cut nothing off.
    """

    def __init__(self, columns: Columns, stream: BinaryIO, about: About | None = None) -> None:
        self.columns, self.stream = columns, stream
        self.stream.write(b"\xef\xbb\xbf")
        if about is not None:
            self.stream.write(f"{about.csv_line()}\r\n".encode(errors="replace"))
        self._lines([list(columns)])

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        self._lines([harmless(flat(_moment(row.get(name)))) for name in self.columns] for row in rows)

    def _lines(self, rows: Iterable[Sequence[Any]]) -> None:
        buffer = io.StringIO(newline="")
        bare, quoted = csv.writer(buffer), csv.writer(buffer, quoting=csv.QUOTE_ALL)
        for row in rows:
            hashed = any(isinstance(cell, str) and "#" in cell for cell in row)
            (quoted if hashed else bare).writerow(row)
        self.stream.write(buffer.getvalue().encode())

    def close(self) -> None:
        """Nothing ends a CSV."""

    def abandon(self) -> None:
        """Nothing is held."""


class JsonLines:
    """One JSON object a line; structures stay structures. What the file is about is `_about` of the first."""

    def __init__(self, columns: Columns, stream: BinaryIO, about: About | None = None) -> None:
        self.columns, self.stream = columns, stream
        self.told = {} if about is None else {"_about": about.facts()}

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        for row in rows:
            content = {name: _moment(row.get(name)) for name in self.columns} | self.told
            self.told = {}
            self.stream.write(json.dumps(content, ensure_ascii=False, default=str).encode() + b"\n")

    def close(self) -> None:
        """Nothing ends JSON Lines."""

    def abandon(self) -> None:
        """Nothing is held."""


class _Tap(io.RawIOBase):
    """Passes bytes on until it is shut: pyarrow writes a footer whenever a writer is closed, even a broken one."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.shut = stream, False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self.shut:
            self.stream.write(data)
        return len(data)


PARQUET_TYPES: dict[type, Any] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
    str: pa.string(),
    list: pa.string(),
}


class Parquet:
    """Parquet with the declared type of each column: every file of a table has the same schema, whatever it holds.

    What the file is about is in its metadata.
    """

    def __init__(self, columns: Columns, stream: BinaryIO, about: About | None = None) -> None:
        self.tap = _Tap(stream)
        fields = [pa.field(name, PARQUET_TYPES[kind]) for name, kind in columns.items()]
        self.schema = pa.schema(fields, metadata=None if about is None else about.metadata())
        self.writer = pq.ParquetWriter(self.tap, self.schema)

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        arrays = [self._array(field, [flat(row.get(field.name)) for row in rows]) for field in self.schema]
        self.writer.write_table(pa.Table.from_arrays(arrays, schema=self.schema))

    @staticmethod
    def _array(field: Any, values: Sequence[Any]) -> Any:
        try:
            return pa.array(values, field.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise ExportError(f"column {field.name}: {error}: export it as csv or jsonl") from None

    def close(self) -> None:
        """Write the footer."""
        self.writer.close()

    def abandon(self) -> None:
        """Close pyarrow's writer, into nowhere."""
        self.tap.shut = True
        self.writer.close()


class Excel:
    """An Excel workbook, written row by row to a temporary file by openpyxl, then copied to the target.

    What it is about is on its last sheet.
    """

    def __init__(self, columns: Columns, stream: BinaryIO, about: About | None = None) -> None:
        self.columns, self.stream, self.about = columns, stream, about
        self.book, self.saved = Workbook(write_only=True), False
        self._sheet()

    def _sheet(self) -> None:
        self.sheet = self.book.create_sheet(f"Rows {len(self.book.worksheets) + 1}")
        self.sheet.freeze_panes = "A2"
        self.sheet.append(list(self.columns))
        self.count = 1

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        for row in rows:
            if self.count >= SHEET_ROWS:
                self._sheet()
            self.sheet.append([_cell(row.get(name)) for name in self.columns])
            self.count += 1

    def close(self) -> None:
        """Finish the workbook and copy it to the target, which need not be seekable."""
        if self.about is not None:
            sheet = self.book.create_sheet("About")
            for name, value in self.about.facts().items():
                sheet.append([name, _cell(value)])
        with tempfile.TemporaryFile() as file:
            self.saved = True
            self.book.save(file)
            file.seek(0)
            while chunk := file.read(1 << 20):
                self.stream.write(chunk)

    def abandon(self) -> None:
        """Close openpyxl's temporary files, which it would otherwise keep until the process ends."""
        if not self.saved:  # a workbook can be saved once
            with tempfile.TemporaryFile() as file:
                self.book.save(file)


def _cell(value: Any) -> Any:
    value = flat(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)  # Excel knows no zones; all our times are UTC
    if isinstance(value, str):
        value = harmless(ILLEGAL_CHARACTERS_RE.sub("", value))
        return value if len(value) <= CELL_CHARACTERS else value[: CELL_CHARACTERS - 1] + "…"
    return value


WRITERS: dict[str, Any] = {
    "csv": Csv, "jsonl": JsonLines, "parquet": Parquet, "xlsx": Excel, "bib": BibTeX, "ris": Ris,
}  # fmt: skip
"""The class of each format: made from the columns, the stream, and what the file is about."""
