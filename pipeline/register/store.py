"""Importing a register into the database. The caller holds the writer lock and commits: a bad file changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.register import RegisterEntry, RegisterName, RegisterRelation
from pipeline.register.reading import RegisterFileError
from pipeline.register.records import Entry

BATCH = 500
"""Entries written at a time."""
REMOVED = "removed"


def import_register(
    session: Session, entries: Iterable[Entry], advance: Callable[[int], None] | None = None
) -> dict[str, int]:
    """Make the register what the entries say; `advance` is told of every batch how many entries it had.

    Returns counts: ``new``, ``changed``, ``unchanged``, ``withdrawn`` (of all read), ``removed`` (no longer in the
    file). Entries that are withdrawn or removed lose their names but keep their row. The same file again changes
    nothing. Raises RegisterFileError where an id comes twice, and what reading the entries raises.
    """
    standing: dict[str, tuple[str, str]] = {
        id_: (digest, status)
        for id_, digest, status in session.execute(select(RegisterEntry.id, RegisterEntry.digest, RegisterEntry.status))
    }
    seen: set[str] = set()
    counts = Counter({"new": 0, "changed": 0, "unchanged": 0, "withdrawn": 0, "removed": 0})
    rest = _once(entries, seen)
    while batch := list(islice(rest, BATCH)):
        counts.update(_write(session, batch, standing))
        if advance:
            advance(len(batch))
    gone = sorted(id_ for id_, (_, status) in standing.items() if id_ not in seen and status != REMOVED)
    for i in range(0, len(gone), BATCH):
        some = gone[i : i + BATCH]
        session.execute(delete(RegisterName).where(RegisterName.entry_id.in_(some)))
        session.execute(delete(RegisterRelation).where(RegisterRelation.entry_id.in_(some)))
        session.execute(update(RegisterEntry).where(RegisterEntry.id.in_(some)).values(status=REMOVED, digest=""))
    counts["removed"] = len(gone)
    return dict(counts)


def _once(entries: Iterable[Entry], seen: set[str]) -> Iterator[Entry]:
    for entry in entries:
        if entry.id in seen:
            raise RegisterFileError(f"{entry.id} stands in the file twice: give the ROR data dump as it was published")
        seen.add(entry.id)
        yield entry


def _write(session: Session, batch: Iterable[Entry], standing: dict[str, tuple[str, str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    for entry in batch:
        digest = entry.digest
        before = standing.get(entry.id)
        counts["withdrawn"] += entry.status == "withdrawn"
        if before is not None and before[0] == digest:
            counts["unchanged"] += 1
            continue
        counts["new" if before is None else "changed"] += 1
        columns = ("id", "name", "country", "kind", "city", "status", "branch")
        row = {column: getattr(entry, column) for column in columns} | {"digest": digest}
        (new if before is None else changed).append(row)
        names += [
            {"entry_id": entry.id, "key": form.key, "name": form.name, "how": form.how, "weak": form.weak}
            for form in entry.names
        ]
        relations += [
            {"entry_id": entry.id, "relation": relation, "other_id": other} for relation, other in entry.relations
        ]
    if changed:
        ids = [row["id"] for row in changed]
        session.execute(delete(RegisterName).where(RegisterName.entry_id.in_(ids)))
        session.execute(delete(RegisterRelation).where(RegisterRelation.entry_id.in_(ids)))
        session.execute(update(RegisterEntry), changed)
    for table, rows in ((RegisterEntry, new), (RegisterName, names), (RegisterRelation, relations)):
        if rows:
            session.execute(insert(table), rows)
    return counts
