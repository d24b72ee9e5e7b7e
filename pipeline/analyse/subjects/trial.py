"""What another vocabulary would make of a text: the themes before and after, without touching anything stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import spacy
from spacy.tokens import Doc

from config.kinds import DocumentKind
from config.themes import Theme
from pipeline.analyse.language import ENGLISH
from pipeline.analyse.reading import tokens
from pipeline.analyse.subjects.classifier import Subjects
from pipeline.analyse.subjects.vocabulary import forms_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """Themes of one text with the vocabulary in force and with the one on trial, and the latter's words in it."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    words: frozenset[tuple[str, str]]
    """``(theme, word as declared)``, of the themes on trial."""


class Trial:
    """Classifies texts with two vocabularies, as `Analyser` does."""

    def __init__(self, before: Sequence[Theme], after: Sequence[Theme], kinds: Sequence[DocumentKind]) -> None:
        """Take the themes in force and those on trial; loads the trained weights, but no model of the language."""
        # The tokens are those of the whole pipeline: it has the tokenizer of the language
        self._nlp = spacy.blank("en")
        self._before, self._after = Subjects(self._nlp, before, kinds), Subjects(self._nlp, after, kinds)
        known = set(before)
        self._declared = {
            (theme.id, form): word
            for theme in after
            if theme not in known
            for word in theme.words
            for form in forms_of(word)
        }

    def judge(self, title: str, text: str, language: str | None) -> Verdict:
        """Classify one text twice."""
        doc = tokens(self._nlp, text)
        trained = language == ENGLISH
        before, after = (one.classify(doc, text, title, trained=trained)[2] for one in (self._before, self._after))
        return Verdict(
            tuple(theme.id for theme in before),
            tuple(theme.id for theme in after),
            frozenset(self._words(doc, title)) if self._declared else frozenset(),
        )

    def _words(self, doc: Doc, title: str) -> Iterator[tuple[str, str]]:
        heading, _, body = self._after.find(doc, title)
        for found in (heading, body):
            for label, words in found.items():
                theme = label.removeprefix("theme:")
                for word in words:
                    if declared := self._declared.get((theme, word)):
                        yield theme, declared
