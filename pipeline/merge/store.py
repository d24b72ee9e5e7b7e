"""Partnerships in the database, recomputed from their reports. The caller holds the writer lock and commits.

The whole of what stands under the affected parties is merged anew each time: so the order in which documents came
cannot matter. What is stable is the id: a partnership keeps it as long as its parties and documents mostly do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.document import Document
from models.partnership import Partnership, PartnershipParty, PartnershipReport
from pipeline.merge.cluster import Merged, Told, clusters, family, merged, roles


class Ticket(Protocol):
    """Gives the transaction's revision, taken only when something changes (`pipeline.load.revision.Ticket`)."""

    @property
    def value(self) -> int:
        """The revision."""
        ...


CHUNK = 500
"""Values of one IN list."""

COLUMNS = tuple(Merged.__dataclass_fields__)


@dataclass(slots=True)
class Affected:
    """What a change of reports may have changed: gathered while reports go, come and move; then `recompute`d."""

    keys: set[str] = field(default_factory=set)
    documents: dict[int, set[int]] = field(default_factory=dict)
    """The documents that each partnership rested on before the change."""
    merged: dict[int, int] = field(default_factory=dict)
    """Organisations that became another one."""


@dataclass(frozen=True, slots=True)
class _Standing:
    id: int
    organisations: frozenset[int]
    values: dict[str, Any]
    parties_key: str


def parties_key(organisations: Iterable[int | None]) -> str:
    """Sorted ids joined by a comma; empty for fewer than two organisations: that is no partnership."""
    ids = sorted({organisation for organisation in organisations if organisation is not None})
    return ",".join(map(str, ids)) if len(ids) > 1 else ""


def withdraw(session: Session, documents: Collection[int], affected: Affected) -> None:
    """Delete the reports of documents that are analysed anew, remembering what rested on them."""
    report = PartnershipReport
    for row in session.execute(
        select(report.partnership_id, report.parties_key, report.document_id).where(report.document_id.in_(documents))
    ):
        _note(affected, row)
    session.execute(delete(report).where(report.document_id.in_(documents)))


def revisit(session: Session, documents: Collection[int], affected: Affected) -> None:
    """The documents' dates have changed: what their reports tell is to be merged anew."""
    if documents:
        report = PartnershipReport
        affected.keys |= set(
            session.scalars(select(report.parties_key).where(report.document_id.in_(documents)).distinct())
        )


def redirect(session: Session, merges: Mapping[int, int], affected: Affected) -> None:
    """Move reports from organisations that were merged away (old id -> new id) to the ones that count."""
    if not merges:
        return
    affected.merged |= merges
    party, report = PartnershipParty, PartnershipReport
    moved = select(party.partnership_id).where(party.organisation_id.in_(list(merges)))
    rows = session.execute(
        select(report.id, report.partnership_id, report.parties_key, report.document_id, report.parties).where(
            report.partnership_id.in_(moved)
        )
    ).all()
    changed = []
    for row in rows:
        _note(affected, row)
        parties = [
            party | {"organisation_id": merges.get(party["organisation_id"], party["organisation_id"])}
            for party in row.parties
        ]
        key = parties_key(party["organisation_id"] for party in parties)
        affected.keys.add(key)
        changed.append({"id": row.id, "parties": parties, "parties_key": key})
    if changed:
        session.execute(update(report), changed)


def reassign(session: Session, old: int, new: int, belongs: Callable[[str], bool], affected: Affected) -> None:
    """Move the parties whose name `belongs` to an organisation that was parted from another one."""
    party, report = PartnershipParty, PartnershipReport
    involved = select(party.partnership_id).where(party.organisation_id == old)
    rows = session.execute(
        select(report.id, report.partnership_id, report.parties_key, report.document_id, report.parties).where(
            report.partnership_id.in_(involved)
        )
    ).all()
    changed = []
    for row in rows:
        moved = [p["organisation_id"] == old and belongs(p["name"]) for p in row.parties]
        if any(moved):
            _note(affected, row)
            parties = [
                p | {"organisation_id": new} if moves else p for p, moves in zip(row.parties, moved, strict=True)
            ]
            key = parties_key(p["organisation_id"] for p in parties)
            affected.keys.add(key)
            changed.append({"id": row.id, "parties": parties, "parties_key": key})
    if changed:
        session.execute(update(report), changed)


def _note(affected: Affected, row: Any) -> None:
    affected.keys.add(row.parties_key)
    if row.partnership_id is not None:
        affected.documents.setdefault(row.partnership_id, set()).add(row.document_id)


def recompute(session: Session, affected: Affected, ticket: Ticket) -> set[int]:
    """Merge the reports of every affected group of parties anew; return the documents whose partnerships changed."""
    told, stored_in = _told(session, affected.keys - {""})
    for id_, documents in _documents_by_partnership(told, stored_in).items():
        affected.documents.setdefault(id_, set()).update(documents)
    standing = _standing(session, affected)
    found = [cluster for key in sorted(told) for cluster in clusters(told[key])]
    kept = _match(found, standing, affected)
    touched = _write(session, found=found, kept=kept, standing=standing, stored_in=stored_in, ticket=ticket)
    gone = standing.keys() - set(kept.values())
    if gone:
        for id_ in gone:
            touched |= affected.documents.get(id_, set())
        session.execute(
            update(PartnershipReport).where(PartnershipReport.partnership_id.in_(gone)).values(partnership_id=None)
        )
        session.execute(delete(PartnershipParty).where(PartnershipParty.partnership_id.in_(gone)))
        session.execute(delete(Partnership).where(Partnership.id.in_(gone)))
    return touched


