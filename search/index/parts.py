"""The parts of a search: user text becomes terms, never tantivy's query language. Pure; nothing is searched here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import tantivy

from search.index.schema import ANALYSERS, analyser, schema

Part = Any
"""A part of a search as tantivy holds it; opaque to callers."""


class Parts:
    """Builds the parts of a search. User text only ever becomes terms, never tantivy's query language."""

    @staticmethod
    def terms(field: str, text: str) -> list[str]:
        """The terms that the text becomes in the field; none where it has no letter or digit."""
        found: list[str] = analyser(ANALYSERS[field]).analyze(text)
        return found

    def phrase(self, field: str, text: str, apart: int = 0) -> Part | None:
        """Words that follow each other in the field, `apart` others in between; None where the text has no word."""
        terms = self.terms(field, text)
        if not terms:
            return None
        if len(terms) == 1:
            return tantivy.Query.term_query(schema(), field, terms[0], index_option="freq")
        return tantivy.Query.phrase_query(schema(), field, [*terms], apart)

    @staticmethod
    def term(field: str, term: str) -> Part:
        """Documents that hold a term, as the analyser made it, in the field."""
        return tantivy.Query.term_query(schema(), field, term, index_option="freq")

    def near(self, field: str, one: str, other: str, apart: int) -> Part | None:
        """One text before or behind the other, at most `apart` words away; None where either has no word."""
        first, second = self.terms(field, one), self.terms(field, other)
        if not first or not second:
            return None
        orders = ([*first, *second], [*second, *first])
        return self.any_of([tantivy.Query.phrase_query(schema(), field, [*order], apart) for order in orders])

    def fuzzy(self, field: str, text: str, edits: int) -> Part | None:
        """Words of the field in which at most `edits` letters differ; None where the text has no word."""
        terms = self.terms(field, text)
        if not terms:
            return None
        return self.all_of([tantivy.Query.fuzzy_term_query(schema(), field, term, edits) for term in terms])

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
    def recent(since: date, bonus: float) -> Part:
        """Documents published since the day, each with the same score."""
        days = tantivy.Query.range_query(schema(), "day", tantivy.FieldType.Integer, since.toordinal(), None)
        return tantivy.Query.const_score_query(days, bonus)

    @staticmethod
    def prefer(part: Part, extras: Sequence[Part]) -> Part:
        """What the part matches; documents that the extras match too score higher."""
        wanted = [(tantivy.Occur.Should, extra) for extra in extras]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part), *wanted])

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
