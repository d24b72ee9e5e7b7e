"""Parse only the sentences of a document that can state an agreement: those with a name and a word of agreements.

That is two fifths of the words of news; parser and tagger see four words to either side, so a sentence parsed by itself
is parsed as in its place. All other sentences get a plain tree, every word under the first, and no tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from spacy.attrs import DEP, HEAD, IDX, TAG
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.analyse.names.entities import SPANS
from pipeline.analyse.names.factory import NAME

_END = re.compile(r"[.!?][)\"”’]?\s+(?=[^a-z\s])|\n\s*\n|\n(?=[^\w\s])")
"""After a sentence: a stop before a word that does not begin in lower case, a blank line, a list line."""

Rows = npt.NDArray[np.uint64]


def parse_partly(nlp: Language, docs: Sequence[Doc], telling: Callable[[str], bool]) -> None:
    """Set tags and trees of `docs`, in which the names are tagged; `telling` says of a sentence whether to parse it.

    Documents with less than two names state no agreement and are not parsed at all.
    """
    asked = [(doc, start, end) for doc in docs for start, end in _asked(doc, telling)]
    parts = [_part(doc, start, end) for doc, start, end in asked]
    rows = [_plain(nlp, doc) for doc in docs]
    of_doc = {id(doc): row for doc, row in zip(docs, rows, strict=True)}
    with nlp.select_pipes(disable=[NAME]):
        for (doc, start, end), part in zip(asked, nlp.pipe(parts, batch_size=256), strict=True):
            of_doc[id(doc)][start:end] = part.to_array([TAG, DEP, HEAD])
    for doc, row in zip(docs, rows, strict=True):
        if len(doc):
            doc.from_array([TAG, DEP, HEAD], row)  # type: ignore[arg-type]  # the stub knows only signed numbers


def sentences(doc: Doc) -> list[tuple[int, int]]:
    """Return ``(start, end)`` token ranges of the sentences that signs and lines show; they cover the document."""
    if not len(doc):
        return []
    starts = doc.to_array([IDX]).astype(np.int64).ravel()
    cuts = np.searchsorted(starts, [match.end() for match in _END.finditer(doc.text)])
    bounds = sorted({0, *cuts.tolist(), len(doc)})
    return list(pairwise(bounds))


def _asked(doc: Doc, telling: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield the ranges to parse, neighbours joined."""
    named = {span.start for span in doc.spans[SPANS]}
    if len({span.text for span in doc.spans[SPANS]}) < 2:
        return
    last: tuple[int, int] | None = None
    for start, end in sentences(doc):
        if named.isdisjoint(range(start, end)) or not telling(doc[start:end].text):
            continue
        if last is not None and last[1] == start:
            last = (last[0], end)
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _part(doc: Doc, start: int, end: int) -> Doc:
    span = doc[start:end]
    return Doc(doc.vocab, words=[t.text for t in span], spaces=[bool(t.whitespace_) for t in span])


def _plain(nlp: Language, doc: Doc) -> Rows:
    """Rows of tag, dependency and head: each sentence a root with all other words under it."""
    rows = np.zeros((len(doc), 3), np.uint64)
    root, other = nlp.vocab.strings.add("ROOT"), nlp.vocab.strings.add("dep")
    for start, end in sentences(doc):
        rows[start:end, 1] = other
        rows[start, 1] = root
        rows[start:end, 2] = -np.arange(end - start, dtype=np.int64).astype(np.uint64)
    return rows
