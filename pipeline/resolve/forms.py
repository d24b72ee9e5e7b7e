"""What each document says of names: which forms belong together, and how surely. Pure; no database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.records import Entity
from pipeline.resolve.linking import Context
from pipeline.resolve.names import MAX_NAME, is_strong_short_form, organisation_key

Node = tuple[str, str]
"""Type (``organisation`` or ``project``) and key: the two never meet across types."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way of naming: the words as they stand, their key, how they are known (`OrganisationAlias.how`)."""

    alias: str
    key: str
    how: str
    weak: bool


@dataclass(frozen=True, slots=True)
class Named:
    """An entity of one document with the forms it goes by; `node` stands for it among all documents."""

    node: Node
    forms: tuple[Form, ...]
    entry: str | None = None
    """The register entry that it is; a node like a name: who is the same entry is the same organisation."""
    part_of: str | None = None
    """The register entry that it is a department of."""

    @property
    def strong(self) -> Iterator[Node]:
        """Every node that is the same organisation, whichever document it stands in."""
        if self.entry:
            yield self.node[0], self.entry
        yield from ((self.node[0], form.key) for form in self.forms if not form.weak)


class Register(Protocol):
    """What a register adds to the entities of a document (`pipeline.resolve.registered.Lookup`)."""

    def known(self, entity: Entity, named: Named, context: Context) -> Named:
        """The entity with its entry, and with forms made weak that the register gives to others."""
        ...

    def acronyms(self, entry: str) -> Iterable[str]:
        """Keys of the acronyms of an entry."""
        ...


@dataclass(slots=True)
class Groups:
    """Disjoint sets of nodes (union-find); the result does not depend on the order of `join`."""

    parents: dict[Node, Node] = field(default_factory=dict)

    def find(self, node: Node) -> Node:
        """The node that stands for the group; a new node is a group of its own."""
        root = node
        while (parent := self.parents.setdefault(root, root)) != root:
            root = parent
        while node != root:
            node, self.parents[node] = self.parents[node], root
        return root

    def join(self, one: Node, other: Node) -> None:
        """Make two groups one; the lesser node stands for it."""
        low, high = sorted((self.find(one), self.find(other)))
        self.parents[high] = low

    def all(self) -> dict[Node, set[Node]]:
        """Every group by the node that stands for it."""
        found: dict[Node, set[Node]] = {}
        for node in list(self.parents):
            found.setdefault(self.find(node), set()).add(node)
        return found


def named_in(
    entities: Sequence[Entity],
    apart: Collection[frozenset[Node]],
    register: Register | None = None,
    context: Context | None = None,
) -> dict[tuple[str, str], Named]:
    """The entities of one document by (type, name).

    A short form of several words is strong; an acronym is weak and only decides inside this document: an entity that
    is called by another one's defined acronym is that one. `apart` are pairs that a person said are not the same:
    a definition that claims otherwise counts as weak. With a register and what else the document says (`context`),
    names become register entries where that is sure, and an entry's acronym counts like one that the text defines.
    """
    usable = [entity for entity in entities if organisation_key(entity.name) and len(entity.name) <= MAX_NAME]
    own = {(entity.type, entity.name): _named(entity, apart) for entity in usable}
    defined: dict[Node, set[tuple[str, str]]] = {}
    for name, named in own.items():
        for form in named.forms:
            if form.weak and form.key != named.node[1]:
                defined.setdefault((name[0], form.key), set()).add(name)
    if register is None:
        return {name: own[_owner(name, own, defined)] for name in own}
    by_name = {(entity.type, entity.name): entity for entity in usable}
    known = {name: register.known(by_name[name], named, context or Context()) for name, named in own.items()}
    for name, named in known.items():
        for key in register.acronyms(named.entry) if named.entry else ():
            if key != own[name].node[1]:
                defined.setdefault((name[0], key), set()).add(name)
    return {name: known[_owner(name, own, defined)] for name in own}


def _named(entity: Entity, apart: Collection[frozenset[Node]]) -> Named:
    node = (entity.type, organisation_key(entity.name))
    forms = {entity.name: Form(entity.name, node[1], "name", weak=False)}
    for short in entity.defined:
        key = organisation_key(short)
        if not key or short in forms or len(short) > MAX_NAME:
            continue
        weak = key != node[1] and (not is_strong_short_form(short) or frozenset((node, (entity.type, key))) in apart)
        forms[short] = Form(short, key, "defined", weak)
    return Named(node, tuple(forms.values()))


def _owner(
    name: tuple[str, str], own: dict[tuple[str, str], Named], defined: dict[Node, set[tuple[str, str]]]
) -> tuple[str, str]:
    seen = {name}
    while len(owners := defined.get(own[name].node, set())) == 1:
        (owner,) = owners
        if owner in seen:
            break
        seen.add(owner)
        name = owner
    return name


def join_forms(named: Iterable[Named]) -> Groups:
    """Groups of nodes that the documents, by strong forms alone, say are the same."""
    groups = Groups()
    for entity in named:
        groups.find(entity.node)
        for node in entity.strong:
            groups.join(entity.node, node)
    return groups
