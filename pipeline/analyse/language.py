"""Language of a document and of its parts, so that no text is read with another language's model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.spoken import identifier, surely_english

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_CODES = """
    bg ca cs da de el en es et eu fi fr ga gl he hr hu is it ja ko lb lt lv mt nb nl nn no pl pt ro ru sk sl sq sr sv
    tr uk zh ar fa hi id th vi
"""
LANGUAGES = tuple(_CODES.split())
"""Languages told apart: those of Europe and the largest others; rarer ones are taken for their neighbours."""

ENGLISH = "en"
"""The language that is fully analysed."""

SAMPLE = 3000
"""Characters looked at: more does not change the answer."""
LEAST_LETTERS = 40
"""Below this a guess is worth less than the hint that came with the document."""
SURE = 0.9
"""Probability below which a document that was declared otherwise keeps its declared language."""
PART_LETTERS = 120
"""A paragraph of fewer letters has the language of what stands before it: a title or an address tells little."""


@dataclass(frozen=True, slots=True)
class Part:
    """Characters ``start`` to ``end`` of a text and the language they are in."""

    start: int
    end: int
    language: str


class LanguageDetector:
    """Tells the ISO 639-1 code of a text.

    Texts whose frequent words leave no doubt that they are English are known by these; for all others a statistical
    model is loaded, the first time that it is needed (half a second).
    """

    def detect(self, text: str, hint: str | None = None) -> str:
        """Return the language of `text`; `hint` (the declared language, or English) decides where the text cannot."""
        sample = text[:SAMPLE]
        declared = (hint or ENGLISH).lower()[:2]
        if sum(map(str.isalpha, sample)) < LEAST_LETTERS:
            return declared
        if surely_english(sample):
            return ENGLISH
        code, probability = self._identifier.classify(sample)
        return declared if probability < SURE else str(code)

    def parts(self, text: str, hint: str | None = None) -> list[Part]:
        """Cut a text where its language changes, between paragraphs; there is at least one part, and no gap.

        Paragraphs that tell nothing belong to the part before them, the first ones to that of the whole text.
        """
        language = self.detect(text, hint)
        found: list[Part] = []
        for start, end in _windows(text):
            spoken = self._of_window(text[start:end], language if not found else found[-1].language)
            if found and found[-1].language == spoken:
                found[-1] = Part(found[-1].start, end, spoken)
            else:
                found.append(Part(start, end, spoken))
        return found or [Part(0, len(text), language)]

    def _of_window(self, text: str, before: str) -> str:
        if sum(map(str.isalpha, text)) < PART_LETTERS or (before == ENGLISH and surely_english(text)):
            return before
        return self.detect(text, before)

    @cached_property
    def _identifier(self) -> LanguageIdentifier:
        return identifier(LANGUAGES)


_WINDOW = 600
"""Least characters of a window in which the language may differ from that before it."""


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Cut at line breaks into windows of at least `_WINDOW` characters, at blank lines sooner; linear."""
    start = 0
    for match in re.finditer(r"\n[^\S\n]*(\n\s*)?", text):
        size = match.end() - start
        if size >= _WINDOW or (match.group(1) and size >= PART_LETTERS):
            yield start, match.end()
            start = match.end()
    if start < len(text):
        yield start, len(text)
