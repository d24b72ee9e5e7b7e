"""The register's part in resolving: which entities are which entries, and what organisations get from their entries.

An entry is a node like a name: names that are the same entry are the same organisation, over all documents. A name that
is an entry only in this document (`linking.Surety.DOCUMENT`) is weak there: in another document it may be another's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.base import now
from models.document import Mention
from models.partnership import Organisation, OrganisationAlias, Review
from models.register import OrganisationRegister
from pipeline.records import Entity
from pipeline.register import lookup
from pipeline.register.lookup import Candidate
from pipeline.register.records import ROR
from pipeline.resolve.forms import Form, Named, Node
from pipeline.resolve.linking import NOTHING, Context, Link, Surety, link, wholes
from pipeline.resolve.names import organisation_key
from pipeline.resolve.reviews import MERGE, review_key

CHUNK = 500
LINK = "register-link"
"""Subject of the question which of several entries a name is. Answer: ``accepted`` with ``entry`` in the detail."""
CONFLICT = "register-conflict"
"""Subject of the question about an organisation that texts made of two entries."""
UNLINKABLE = ("withdrawn", "removed")


@dataclass(slots=True)
class Lookup:
    """What the register says of all names of a batch, and the questions that came up while linking them."""

    found: Mapping[str, Sequence[Candidate]]
    short: Mapping[str, set[str]]
    chosen: Mapping[str, str | None]
    questions: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def known(self, entity: Entity, named: Named, context: Context) -> Named:
        """See `pipeline.resolve.forms.Register`."""
        if entity.type != "organisation":
            return named
        first = self._link(entity.name, named.node[1], entity, context)
        if first.rivals:
            self._ask_which(entity.name, named.node[1], first.rivals)
        entry = first.entry
        forms = [replace(named.forms[0], weak=first.surety is Surety.DOCUMENT)]
        for form in named.forms[1:]:
            if form.weak or form.key == named.node[1]:
                forms.append(replace(form, weak=form.weak or forms[0].weak))
                continue
            other = self._link(form.alias, form.key, entity, context)
            apart = entry and other.entry and other.entry.id != entry.id
            if apart and entry and other.entry:
                self._ask_same(named.node[1], form.key, entry, other.entry)
            forms.append(replace(form, weak=bool(apart or other.rivals or other.surety is Surety.DOCUMENT)))
            if entry is None and other.entry and other.surety is Surety.NAME and not first.rivals:
                entry = other.entry
        if entry is None:
            return replace(named, forms=tuple(forms), part_of=self._whole(entity, context))
        if entry.name not in {form.alias for form in forms}:
            forms.append(Form(entry.name, organisation_key(entry.name), "register", weak=True))
        node = ("organisation", entry.id) if first.surety is Surety.DOCUMENT else named.node
        return Named(node, tuple(forms), entry.id)

    def acronyms(self, entry: str) -> Iterable[str]:
        """See `pipeline.resolve.forms.Register`."""
        return self.short.get(entry, ())

    def by_name(self, name: str, entity: Entity, context: Context) -> Named | None:
        """What one name of an organisation says that it is in every document, or a part of; None where nothing."""
        key = organisation_key(name)
        found = self._link(name, key, entity, context)
        if found.rivals:
            self._ask_which(name, key, found.rivals)
        if found.entry is None or found.surety is Surety.DOCUMENT:
            part_of = self._whole(replace(entity, name=name), context)
            return Named(("organisation", key), (), part_of=part_of) if part_of else None
        form = Form(found.entry.name, organisation_key(found.entry.name), "register", weak=True)
        return Named(("organisation", key), (form,), found.entry.id)

    def may_be_sole(self, name: str) -> bool:
        """Whether the register has a bearer of the name, so that documents are worth asking."""
        return bool(self.found.get(organisation_key(name)))

    def _link(self, name: str, key: str, entity: Entity, context: Context) -> Link:
        found = self.found.get(key, ())
        if key in self.chosen:
            picked = next((one for one in found if one.id == self.chosen[key]), None)
            return Link(picked) if picked else NOTHING
        return link(name, key, found, entity.mentions, context) if found else NOTHING

    def _whole(self, entity: Entity, context: Context) -> str | None:
        for whole in wholes(entity.name):
            found = self._link(whole, organisation_key(whole), entity, context)
            if found.entry and found.surety is Surety.NAME:
                return found.entry.id
        return None

    def _ask_which(self, name: str, key: str, rivals: Sequence[Candidate]) -> None:
        entries = [{"id": one.id, "name": one.name, "country": one.country} for one in rivals]
        self.questions[LINK, f"organisation: {key}"] = {"why": "several bearers", "names": [name], "entries": entries}

    def _ask_same(self, one: str, other: str, mine: Candidate, theirs: Candidate) -> None:
        self.questions[MERGE, review_key("organisation", one, other)] = {
            "why": "two register entries",
            "names": sorted((mine.name, theirs.name)),
            "entries": sorted((mine.id, theirs.id)),
        }

    def ask(self, session: Session) -> None:
        """Put the questions that were never put before."""
        for subject in (LINK, MERGE):
            keys = sorted(key for about, key in self.questions if about == subject)
            asked: set[str] = set()
            for i in range(0, len(keys), CHUNK):
                asked |= set(
                    session.scalars(
                        select(Review.key).where(Review.subject == subject, Review.key.in_(keys[i : i + CHUNK]))
                    )
                )
            rows = [
                {"subject": subject, "key": key, "detail": self.questions[subject, key], "state": "open"}
                for key in keys
                if key not in asked
            ]
            if rows:
                session.execute(insert(Review), [row | {"created_at": now()} for row in rows])


def look_up(session: Session, entities: Iterable[Entity]) -> Lookup | None:
    """What the register says of the names of some entities; None where none is imported."""
    if not lookup.is_imported(session):
        return None
    keys: set[str] = set()
    for entity in entities:
        if entity.type == "organisation":
            keys |= {organisation_key(name) for name in (entity.name, *entity.defined, *wholes(entity.name))}
    found = lookup.candidates(session, keys - {""})
    chosen: dict[str, str | None] = {}
    for key, state, detail in session.execute(
        select(Review.key, Review.state, Review.detail).where(Review.subject == LINK, Review.state != "open")
    ):
        chosen[key.partition(": ")[2]] = detail.get("entry") if state == "accepted" else None
    entries = {one.id for bearers in found.values() for one in bearers if not one.weak or one.how in ("name", "label")}
    return Lookup(found, lookup.acronyms(session, entries), chosen)


def entry_owners(session: Session, nodes: Collection[Node]) -> dict[Node, int]:
    """The organisation that is each register entry among the nodes, where there is one."""
    ids = sorted(key for _, key in nodes if key.startswith(ROR))
    row = OrganisationRegister
    owners: dict[Node, int] = {}
    for i in range(0, len(ids), CHUNK):
        for kind, entry, organisation in session.execute(
            select(Organisation.type, row.entry_id, row.organisation_id)
            .join(Organisation, Organisation.id == row.organisation_id)
            .where(row.entry_id.in_(ids[i : i + CHUNK]), row.relation == "is")
        ):
            owners[kind, entry] = organisation
    return owners


def record_entries(
    session: Session, everyone: Iterable[Named], of: Mapping[Node, int], merged: Collection[int]
) -> set[int]:
    """Store which entries organisations are and are part of; return the documents that show a change."""
    wanted = {
        (of[named.node], entry, relation)
        for named in everyone
        for entry, relation in ((named.entry, "is"), (named.part_of, "part-of"))
        if entry
    }
    stored = _stored(session, {organisation for organisation, _, _ in wanted})
    columns = ("organisation_id", "entry_id", "relation")
    new = [dict(zip(columns, row, strict=True)) for row in sorted(wanted - stored)]
    if new:
        session.execute(insert(OrganisationRegister), new)
    return describe(session, {organisation for organisation, _, _ in wanted - stored} | set(merged))


def _stored(session: Session, organisations: Iterable[int]) -> set[tuple[int, str, str]]:
    row = OrganisationRegister
    ordered = sorted(organisations)
    found: set[tuple[int, str, str]] = set()
    for i in range(0, len(ordered), CHUNK):
        for id_, entry, relation in session.execute(
            select(row.organisation_id, row.entry_id, row.relation).where(
                row.organisation_id.in_(ordered[i : i + CHUNK])
            )
        ):
            found.add((id_, entry, relation))
    return found


def describe(session: Session, organisations: Collection[int]) -> set[int]:
    """Set id, country, kind and parent of organisations from their entries; return the documents that show a change.

    An organisation that texts made of two entries gets neither: a question about them is put instead.
    """
    rows = _stored(session, organisations)
    entries = lookup.entries_by_id(session, {entry for _, entry, _ in rows})
    linked: dict[int, dict[str, list[str]]] = {id_: {"is": [], "part-of": []} for id_ in organisations}
    for organisation, id_, relation in sorted(rows):
        if entries[id_].status not in UNLINKABLE:
            linked[organisation][relation].append(id_)
    chosen = _chosen_of_two(session) if any(len(one["is"]) > 1 for one in linked.values()) else {}
    changed = []
    for row in _described(session, linked):
        is_, part_of = _decided(linked[row.id]["is"], chosen), linked[row.id]["part-of"]
        entry = entries[is_[0]] if len(is_) == 1 else None
        values = {
            "register_id": entry.id if entry else None,
            "country": entry.country if entry else None,
            "kind": entry.kind if entry else None,
            "parent_register_id": part_of[0] if len(part_of) == 1 and not is_ else None,
        }
        if values != {name: getattr(row, name) for name in values}:
            changed.append({"id": row.id} | values)
        if len(is_) > 1:
            _ask_about_conflict(session, row.id, row.name, is_)
    if not changed:
        return set()
    session.execute(update(Organisation), changed)
    ids = [row["id"] for row in changed]
    touched: set[int] = set()
    for i in range(0, len(ids), CHUNK):
        touched |= set(
            session.scalars(
                select(Mention.document_id).where(Mention.organisation_id.in_(ids[i : i + CHUNK])).distinct()
            )
        )
    return touched


def _chosen_of_two(session: Session) -> dict[frozenset[str], str]:
    """Of two entries that are one organisation's, the one that a person said it is."""
    accepted = select(Review.detail).where(Review.subject == CONFLICT, Review.state == "accepted")
    return {frozenset(detail["entries"]): detail.get("entry", "") for detail in session.scalars(accepted)}


