"""Copies of one announcement: which of them stands for the story."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models.tables import Document
from search.index import Part, Parts, Reader
from search.results import Match

SAME_SCORE = 1e-5
"""Relative difference below which two scores, sums of 32-bit floats, are the same."""
_COPIED = (
    select(Document.story_id, func.count(Document.id))
    .where(Document.story_id.in_(bindparam("stories", expanding=True)))
    .group_by(Document.story_id)
    .having(func.count(Document.id) > 1)
)
_ORDER = select(Document.id, Document.published_date, Document.first_seen_at).where(
    Document.id.in_(bindparam("ids", expanding=True))
)


def originals(
    session: Session, reader: Reader, parts: Parts, part: Part, matches: Sequence[Match], *, by_date: bool
) -> list[Match]:
    """For each story the earliest published (then first seen) of the documents found that match equally well.

    The places of the stories stay: each stands where its best match stands, in the order of dates its newest.
    """
    copied = _copied(session, [match.story for match in matches])
    if not copied:
        return list(matches)
    members = parts.all_of([part, parts.one_of("story", sorted(copied))])
    _, found = reader.search(members, sum(copied.values()), by_date=by_date)
    of_story: dict[int, list[Match]] = defaultdict(list)
    for one in found:
        of_story[one.story].append(one)
    order = _order(session, [one.id for one in found])
    return [_first(match, of_story[match.story], order) for match in matches]


def _copied(session: Session, stories: Sequence[int]) -> dict[int, int]:
    """Number of documents of each story that has several."""
    return {row[0]: row[1] for row in session.execute(_COPIED, {"stories": list(stories)})}


def _order(session: Session, ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
    """What the documents are ordered by, earliest first; undated ones stand behind the dated."""
    return {
        row.id: (row.published_date or date.max, row.first_seen_at, row.id)
        for row in session.execute(_ORDER, {"ids": list(ids)})
    }


def _first(match: Match, members: Sequence[Match], order: dict[int, tuple[object, ...]]) -> Match:
    known = [one for one in members if one.id in order]
    best = max((one.score for one in known), default=0.0)
    equal = [one for one in known if math.isclose(one.score, best, rel_tol=SAME_SCORE)]
    return min(equal, key=lambda one: order[one.id], default=match)
