"""Resolving: the entities of some documents become organisations of the database. The caller holds the writer lock.

Organisations are the connected components of names under strong forms, over every document ever resolved; so the order
in which documents come cannot matter. A register's entries are nodes like names (`pipeline.resolve.registered`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.base import now
from models.document import Mention
from models.partnership import Organisation, OrganisationAlias
from pipeline.records import Entity
from pipeline.resolve.forms import Form, Groups, Named, Node, join_forms, named_in
from pipeline.resolve.linking import Context
from pipeline.resolve.merging import merge_rows, rank
from pipeline.resolve.names import block_of, preferred_name
from pipeline.resolve.registered import entry_owners, look_up, record_entries
from pipeline.resolve.reviews import CHUNK, Decisions, decisions, propose, withdraw_settled


@dataclass(slots=True)
class Resolution:
    """What resolving found, and what it changed."""

    organisations: dict[tuple[int, str, str], int] = field(default_factory=dict)
    """(document id, entity type, entity name) -> organisation id."""
    merged: dict[int, int] = field(default_factory=dict)
    """Organisations that turned out to be another one: old id -> the id that counts."""
    touched: set[int] = field(default_factory=set)
    """Documents (other than those resolved) whose organisations now have another id or name."""

    def of(self, document_id: int, name: str) -> int | None:
        """The organisation of a party's name in a document: an organisation first, else a project of that name."""
        found = self.organisations.get((document_id, "organisation", name))
        return found if found is not None else self.organisations.get((document_id, "project", name))


def resolve(
    session: Session, documents: Mapping[int, Sequence[Entity]], contexts: Mapping[int, Context] | None = None
) -> Resolution:
    """Resolve every entity of the documents (by id), creating and merging organisations as the texts demand.

    Where a register is imported, names become its entries (`pipeline.resolve.linking`); `contexts` (by document id)
    has what else the documents say, without which names of several bodies stay unlinked. Also applies merges that a
    person accepted, and asks about near matches (`pipeline.resolve.reviews`). Flushes nothing but its own statements;
    never commits.
    """
    decided = decisions(session)
    register = look_up(session, (entity for entities in documents.values() for entity in entities))
    told = contexts or {}
    named = {
        document: named_in(entities, decided.apart, register, told.get(document))
        for document, entities in documents.items()
    }
    result = Resolution()
    everyone = [entity for entities in named.values() for entity in entities.values()]
    of = settle(session, everyone, decided, result)
    if register is not None:
        register.ask(session)
    for document, entities in named.items():
        for (kind, name), entity in entities.items():
            result.organisations[document, kind, name] = of[entity.node]
    return result


def settle(session: Session, everyone: Sequence[Named], decided: Decisions, result: Resolution) -> dict[Node, int]:
    """Join the named to organisations and these to each other; return the organisation of each node."""
    groups = join_forms(everyone)
    owners = _owners(session, set(groups.parents) | {node for pair in decided.same for node in pair})
    _join_accepted(groups, owners, decided)
    ids = _identify(session, groups, owners, everyone, result)
    result.touched |= merge_rows(session, result.merged)
    new = _record_forms(session, everyone, ids, groups, result)
    if result.merged:
        withdraw_settled(session, set(result.merged.values()))
    if new:
        propose(session, new)
    of = {node: ids[groups.find(node)] for node in groups.parents if groups.find(node) in ids}
    result.touched |= record_entries(session, everyone, of, set(result.merged.values()))
    return of


