"""What the index holds of a document, and how texts become terms. One of the four modules that know tantivy."""

from __future__ import annotations

from functools import cache
from typing import Any

import tantivy

from search.source import Entry

SCHEMA_VERSION = 1
"""Raise with each change of `schema`, `document` or an analyser: older indexes are then rebuilt."""


class IndexDamagedError(RuntimeError):
    """The files of the index are missing or cannot be read."""


@cache
def analyser(stem: bool) -> Any:
    """Words in lower case without accents; with English stems where asked. Immutable."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for one in (tantivy.Filter.remove_long(100), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(one)
    return (builder.filter(tantivy.Filter.stemmer("english")) if stem else builder).build()


STEMMED = ("title", "text")


@cache
def schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "revision", "story", "mark", "year", "organisation", "partner"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in ("day", "place"):
        builder.add_integer_field(name, indexed=name == "day", fast=True)
    for name in STEMMED:
        builder.add_text_field(name, tokenizer_name="stemmed")
    for name in ("names", "partners"):
        builder.add_text_field(name, tokenizer_name="folded")
    # Beginnings of words cannot be looked up among stems ("university" is kept as "univers").
    builder.add_text_field("words", tokenizer_name="folded", index_option="basic")
    for name in ("theme", "kind", "agreement", "source", "country", "language"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def document(entry: Entry) -> Any:
    """An entry as tantivy takes it. Unsigned fields need add_unsigned: a plain integer kills the writer."""
    document = tantivy.Document()
    for name, numbers in entry.numbers().items():
        for number in numbers:
            document.add_unsigned(name, number)
    for name, signed in entry.days().items():
        document.add_integer(name, signed)
    for name, texts in entry.texts().items():
        for text in texts:
            document.add_text(name, text)
    return document
