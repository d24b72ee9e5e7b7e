"""The parts of a search: user text becomes terms, never tantivy's query language. Pure; nothing is searched here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import tantivy

from search.index.schema import STEMMED, analyser, schema

Part = Any
"""A part of a search as tantivy holds it; opaque to callers."""


class Parts:
    """Builds the parts of a search. User text only ever becomes terms, never tantivy's query language."""

    @staticmethod
    def terms(field: str, text: str) -> list[str]:
        """The terms that the text becomes in the field; none where it has no letter or digit."""
        found: list[str] = analyser(field in STEMMED).analyze(text)
        return found

    def phrase(self, field: str, text: str) -> Part | None:
        """Words that follow each other in the field; None where the text has no word."""
        terms = self.terms(field, text)
        if not terms:
            return None
        if len(terms) == 1:
            return tantivy.Query.term_query(schema(), field, terms[0], index_option="freq")
        return tantivy.Query.phrase_query(schema(), field, list(terms))

    def prefix(self, field: str, text: str) -> Part | None:
        """Words that begin with the text; its own last word where it has several."""
        terms = self.terms(field, text)
        if not terms:
            return None
        *before, last = terms
        # Terms are letters and digits of any script, so none of them means anything in a regular expression.
        part = tantivy.Query.regex_query(schema(), field, f"{last}.*")
        whole = [tantivy.Query.term_query(schema(), field, term, index_option="basic") for term in before]
        return self.all_of([*whole, part]) if whole else part

    @staticmethod
    def one_of(field: str, values: Sequence[str | int]) -> Part:
        """Documents with any of the exact values."""
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema(), field, list(values)), 0.0)

    @staticmethod
    def days(since: date | None, until: date | None) -> Part:
        """Published between the days, both included; undated documents never are."""
        low, high = since.toordinal() if since else 0, until.toordinal() if until else date.max.toordinal()
        number = tantivy.FieldType.Integer
        return tantivy.Query.const_score_query(tantivy.Query.range_query(schema(), "day", number, low, high), 0.0)

    @staticmethod
    def boost(part: Part, by: float) -> Part:
        """The part with its score multiplied."""
        return tantivy.Query.boost_query(part, by)

    @staticmethod
    def all_of(parts: Sequence[Part]) -> Part:
        """What all parts match; every document where there are none."""
        if not parts:
            return tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
        if len(parts) == 1:
            return parts[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])

    @staticmethod
    def any_of(parts: Sequence[Part]) -> Part:
        """What any part matches; nothing where there are none."""
        if len(parts) == 1:
            return parts[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])

    @staticmethod
    def none_of(part: Part) -> Part:
        """Every document that the part does not match."""
        everything = tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, everything), (tantivy.Occur.MustNot, part)])