def _told(session: Session, keys: Collection[str]) -> tuple[dict[str, list[Told]], dict[int, int | None]]:
    """The reports of each group of parties; and the partnership in which each report was."""
    told: dict[str, list[Told]] = {}
    stored_in: dict[int, int | None] = {}
    ordered = sorted(keys)
    for i in range(0, len(ordered), CHUNK):
        for report, story_id, url, published in session.execute(
            select(PartnershipReport, Document.story_id, Document.url, Document.published_date)
            .join(Document, Document.id == PartnershipReport.document_id)
            .where(PartnershipReport.parties_key.in_(ordered[i : i + CHUNK]))
            .execution_options(populate_existing=True)
        ):
            stored_in[report.id] = report.partnership_id
            parties = tuple((party["organisation_id"], party["role"]) for party in report.parties)
            told.setdefault(report.parties_key, []).append(
                Told(
                    report_id=report.id,
                    document_id=report.document_id,
                    story_id=story_id,
                    url=url,
                    parties=tuple((id_, role) for id_, role in parties if id_ is not None),
                    kind=report.kind,
                    status=report.status,
                    signed=report.signed,
                    duration_months=report.duration_months,
                    amount=report.amount,
                    currency=report.currency,
                    confidence=report.confidence,
                    evidence_start=report.evidence_start,
                    published=published,
                )
            )
    return told, stored_in


def _documents_by_partnership(
    told: Mapping[str, Sequence[Told]], stored_in: Mapping[int, int | None]
) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for reports in told.values():
        for report in reports:
            id_ = stored_in[report.report_id]
            if id_ is not None:
                found.setdefault(id_, set()).add(report.document_id)
    return found


def _standing(session: Session, affected: Affected) -> dict[int, _Standing]:
    ids = sorted(affected.documents)
    columns = [getattr(Partnership, name) for name in COLUMNS]
    standing: dict[int, _Standing] = {}
    for i in range(0, len(ids), CHUNK):
        for id_, key, *values in session.execute(
            select(Partnership.id, Partnership.parties_key, *columns).where(Partnership.id.in_(ids[i : i + CHUNK]))
        ):
            organisations = (int(part) for part in key.split(","))
            standing[id_] = _Standing(
                id_,
                frozenset(affected.merged.get(organisation, organisation) for organisation in organisations),
                dict(zip(COLUMNS, values, strict=True)),
                key,
            )
    return standing


def _match(found: Sequence[Sequence[Told]], standing: Mapping[int, _Standing], affected: Affected) -> dict[int, int]:
    """Which cluster (by index) keeps which partnership's id: most parties in common first, then most documents."""
    candidates = []
    for index, cluster in enumerate(found):
        organisations = {organisation for organisation, _ in cluster[0].parties}
        documents = {told.document_id for told in cluster}
        for old in standing.values():
            shared = len(organisations & old.organisations)
            overlap = len(documents & affected.documents.get(old.id, set()))
            if overlap and shared >= min(2, len(old.organisations)):
                other_kind = family(cluster[0].kind) != family(old.values["kind"])
                candidates.append((-shared, other_kind, -overlap, old.id, index))
    kept: dict[int, int] = {}
    taken: set[int] = set()
    for *_, id_, index in sorted(candidates):
        if index not in kept and id_ not in taken:
            kept[index] = id_
            taken.add(id_)
    return kept


def _write(
    session: Session,
    *,
    found: Sequence[Sequence[Told]],
    kept: dict[int, int],
    standing: Mapping[int, _Standing],
    stored_in: Mapping[int, int | None],
    ticket: Ticket,
) -> set[int]:
    """Insert and update partnerships, parties and the reports' references; return the documents of what changed."""
    old_parties = _parties(session, standing)
    new, changed, moved, touched = [], [], [], set()
    parties: list[dict[str, Any]] = []
    for index, cluster in enumerate(found):
        values = asdict(merged(cluster))
        members = roles(cluster)
        key = parties_key(organisation for organisation, _ in members)
        id_ = kept.get(index)
        if id_ is None:
            new.append((index, {**values, "parties_key": key, "revision": ticket.value}))
        elif (values, key, members) != (standing[id_].values, standing[id_].parties_key, old_parties.get(id_)):
            changed.append({"id": id_, **values, "parties_key": key, "revision": ticket.value})
        else:
            continue
        touched |= {told.document_id for told in cluster}
    if new:
        ids = session.scalars(
            insert(Partnership).returning(Partnership.id, sort_by_parameter_order=True), [values for _, values in new]
        )
        kept |= dict(zip((index for index, _ in new), ids, strict=True))
    if changed:
        session.execute(update(Partnership), changed)
        session.execute(delete(PartnershipParty).where(PartnershipParty.partnership_id.in_([c["id"] for c in changed])))
    fresh = {row["id"] for row in changed} | {kept[index] for index, _ in new}
    for index, cluster in enumerate(found):
        id_ = kept[index]
        moved += [{"id": told.report_id, "partnership_id": id_} for told in cluster if stored_in[told.report_id] != id_]
        if id_ in fresh:
            parties += [
                {"partnership_id": id_, "organisation_id": organisation, "role": role, "position": position}
                for position, (organisation, role) in enumerate(roles(cluster))
            ]
    if parties:
        session.execute(insert(PartnershipParty), parties)
    if moved:
        session.execute(update(PartnershipReport), moved)
    return touched


def _parties(session: Session, standing: Collection[int]) -> dict[int, list[tuple[int, str | None]]]:
    party = PartnershipParty
    found: dict[int, list[tuple[int, str | None]]] = {}
    for id_, organisation, role in session.execute(
        select(party.partnership_id, party.organisation_id, party.role)
        .where(party.partnership_id.in_(list(standing)))
        .order_by(party.partnership_id, party.position)
    ):
        found.setdefault(id_, []).append((organisation, role))
    return found
