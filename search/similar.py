"""More like this: documents that share a document's telling words, its own story left out."""

from __future__ import annotations

import math
from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import Document
from search.index import Index, Parts, Reader
from search.results import Match

TELLING = 24
"""Words of the document that are looked for."""
READ = 30_000
"""Characters of the text that are read."""
COMMON = 0.2
"""Share of all documents above which a word tells nothing."""


def similar(session: Session, index: Index, document_id: int, *, limit: int = 10) -> list[Match]:
    """The documents most like one, best first, one of each story; none where the document is unknown or alone."""
    columns = (Document.title, Document.text, Document.language, Document.story_id)
    row = session.execute(select(*columns).where(Document.id == document_id)).one_or_none()
    if row is None:
        return []
    reader = index.reader()
    field = next((name for name in reader.fields("text") if name == f"text_{row.language}"), "text")
    words = telling(reader, field, f"{row.title}\n{row.title}\n{row.text[:READ]}")
    if not words:
        return []
    part = index.parts.any_of([index.parts.boost(index.parts.term(field, word), weight) for word, weight in words])
    wanted = index.parts.all_of([part, index.parts.none_of(index.parts.one_of("story", [row.story_id]))])
    _, matches = reader.search(wanted, limit * 4)
    first: dict[int, Match] = {}
    for match in matches:
        first.setdefault(match.story, match)
    return list(first.values())[:limit]


def telling(reader: Reader, field: str, text: str) -> list[tuple[str, float]]:
    """The terms that set a text apart from the others of the index, with their weights (tf-idf), heaviest first."""
    counts = Counter(term for term in Parts.terms(field, text) if len(term) > 2)
    total = max(1, reader.count)
    weights = {}
    for term, count in counts.items():
        documents = reader.frequency(field, term)
        if 1 < documents <= max(2, COMMON * total):
            weights[term] = (1 + math.log(count)) * math.log(1 + total / documents)
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:TELLING]
    top = heaviest[0][1] if heaviest else 1.0
    return [(term, weight / top) for term, weight in heaviest]
