"""Looking names up in the register: one indexed statement for many keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.register import RegisterEntry, RegisterName, RegisterRelation

CHUNK = 500
"""Values of one IN list."""


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """An entry that goes by a looked-up key, and how it does; only entries that may be linked to."""

    id: str
    name: str
    country: str | None
    city: str | None
    how: str
    weak: bool
    active: bool
    branch: bool
    qualified: bool
    """A company that the register names with its country; see `pipeline.register.records.QUALIFIED`."""


def is_imported(session: Session) -> bool:
    """Whether there is a register at all."""
    return session.scalar(select(RegisterName.id).limit(1)) is not None


def candidates(session: Session, keys: Collection[str]) -> dict[str, list[Candidate]]:
    """The entries that go by each key, in a fixed order; keys that none goes by are left out."""
    found: dict[str, list[Candidate]] = {}
    ordered = sorted(keys)
    for i in range(0, len(ordered), CHUNK):
        for name, entry in session.execute(
            select(RegisterName, RegisterEntry)
            .join(RegisterEntry, RegisterEntry.id == RegisterName.entry_id)
            .where(RegisterName.key.in_(ordered[i : i + CHUNK]))
        ):
            found.setdefault(name.key, []).append(
                Candidate(
                    id=entry.id,
                    name=entry.name,
                    country=entry.country,
                    city=entry.city,
                    how=name.how,
                    weak=name.weak,
                    active=entry.status == "active",
                    branch=entry.branch,
                    qualified=entry.kind == "company" and entry.name.endswith(")"),
                )
            )
    return {key: sorted(bearers, key=lambda one: one.id) for key, bearers in found.items()}


def parents(session: Session, entries: Iterable[str]) -> dict[str, set[str]]:
    """The bodies that each entry is a part of, as the register states it."""
    found: dict[str, set[str]] = {}
    ordered = sorted(set(entries))
    for i in range(0, len(ordered), CHUNK):
        relation = RegisterRelation
        for entry, other in session.execute(
            select(relation.entry_id, relation.other_id).where(
                relation.entry_id.in_(ordered[i : i + CHUNK]), relation.relation == "parent"
            )
        ):
            found.setdefault(entry, set()).add(other)
    return found


def acronyms(session: Session, entries: Iterable[str]) -> dict[str, set[str]]:
    """The keys of each entry's acronyms."""
    found: dict[str, set[str]] = {}
    ordered = sorted(set(entries))
    for i in range(0, len(ordered), CHUNK):
        for entry, key in session.execute(
            select(RegisterName.entry_id, RegisterName.key).where(
                RegisterName.entry_id.in_(ordered[i : i + CHUNK]), RegisterName.weak
            )
        ):
            found.setdefault(entry, set()).add(key)
    return found


def entries_by_id(session: Session, ids: Iterable[str]) -> dict[str, RegisterEntry]:
    """The rows of entries."""
    found: dict[str, RegisterEntry] = {}
    ordered = sorted(set(ids))
    for i in range(0, len(ordered), CHUNK):
        for entry in session.scalars(select(RegisterEntry).where(RegisterEntry.id.in_(ordered[i : i + CHUNK]))):
            found[entry.id] = entry
    return found
