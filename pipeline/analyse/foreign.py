"""Names in parts of a text that are not English: what shows itself in any language, the register, a French model.

No agreement, tag or parse is made of such parts, and documents that have them are marked as partly analysed.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import re
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from itertools import pairwise

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans
from spacy.vocab import Vocab

from pipeline.analyse.names.entities import SPANS
from pipeline.analyse.names.rules import rule_spans

log = logging.getLogger(__name__)

FRENCH = "fr_core_news_sm"
"""Optional model package, official weights: finds organisations in French texts (extra ``french``)."""

Known = Callable[[Collection[str]], Collection[str]]
"""Which of these names are names of organisations; `pipeline.register.known.RegisterNames`."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
_WORD = re.compile(r"(?:(?<!\w)(?i:[ldnscjmt]|qu)['’])?([^\W\d_](?:[\w&.’'-]*\w)?)")
"""A word, without the article or other little word that has lost its vowel before it: l'Université."""
_STOP = re.compile(r"[.!?;:()\[\]\n\t|•]")
MOST_WORDS = 9
"""Most words of a name that is looked up in the register."""


class ForeignNames:
    """Cuts texts of other languages into tokens; leaves the organisations that it finds in ``doc.spans["names"]``."""

    def __init__(self, vocab: Vocab, known: Known | None = None) -> None:
        """Take the vocabulary of the other parts' tokens; `known` asks the register, where there is one."""
        self._vocab = vocab
        self._known = known

    def read(self, text: str, language: str) -> Doc:
        """Return the tokens of `text` with their names; linear in its length."""
        doc = tokens_of(self._vocab, text)
        found = [doc.char_span(start, end, label="organisation") for start, end in self._found(text, language)]
        doc.spans[SPANS] = filter_spans([span for span in found if span is not None])
        return doc

    def _found(self, text: str, language: str) -> Iterator[tuple[int, int]]:
        yield from ((start, end) for start, end, _ in rule_spans(text))
        if self._known is not None:
            candidates = _candidates(text)
            names = {text[start:end] for start, end in candidates}
            known = set(self._known(names)) if names else set()
            yield from (span for span in candidates if text[slice(*span)] in known)
        if language == "fr" and self._french is not None:
            yield from ((e.start_char, e.end_char) for e in self._french(text).ents if e.label_ == "ORG")

    @cached_property
    def _french(self) -> Language | None:
        if french_version() is None:
            log.warning("French texts: %s is not installed, so fewer names are found: see docs/analysis.md", FRENCH)
            return None
        return spacy.load(FRENCH, exclude=["parser", "morphologizer", "attribute_ruler", "lemmatizer", "senter"])


def french_version() -> str | None:
    """Return ``NAME-VERSION`` of the French model, None where it is not installed."""
    if importlib.util.find_spec(FRENCH) is None:
        return None
    return f"{FRENCH}-{importlib.metadata.version(FRENCH.replace('_', '-'))}"


def tokens_of(vocab: Vocab, text: str) -> Doc:
    """Cut a text of any language into words, signs and white space; its characters are exactly those of the text."""
    words: list[str] = []
    spaces: list[bool] = []
    for word in _TOKEN.findall(text):
        if word[0] == " " and words and not words[-1].isspace():
            spaces[-1] = True
            if len(word) == 1:
                continue
            word = word[1:]  # noqa: PLW2901 - the rest of the white space is a token of its own
        words.append(word)
        spaces.append(False)
    return Doc(vocab, words, spaces)


def _candidates(text: str) -> list[tuple[int, int]]:
    """Every run of 2 to `MOST_WORDS` words that begins with a capital and crosses no end of a sentence or line."""
    words = [match.span(1) for match in _WORD.finditer(text)]
    # A word is in the same clause as the one before it if nothing that ends one stands between
    follows = [False] + [not _STOP.search(text, a[1], b[0]) for a, b in pairwise(words)]
    found = []
    for first, (start, _) in enumerate(words):
        if not text[start].isupper():
            continue
        for last in range(first + 1, min(first + MOST_WORDS, len(words))):
            if not follows[last]:
                break
            found.append((start, words[last][1]))
    return found