def _owners(session: Session, nodes: Iterable[Node]) -> dict[Node, int]:
    """The organisation that each node is a strong name of, where there is one."""
    wanted = set(nodes)
    keys = sorted({key for _, key in wanted})
    owners: dict[Node, int] = {}
    for i in range(0, len(keys), CHUNK):
        rows = session.execute(
            select(Organisation.type, OrganisationAlias.key, Organisation.id)
            .join(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
            .where(OrganisationAlias.key.in_(keys[i : i + CHUNK]), OrganisationAlias.weak.is_(False))
        )
        owners |= {(kind, key): id_ for kind, key, id_ in rows if (kind, key) in wanted}
    return owners | entry_owners(session, wanted)


def _join_accepted(groups: Groups, owners: Mapping[Node, int], decided: Decisions) -> None:
    known = owners.keys() | groups.parents.keys()
    for pair in decided.same:
        if len(pair) == 2 and pair <= known:
            groups.join(*sorted(pair))


def _identify(
    session: Session, groups: Groups, owners: Mapping[Node, int], everyone: Sequence[Named], result: Resolution
) -> dict[Node, int]:
    """The organisation of each group: the one that exists (the oldest where there are several) or a new one."""
    ids: dict[Node, int] = {}
    # Two groups that the texts keep apart may be one organisation already: then they are one group
    first: dict[int, Node] = {}
    for node, owner in owners.items():
        if node in groups.parents:
            groups.join(node, first.setdefault(owner, node))
    missing: list[Node] = []
    for root, nodes in groups.all().items():
        existing = sorted({owners[node] for node in nodes if node in owners})
        if not existing:
            missing.append(root)
            continue
        ids[root] = existing[0]
        result.merged |= dict.fromkeys(existing[1:], existing[0])
    if missing:
        names: dict[Node, set[str]] = {}
        for entity in everyone:
            names.setdefault(groups.find(entity.node), set()).add(entity.forms[0].alias)
        rows = [
            {"type": root[0], "key": root[1], "name": preferred_name(names[root]), "created_at": now()}
            for root in sorted(missing)
        ]
        created = session.scalars(insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True), rows)
        ids |= dict(zip(sorted(missing), created, strict=True))
    return ids


def _record_forms(
    session: Session, everyone: Sequence[Named], ids: Mapping[Node, int], groups: Groups, result: Resolution
) -> set[Node]:
    """Store the forms that are new; return the nodes whose names or standing are new."""
    wanted: dict[tuple[int, str], tuple[str, Form]] = {}
    for entity in everyone:
        organisation = ids[groups.find(entity.node)]
        for form in entity.forms:
            before = wanted.get((organisation, form.alias))
            if before is None or rank(form.how, form.weak) < rank(before[1].how, before[1].weak):
                wanted[organisation, form.alias] = (entity.node[0], form)
    stored = _stored_forms(session, {organisation for organisation, _ in wanted} | set(result.merged.values()))
    added: list[dict[str, Any]] = []
    raised: list[dict[str, Any]] = []
    new: set[Node] = set()
    known_anew: set[int] = set()
    for (organisation, alias), (kind, form) in sorted(wanted.items(), key=lambda item: item[0]):
        known = stored.get(organisation, {}).get(alias)
        if known is None:
            added.append(
                {
                    "organisation_id": organisation,
                    "alias": alias,
                    "key": form.key,
                    "how": form.how,
                    "weak": form.weak,
                    "block": block_of(form.key),
                }
            )
        elif rank(form.how, form.weak) < rank(known.how, known.weak):
            raised.append({"id": known.id, "how": form.how, "weak": form.weak})
        else:
            continue
        known_anew.add(organisation)
        new.add((kind, form.key))
    if added:
        session.execute(insert(OrganisationAlias), added)
    if raised:
        session.execute(update(OrganisationAlias), raised)
    if named := known_anew | set(result.merged.values()):
        rename(session, named, result)
    return new


@dataclass(frozen=True, slots=True)
class _Stored:
    id: int
    how: str
    weak: bool


def _stored_forms(session: Session, organisations: Iterable[int]) -> dict[int, dict[str, _Stored]]:
    ordered = sorted(organisations)
    found: dict[int, dict[str, _Stored]] = {}
    for i in range(0, len(ordered), CHUNK):
        alias = OrganisationAlias
        for organisation, name, id_, how, weak in session.execute(
            select(alias.organisation_id, alias.alias, alias.id, alias.how, alias.weak).where(
                alias.organisation_id.in_(ordered[i : i + CHUNK])
            )
        ):
            found.setdefault(organisation, {})[name] = _Stored(id_, how, weak)
    return found


def rename(session: Session, organisations: set[int], result: Resolution) -> None:
    """Give each organisation the best of its names: a person's, the register's, else the fullest in the texts."""
    names = dict(
        session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisations))).all()
    )
    changed = []
    for organisation, forms in _stored_forms(session, organisations).items():
        best = min(rank(form.how, form.weak) for form in forms.values())
        name = preferred_name(alias for alias, form in forms.items() if rank(form.how, form.weak) == best)
        if name != names[organisation]:
            changed.append({"id": organisation, "name": name})
    if changed:
        session.execute(update(Organisation), changed)
        result.touched |= set(
            session.scalars(
                select(Mention.document_id)
                .where(Mention.organisation_id.in_([row["id"] for row in changed]))
                .distinct()
            )
        )