def _decided(entries: list[str], chosen: Mapping[frozenset[str], str]) -> list[str]:
    beaten = {one for one in entries for other in entries if chosen.get(frozenset((one, other)), one) not in (one, "")}
    return [one for one in entries if one not in beaten]


def _described(session: Session, organisations: Iterable[int]) -> list[Any]:
    columns = (Organisation.register_id, Organisation.country, Organisation.kind, Organisation.parent_register_id)
    ordered = sorted(organisations)
    found: list[Any] = []
    for i in range(0, len(ordered), CHUNK):
        found += session.execute(
            select(Organisation.id, Organisation.name, *columns).where(Organisation.id.in_(ordered[i : i + CHUNK]))
        ).all()
    return found


def _ask_about_conflict(session: Session, organisation: int, name: str, entries: Sequence[str]) -> None:
    # In pairs: whatever the order in which entries join, the questions at the end are the same
    pairs = {f"organisation: {one} | {other}": [one, other] for one, other in combinations(sorted(entries), 2)}
    about = (Review.subject == CONFLICT, Review.key.in_(pairs))
    asked = set(session.scalars(select(Review.key).where(*about)))
    names = sorted(
        session.scalars(
            select(OrganisationAlias.alias).where(
                OrganisationAlias.organisation_id == organisation, OrganisationAlias.weak.is_(False)
            )
        )
    )
    rows = [
        {
            "subject": CONFLICT,
            "key": key,
            "detail": {"why": "two register entries", "names": names or [name], "entries": pair},
            "state": "open",
            "created_at": now(),
        }
        for key, pair in pairs.items()
        if key not in asked
    ]
    if rows:
        session.execute(insert(Review), rows)
