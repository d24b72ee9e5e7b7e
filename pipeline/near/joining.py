"""Stories join and fall apart: edges between texts, and the documents that change their story by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.document import Document, Story
from models.story import StoryBand, StoryText
from pipeline.near.components import Components
from pipeline.near.rows import Reader, Text, in_chunks, texts_by
from pipeline.near.signature import keys, unpack
from pipeline.near.similar import LEAST_ESTIMATE, in_time, near


def connect(session: Session, fresh: Sequence[Text], reader: Reader) -> set[int]:
    """Join the stories of signed texts with those of their near-duplicates; return the documents that moved."""
    stories = Components(text.story_id for text in fresh)
    for text, others in candidates(session, fresh):
        for other in others:
            together = stories.find(text.story_id) == stories.find(other.story_id)
            if not together and near(reader.of(text.digest), reader.of(other.digest)):
                stories.join(text.story_id, other.story_id)
    moved: set[int] = set()
    for group in stories.groups():
        if len(group) > 1:
            moved |= _merge(session, group[0], group[1:])
    return moved


def candidates(session: Session, fresh: Sequence[Text]) -> Iterable[tuple[Text, list[Text]]]:
    """Each text with the stored ones that share a band and may be similar enough, the likeliest first."""
    if not fresh:
        return []
    asking: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(keys([text.signature for text in fresh]).tolist()):
        for key in set(row):
            asking[key].append(number)
    sharing: dict[int, set[int]] = defaultdict(set)
    for key, other in in_chunks(session, select(StoryBand.key, StoryBand.text_id), StoryBand.key, sorted(asking)):
        sharing[other].update(asking[key])
    others = texts_by(session, StoryText.id, sorted(sharing))
    own, theirs = unpack([text.signature for text in fresh]), unpack([other.signature for other in others])
    found: dict[int, list[tuple[float, str, Text]]] = defaultdict(list)
    for other, signature in zip(others, theirs, strict=True):
        numbers = sorted(sharing[other.id])
        for number, estimate in zip(numbers, (own[numbers] == signature).mean(axis=1).tolist(), strict=True):
            text = fresh[number]
            if estimate >= LEAST_ESTIMATE and text.id != other.id and in_time(text.days, other.days):
                found[number].append((-estimate, other.digest, other))
    return [(text, [other for *_, other in sorted(found[number], key=_rank)]) for number, text in enumerate(fresh)]


def _rank(one: tuple[float, str, Text]) -> tuple[float, str]:
    return one[:2]


def _merge(session: Session, kept: int, others: Sequence[int]) -> set[int]:
    """All texts and documents of `others` go over to the story `kept`."""
    moved = set(session.scalars(select(Document.id).where(Document.story_id.in_(others))))
    if moved:
        session.execute(update(Document).where(Document.story_id.in_(others)).values(story_id=kept))
    session.execute(update(StoryText).where(StoryText.story_id.in_(others)).values(story_id=kept))
    session.execute(delete(Story).where(Story.id.in_(others)))
    return moved


def split(session: Session, story: int, texts: Sequence[Text], reader: Reader) -> set[int]:
    """Join all texts of a story anew; the greatest part keeps it, the others get stories of their own.

    Returns the documents that moved. A story without texts ends.
    """
    if not texts:
        session.execute(delete(Story).where(Story.id == story))
        return set()
    parts = sorted(_parts(texts, reader), key=lambda part: (-len(part), part[0].digest))
    session.execute(update(Story).where(Story.id == story).values(digest=parts[0][0].digest))
    moved: set[int] = set()
    for part in parts[1:]:
        digests = [text.digest for text in part]
        own = session.scalar(insert(Story).values(digest=digests[0]).returning(Story.id))
        session.execute(update(StoryText).where(StoryText.digest.in_(digests)).values(story_id=own))
        said = Document.text_digest.in_(digests)
        moved |= set(session.scalars(select(Document.id).where(said)))
        session.execute(update(Document).where(said).values(story_id=own))
    return moved


def _parts(texts: Sequence[Text], reader: Reader) -> list[list[Text]]:
    """The connected components of texts, each sorted by digest."""
    ordered = sorted(texts, key=lambda text: text.digest)
    parts = Components(range(len(ordered)))
    signed = [number for number, text in enumerate(ordered) if text.signature]
    signatures = [ordered[number].signature for number in signed]
    bands, matrix = keys(signatures), unpack(signatures)
    for at, number in enumerate(signed):
        shared = (bands[at + 1 :] == bands[at]).any(axis=1)
        alike = (matrix[at + 1 :] == matrix[at]).mean(axis=1) >= LEAST_ESTIMATE
        for step in np.flatnonzero(shared & alike).tolist():
            one, other = ordered[number], ordered[signed[at + 1 + step]]
            if parts.find(number) == parts.find(signed[at + 1 + step]) or not in_time(one.days, other.days):
                continue
            if near(reader.of(one.digest), reader.of(other.digest)):
                parts.join(number, signed[at + 1 + step])
    return [[ordered[number] for number in group] for group in parts.groups()]
