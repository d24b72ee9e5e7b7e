"""Language of a document, so that no text is read with another language's model."""

from __future__ import annotations

from pathlib import Path

from py3langid import langid

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


class LanguageDetector:
    """Tells the ISO 639-1 code of a text."""

    def __init__(self) -> None:
        """Load the language model (half a second)."""
        path = Path(langid.MODEL_DIR) / langid.MODEL_FILE
        self._identifier = langid.LanguageIdentifier.from_modelpath(str(path), norm_probs=True)
        known = set(self._identifier.labels)
        self._identifier.set_languages([code for code in LANGUAGES if code in known])

    def detect(self, text: str, hint: str | None = None) -> str:
        """Return the language of `text`; `hint` (the declared language, or English) decides where the text cannot."""
        sample = text[:SAMPLE]
        declared = (hint or "en").lower()[:2]
        if sum(map(str.isalpha, sample)) < LEAST_LETTERS:
            return declared
        code, probability = self._identifier.classify(sample)
        return declared if probability < SURE else str(code)
