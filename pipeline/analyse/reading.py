"""Run spaCy over texts of any length and language: one Doc per text, its characters exactly those of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.analyse.chunks import chunks
from pipeline.analyse.foreign import ForeignNames
from pipeline.analyse.language import ENGLISH, LanguageDetector, Part
from pipeline.analyse.names.factory import NAME
from pipeline.analyse.partly import parse_partly
from pipeline.records import Text

BATCH_CHARACTERS = 60_000
"""Most characters that go through the model at a time: its memory grows with them."""
LONGEST_RUN = 100
"""Longer runs without white space are cut for the tokenizer, which takes one sign at a time off their ends and looks at
the rest again: a page of emoji without a blank costs it seconds."""
_RUN = re.compile(rf"\S{{{LONGEST_RUN}}}(?=\S)")

_NO_TENSOR = np.zeros((0, 0))


@dataclass(frozen=True, slots=True)
class Read:
    """A text with its tokens, and the languages of its parts."""

    text: Text
    doc: Doc
    parts: tuple[Part, ...]

    @property
    def language(self) -> str:
        """The language of most of the text."""
        sizes: dict[str, int] = {}
        for part in self.parts:
            sizes[part.language] = sizes.get(part.language, 0) + part.end - part.start
        return max(sizes, key=lambda language: (sizes[language], language == ENGLISH))

    @property
    def complete(self) -> bool:
        """Whether the whole text is English."""
        return all(part.language == ENGLISH for part in self.parts)

    def in_english(self, place: int) -> bool:
        """Whether the character at `place` stands in an English part."""
        return any(part.start <= place < part.end and part.language == ENGLISH for part in self.parts)


def read_docs(
    nlp: Language,
    texts: Iterable[Text],
    detector: LanguageDetector,
    foreign: ForeignNames,
    batch_size: int,
    *,
    telling: Callable[[str], bool] = lambda sentence: True,
) -> Iterator[Read]:
    """Read texts in order; parts that are not English go through `foreign`, never through `nlp`.

    Of the sentences with a name only those that are `telling` are parsed.
    """
    for batch in _batches(texts, batch_size):
        parts = [_parts(detector, text) for text in batch]
        pieces = [list(_pieces(text.text, cut)) for text, cut in zip(batch, parts, strict=True)]
        english = [piece for of_text in pieces for piece, language in of_text if language == ENGLISH]
        parsed = _parsed(nlp, english, telling)
        for text, cut, of_text in zip(batch, parts, pieces, strict=True):
            docs = (next(parsed) if spoken == ENGLISH else foreign.read(piece, spoken) for piece, spoken in of_text)
            yield Read(text, _joined(nlp, docs), cut)


def _parts(detector: LanguageDetector, text: Text) -> tuple[Part, ...]:
    if not text.text:
        return (Part(0, 0, detector.detect(text.title, text.language)),)
    return tuple(detector.parts(text.text, text.language))


def _pieces(text: str, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    for part in parts:
        for _, piece in chunks(text[part.start : part.end]):
            yield piece, part.language


def _batches(texts: Iterable[Text], batch_size: int) -> Iterator[list[Text]]:
    batch: list[Text] = []
    characters = 0
    for text in texts:
        batch.append(text)
        characters += len(text.text)
        if len(batch) >= batch_size or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _parsed(nlp: Language, pieces: Sequence[str], telling: Callable[[str], bool]) -> Iterator[Doc]:
    """Tag names and parse, in batches bounded by characters."""
    names = nlp.get_pipe(NAME)
    size = max(1, BATCH_CHARACTERS // max((len(piece) for piece in pieces if piece), default=1))
    for start in range(0, len(pieces), min(size, 64)):
        docs = [names(tokens(nlp, piece)) for piece in pieces[start : start + min(size, 64)]]
        parse_partly(nlp, docs, telling)
        yield from docs


def tokens(nlp: Language, piece: str) -> Doc:
    """Cut `piece` into tokens in time linear in its length."""
    ends = [match.end() for match in _RUN.finditer(piece)]
    if not ends:
        return nlp.make_doc(piece)
    bounds = [0, *ends, len(piece)]
    return _one(nlp, [nlp.make_doc(piece[a:b]) for a, b in pairwise(bounds)])


def _joined(nlp: Language, docs: Iterable[Doc]) -> Doc:
    parts = []
    for doc in docs:
        doc.tensor = _NO_TENSOR  # 400 bytes a token that nobody reads
        parts.append(doc)
    return _one(nlp, parts)


def _one(nlp: Language, parts: list[Doc]) -> Doc:
    if len(parts) == 1:
        return parts[0]
    whole = Doc.from_docs(parts, ensure_whitespace=False)
    return whole if whole is not None else nlp.make_doc("")
