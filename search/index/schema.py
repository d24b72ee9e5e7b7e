"""What the index holds of a document, and how texts become terms. One of the four modules that know tantivy."""

from __future__ import annotations

from functools import cache
from typing import Any

import tantivy

from search.source import Entry

SCHEMA_VERSION = 2
"""Raise with each change of `schema`, `document` or an analyser: older indexes are then rebuilt."""


class IndexDamagedError(RuntimeError):
    """The files of the index are missing or cannot be read."""


STEMMERS = {
    "da": "danish",
    "de": "german",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "sv": "swedish",
}
"""Languages with stems of their own, beside English, which all other languages share."""
ENGLISH = "en"
FOLDED = "folded"
"""Analyser of words in lower case without accents."""


def stemmed(language: str) -> str:
    """Name of the analyser that gives a language's stems."""
    return f"stemmed_{language}"


def field_of(name: str, language: str | None) -> str:
    """The field that holds title or text of a document in the language."""
    return f"{name}_{language}" if language in STEMMERS else name


@cache
def analyser(name: str) -> Any:
    """Words in lower case without accents; for `stemmed` names, their stems. Immutable."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for one in (tantivy.Filter.remove_long(100), tantivy.Filter.lowercase()):
        builder = builder.filter(one)
    language = name.removeprefix("stemmed_") if name != FOLDED else None
    if language in STEMMERS:  # their stemmers know the accents
        builder = builder.filter(tantivy.Filter.stemmer(STEMMERS[language]))
    builder = builder.filter(tantivy.Filter.ascii_fold())
    return (builder.filter(tantivy.Filter.stemmer("english")) if language == ENGLISH else builder).build()


def _texts() -> dict[str, str]:
    """Analyser of each field of text."""
    names = {field_of(name, code): stemmed(code) for name in ("title", "text") for code in (ENGLISH, *STEMMERS)}
    return names | {"names": FOLDED, "partners": FOLDED, "words": FOLDED}


ANALYSERS = _texts()


@cache
def schema() -> Any:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    for name in ("id", "revision", "added", "story", "mark", "year", "month", "organisation", "partner"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in ("day", "place"):
        builder.add_integer_field(name, indexed=name == "day", fast=True)
    for name, tokens in ANALYSERS.items():
        # Beginnings and misspellings cannot be looked up among stems ("university" is kept as "univers"): `words`.
        builder.add_text_field(name, tokenizer_name=tokens, index_option="basic" if name == "words" else "position")
    for name in ("theme", "kind", "agreement", "source", "country", "language"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def document(entry: Entry) -> Any:
    """An entry as tantivy takes it. Unsigned fields need add_unsigned: a plain integer kills the writer."""
    made = tantivy.Document()
    for name, numbers in entry.numbers().items():
        for number in numbers:
            made.add_unsigned(name, number)
    for name, signed in entry.days().items():
        made.add_integer(name, signed)
    for name, texts in entry.texts().items():
        for text in texts:
            made.add_text(field_of(name, entry.language) if name in ("title", "text") else name, text)
    return made


def register(index: Any) -> None:
    """Give tantivy our analysers; it does not keep them with the files."""
    for name in {*ANALYSERS.values()}:
        index.register_tokenizer(name, analyser(name))
