"""Questions about organisations for a person, and the answers that resolving honours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.base import now
from models.partnership import Organisation, OrganisationAlias, Review
from pipeline.resolve.forms import Node
from pipeline.resolve.names import block_of, is_acronym

MERGE = "organisation-merge"
SPLIT = "organisation-split"

LIKENESS = 92.0
"""Least likeness (rapidfuzz ratio of the keys, 0 to 100) of two names that a person is asked about."""
MIN_LENGTH = 8
"""Characters; shorter keys are alike by chance."""
MAX_COMPARED = 500
"""Most names of one block that a new name is compared with: bounds the cost of very common initials."""
CHUNK = 500
"""Values of one IN list."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What persons decided: pairs of nodes that are the same, and pairs that are not."""

    same: frozenset[frozenset[Node]]
    apart: frozenset[frozenset[Node]]


def review_key(kind: str, one: str, other: str) -> str:
    """The key of a review of two organisations of a type, from their keys in any order; survives reprocessing."""
    return f"{kind}: " + " | ".join(sorted((one, other)))


def pair_of(key: str) -> frozenset[Node]:
    """The two nodes that a `review_key` is about."""
    kind, _, names = key.partition(": ")
    return frozenset((kind, name) for name in names.split(" | "))


def decisions(session: Session) -> Decisions:
    """Every decision about organisations: an accepted merge joins; a rejected one or an accepted split keeps apart."""
    rows = session.execute(
        select(Review.subject, Review.key, Review.state).where(
            Review.subject.in_((MERGE, SPLIT)), Review.state.in_(("accepted", "rejected"))
        )
    ).all()
    same = frozenset(pair_of(key) for subject, key, state in rows if (subject, state) == (MERGE, "accepted"))
    apart = {(MERGE, "rejected"), (SPLIT, "accepted")}
    return Decisions(same, frozenset(pair_of(key) for subject, key, state in rows if (subject, state) in apart))


def propose(session: Session, nodes: Collection[Node]) -> int:
    """Ask about what the new names `nodes` (strong or weak) might be the same as; return how many questions are new.

    Asks nothing twice, whatever was answered, and takes back open acronym questions that a second bearer of the
    acronym has made moot.
    """
    wanted, moot = _acronym_pairs(session, nodes)
    wanted |= _like_pairs(session, nodes)
    if moot:
        session.execute(delete(Review).where(Review.subject == MERGE, Review.state == "open", Review.key.in_(moot)))
    asked = _asked(session, wanted)
    rows = [
        {"subject": MERGE, "key": key, "detail": detail, "state": "open", "created_at": now()}
        for key, detail in sorted(wanted.items())
        if key not in asked
    ]
    if rows:
        session.execute(insert(Review), rows)
    return len(rows)


def withdraw_settled(session: Session, organisations: Collection[int]) -> None:
    """Take back the open questions that a merge into `organisations` has answered: both names are one's own now."""
    kinds = dict(
        session.execute(select(Organisation.id, Organisation.type).where(Organisation.id.in_(organisations))).all()
    )
    settled = [
        review_key(kinds[id_], one, other)
        for id_, keys in _strong_keys(session, organisations).items()
        for one, other in combinations(keys, 2)
    ]
    for i in range(0, len(settled), CHUNK):
        session.execute(
            delete(Review).where(
                Review.subject == MERGE, Review.state == "open", Review.key.in_(settled[i : i + CHUNK])
            )
        )


Proposals = dict[str, dict[str, Any]]


def _aliases(session: Session, column: Any, values: Iterable[str]) -> list[Any]:
    found: list[Any] = []
    ordered = sorted(set(values))
    for i in range(0, len(ordered), CHUNK):
        found += session.execute(
            select(
                Organisation.id,
                Organisation.type,
                Organisation.name,
                OrganisationAlias.alias,
                OrganisationAlias.key,
                OrganisationAlias.weak,
            )
            .join(Organisation, Organisation.id == OrganisationAlias.organisation_id)
            .where(column.in_(ordered[i : i + CHUNK]))
            .order_by(OrganisationAlias.key, OrganisationAlias.id)
        ).all()
    return found


