"""Run spaCy over texts of any length and language: one Doc per text, its characters exactly those of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.analyse.chunks import chunks
from pipeline.analyse.language import LanguageDetector
from pipeline.records import Text

BATCH_CHARACTERS = 60_000
"""Most characters that go through the model at a time: its memory grows with them."""
LONGEST_RUN = 100
"""Longer runs without white space are cut for the tokenizer, which takes one sign at a time off their ends and looks at
the rest again: a page of emoji without a blank costs it seconds."""
_RUN = re.compile(rf"\S{{{LONGEST_RUN}}}(?=\S)")


def read_docs(
    nlp: Language, texts: Iterable[Text], detector: LanguageDetector, batch_size: int
) -> Iterator[tuple[Text, str, Doc]]:
    """Yield ``(text, language, doc)`` in order; texts that are not English are only cut into tokens."""
    for batch in _batches(texts, batch_size):
        languages = [detector.detect(text.text or text.title, text.language) for text in batch]
        english = [text for text, language in zip(batch, languages, strict=True) if language == "en"]
        docs = _parsed(nlp, english)
        for text, language in zip(batch, languages, strict=True):
            yield (
                text,
                language,
                next(docs) if language == "en" else _joined(nlp, (tokens(nlp, piece) for piece in _pieces(text))),
            )


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


def _parsed(nlp: Language, texts: list[Text]) -> Iterator[Doc]:
    """Parse piece by piece in batches bounded by characters; yield one Doc per text."""
    cut = [_pieces(text) for text in texts]
    bounds = [0]
    for pieces in cut:
        bounds.append(bounds[-1] + len(pieces))
    size = max(1, BATCH_CHARACTERS // max((len(piece) for pieces in cut for piece in pieces if piece), default=1))
    docs = nlp.pipe((tokens(nlp, piece) for pieces in cut for piece in pieces), batch_size=min(size, 64))
    for first, last in pairwise(bounds):
        yield _joined(nlp, (next(docs) for _ in range(last - first)))


def tokens(nlp: Language, piece: str) -> Doc:
    """Cut `piece` into tokens in time linear in its length."""
    ends = [match.end() for match in _RUN.finditer(piece)]
    if not ends:
        return nlp.make_doc(piece)
    bounds = [0, *ends, len(piece)]
    return _one(nlp, [nlp.make_doc(piece[a:b]) for a, b in pairwise(bounds)])


def _pieces(text: Text) -> list[str]:
    return [piece for _, piece in chunks(text.text)]


def _joined(nlp: Language, docs: Iterable[Doc]) -> Doc:
    parts = []
    for doc in docs:
        doc.tensor = doc.tensor[:0]  # 400 bytes a token that nobody reads
        parts.append(doc)
    return _one(nlp, parts)


def _one(nlp: Language, parts: list[Doc]) -> Doc:
    if len(parts) == 1:
        return parts[0]
    whole = Doc.from_docs(parts, ensure_whitespace=False)
    return whole if whole is not None else nlp.make_doc("")
