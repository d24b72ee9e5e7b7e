"""Stories in the database: connected components of near-duplicate texts, kept up while texts come, change and go.

A text is a row of `story_text` as long as a document says it. Two texts are joined where their signatures share a band
and `similar.near` and `similar.in_time` hold: all of that depends on the two alone. A story is what is connected; so it
is the same whatever came first. The caller holds the writer lock and commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.document import Document, Story
from models.story import StoryBand, StoryText
from pipeline.near.joining import connect, split
from pipeline.near.rows import Days, Reader, Text, in_chunks, texts_by
from pipeline.near.signature import Signed, keys
from pipeline.near.similar import days_of


def place(session: Session, texts: Mapping[str, Signed]) -> tuple[dict[str, int], set[str]]:
    """Make a row, and a story of its own, for each text (by digest) that is not known; sign those that are not signed.

    Returns the story of each digest, and the digests that were signed: `settle` finds their near-duplicates once
    documents say them.
    """
    query = select(StoryText.digest, StoryText.id, StoryText.story_id, StoryText.signature)
    known = {row.digest: row for row in in_chunks(session, query, StoryText.digest, sorted(texts))}
    stories = {digest: row.story_id for digest, row in known.items()}
    unsigned = {digest: row.id for digest, row in known.items() if row.signature is None}
    if unsigned:
        values = [{"id": id_, "signature": texts[digest].signature} for digest, id_ in unsigned.items()]
        session.execute(update(StoryText), values)
    if missing := sorted(texts.keys() - known.keys()):
        told = [{"digest": digest} for digest in missing]
        created = session.scalars(insert(Story).returning(Story.id, sort_by_parameter_order=True), told)
        stories |= dict(zip(missing, created, strict=True))
        rows = [{"digest": one, "story_id": stories[one], "signature": texts[one].signature} for one in missing]
        ids = session.scalars(insert(StoryText).returning(StoryText.id, sort_by_parameter_order=True), rows)
        unsigned |= dict(zip(missing, ids, strict=True))
    _write_bands(session, [(id_, texts[digest].signature) for digest, id_ in unsigned.items()])
    return stories, set(unsigned)


def _write_bands(session: Session, signatures: Sequence[tuple[int, bytes]]) -> None:
    signed = [(id_, signature) for id_, signature in signatures if signature]
    rows = keys([signature for _, signature in signed]).tolist()
    bands = [{"key": key, "text_id": id_} for (id_, _), row in zip(signed, rows, strict=True) for key in set(row)]
    if bands:
        session.execute(insert(StoryBand), bands)


def settle(session: Session, digests: Collection[str], fresh: Collection[str], texts: Mapping[str, Signed]) -> set[int]:
    """Bring the stories of texts up to date after documents have begun or ceased to say them, or have another date.

    `fresh`: those of the digests that `place` has signed; `texts`: signatures at hand. Texts that no document says any
    more go, and what they alone held together falls apart. Returns the documents whose story is another one now.
    """
    said = _days(session, digests)
    texts_now = texts_by(session, StoryText.digest, sorted(digests))
    gone = [text for text in texts_now if text.digest not in said]
    dated = [text for text in texts_now if text.digest in said and said[text.digest] != text.days]
    _forget(session, gone)
    if dated:
        days = [(text.id, *said[text.digest]) for text in dated]
        values = [{"id": id_, "published_first": first, "published_last": last} for id_, first, last in days]
        session.execute(update(StoryText), values)
    reader = Reader(session, {digest: signed.shingles for digest, signed in texts.items()})
    changed = {text.story_id for text in (*gone, *(text for text in dated if text.digest not in fresh))}
    moved = _split(session, changed, reader)
    asking = {text.digest for text in dated} | (set(fresh) & said.keys())
    signed = [text for text in texts_by(session, StoryText.digest, sorted(asking)) if text.signature]
    return moved | connect(session, signed, reader)


def _days(session: Session, digests: Collection[str]) -> dict[str, Days]:
    """The texts that documents say, each with the days on which these may have been published."""
    query = select(Document.text_digest, Document.published).distinct()
    found: dict[str, list[str]] = defaultdict(list)
    for digest, published in in_chunks(session, query, Document.text_digest, sorted(digests)):
        found[digest] += [published] if published else []
    days = {digest: [days_of(one) for one in dates] for digest, dates in found.items()}
    return {
        digest: (min((first for first, _ in some), default=None), max((last for _, last in some), default=None))
        for digest, some in days.items()
    }


def _forget(session: Session, gone: Sequence[Text]) -> None:
    signed = [text for text in gone if text.signature]
    for text, row in zip(signed, keys([text.signature for text in signed]).tolist(), strict=True):
        session.execute(delete(StoryBand).where(StoryBand.key.in_(row), StoryBand.text_id == text.id))
    if gone:
        session.execute(delete(StoryText).where(StoryText.id.in_([text.id for text in gone])))


def _split(session: Session, stories: Collection[int], reader: Reader) -> set[int]:
    left: dict[int, list[Text]] = {story: [] for story in sorted(stories)}
    for text in texts_by(session, StoryText.story_id, sorted(stories)):
        left[text.story_id].append(text)
    return {document for story, texts in left.items() for document in split(session, story, texts, reader)}