def _acronym_pairs(session: Session, nodes: Collection[Node]) -> tuple[Proposals, list[str]]:
    keys = {key for _, key in nodes if " " not in key}
    bare: dict[Node, Any] = {}
    bearers: dict[Node, dict[int, Any]] = {}
    for row in _aliases(session, OrganisationAlias.key, keys):
        if row.weak:
            bearers.setdefault((row.type, row.key), {})[row.id] = row
        elif is_acronym(row.alias):
            bare[row.type, row.key] = row
    own_keys = _strong_keys(session, {id_ for rows in bearers.values() for id_ in rows})
    wanted: Proposals = {}
    moot: list[str] = []
    for node, row in bare.items():
        others = {id_: other for id_, other in bearers.get(node, {}).items() if id_ != row.id}
        for id_, other in others.items():
            questions = [review_key(node[0], node[1], key) for key in own_keys.get(id_, ())]
            if len(others) > 1:
                moot += questions
            elif questions:  # one that only its texts and the register know has no name to ask about
                wanted[questions[0]] = _detail("acronym", row.name, other.name)
    return wanted, moot


def _strong_keys(session: Session, organisations: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    if organisations:
        for id_, key in session.execute(
            select(OrganisationAlias.organisation_id, OrganisationAlias.key)
            .where(OrganisationAlias.organisation_id.in_(organisations), OrganisationAlias.weak.is_(False))
            .distinct()
            .order_by(OrganisationAlias.key)
        ):
            found.setdefault(id_, []).append(key)
    return found


def _like_pairs(session: Session, nodes: Collection[Node]) -> Proposals:
    new = {node for node in nodes if len(node[1]) >= MIN_LENGTH}
    blocks: dict[tuple[str, str], dict[str, Any]] = {}
    for row in _aliases(session, OrganisationAlias.block, {block_of(key) for _, key in new}):
        if not row.weak:
            blocks.setdefault((row.type, block_of(row.key)), {})[row.key] = row
    wanted: Proposals = {}
    for kind, key in sorted(new):
        known = blocks.get((kind, block_of(key)), {})
        mine = known.get(key)
        if mine is None:  # the name is only weak: nothing to compare
            continue
        likely = list(known)[:MAX_COMPARED]
        for other, score, _ in process.extract(key, likely, scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=5):
            theirs = known[other]
            if theirs.id != mine.id and _numbers(other) == _numbers(key):
                wanted[review_key(kind, key, other)] = _detail("similar", mine.name, theirs.name) | {
                    "score": round(score, 1)
                }
    return wanted


def _numbers(key: str) -> set[str]:
    # "Horizon 2020" and "Horizon 2010" are as alike as typing errors
    return {word for word in key.split() if any(c.isdigit() for c in word)}


def _detail(why: str, one: str, other: str) -> dict[str, Any]:
    return {"why": why, "names": sorted((one, other))}


def _asked(session: Session, wanted: Mapping[str, Any]) -> set[str]:
    """Questions that were put before, in the same or in other words (by other names of the same two)."""
    nodes = {node for key in wanted for node in pair_of(key)}
    owners = {
        (row.type, row.key): row.id
        for row in _aliases(session, OrganisationAlias.key, {key for _, key in nodes})
        if not row.weak
    }
    names = _strong_keys(session, set(owners.values()))
    variants: dict[str, str] = {}
    for key in wanted:
        (kind, one), (_, other) = sorted(pair_of(key))
        for mine in names.get(owners.get((kind, one), 0), [one]):
            for theirs in names.get(owners.get((kind, other), 0), [other]):
                variants[review_key(kind, mine, theirs)] = key
    asked: set[str] = set()
    ordered = sorted(variants)
    for i in range(0, len(ordered), CHUNK):
        asked |= {
            variants[key]
            for key in session.scalars(
                select(Review.key).where(Review.subject == MERGE, Review.key.in_(ordered[i : i + CHUNK]))
            )
        }
    return asked
