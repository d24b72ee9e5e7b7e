"""What the exact fields of a query may hold: an id or a label that is known, or an error that names the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import Organisation, OrganisationAlias, Source, Theme
from search.merged import named_organisations
from search.nodes import And, Exact, Near, Node, Not, Or
from search.query import QueryError

if TYPE_CHECKING:
    from search.index import Part, Reader

DOCUMENT_KINDS = (
    "partnership", "funding", "research", "product", "event", "appointment", "report", "policy", "profile", "other",
)  # fmt: skip
"""The kinds that every installation knows, found or not; a test holds them equal to those of the configuration."""
AGREEMENT_KINDS = (
    "mou", "collaboration", "consortium", "membership", "funding", "licence", "acquisition", "joint-venture",
)  # fmt: skip
ALWAYS: dict[str, Sequence[str]] = {"kind": DOCUMENT_KINDS, "agreement": AGREEMENT_KINDS}
CODES = {"country": "country:de", "language": "lang:en"}
"""Fields of two-letter codes, with an example. Any two letters are taken, other values only if documents have them."""
NEAREST = 5
"""Values proposed for an unknown one."""
LISTED = 10
"""Values listed where none is near."""
MOST = 1000
"""Values of a field that are looked up in the index."""


class Values:
    """The values known to one database and one state of the index; looked up once each, and only when asked for."""

    def __init__(self, session: Session, reader: Reader, everything: Part) -> None:
        """`everything` is the part of a search that finds every document."""
        self._session, self._reader, self._everything = session, reader, everything
        self._known: dict[str, Mapping[str, str]] = {}

    def known(self, field: str) -> Mapping[str, str]:
        """Every possible value of the field, with its label."""
        if field not in self._known:
            self._known[field] = self._look_up(field)
        return self._known[field]

    def _look_up(self, field: str) -> Mapping[str, str]:
        if field == "theme":
            return themes(self._session)
        if field == "source":
            return {row.id: row.name for row in self._session.execute(select(Source.id, Source.name))}
        found = self._reader.facets(self._everything, [field], MOST)[field]
        return {value: value for value in (*ALWAYS.get(field, ()), *(one for one, _ in found))}

    def ids(self, field: str, value: str) -> tuple[str, ...]:
        """The ids that a value written by a person stands for; raises ValueError with a message for people."""
        if value in ALWAYS.get(field, ()):
            return (value,)
        if field in CODES and len(value) == 2 and value.isascii() and value.isalpha():
            return (value.lower(),)
        return pick(field, value, self.known(field))

    def names(self, name: str) -> tuple[str, ...]:
        """All names of the organisations that bear the name."""
        ids = named_organisations(self._session, [name])
        own = select(Organisation.name).where(Organisation.id.in_(ids))
        aliases = select(OrganisationAlias.alias).where(OrganisationAlias.organisation_id.in_(ids))
        return tuple(sorted(self._session.scalars(own.union(aliases))))

    def resolve(self, node: Node, text: str) -> Node:
        """The tree with ids in place of labels; raises `QueryError` that marks the first unknown value in the text."""
        if isinstance(node, And):
            return And(tuple(self.resolve(part, text) for part in node.parts))
        if isinstance(node, Or):
            return Or(tuple(self.resolve(part, text) for part in node.parts))
        if isinstance(node, Not):
            return Not(self.resolve(node.part, text))
        if isinstance(node, Near) and node.organisation:
            return replace(node, forms=self.names(node.other))
        if not isinstance(node, Exact):
            return node
        try:
            found = [Exact(node.field, number, node.at) for number in self.ids(node.field, node.value)]
        except ValueError as error:
            raise QueryError(str(error), text, node.at) from None
        return found[0] if len(found) == 1 else Or(tuple(found))


def themes(session: Session) -> dict[str, str]:
    """Labels of all themes by id."""
    return {row.id: row.label for row in session.execute(select(Theme.id, Theme.label))}


def pick(field: str, value: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The known ids that the value is, or is the label of, in any case; blanks stand for hyphens.

    Where nothing at all is known the value is taken as it is. Raises ValueError with a message for people.
    """
    wanted = _normal(value)
    if not known:
        return (value,)
    for match in (
        tuple(number for number in known if _normal(number) == wanted),
        tuple(number for number, label in known.items() if _normal(label) == wanted),
    ):
        if match:
            return match
    raise ValueError(f"there is no {field} {value!r}: {_hint(field, wanted, known)}")


def _normal(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _hint(field: str, wanted: str, known: Mapping[str, str]) -> str:
    if field in CODES:
        return f"write two letters, as in {CODES[field]}; found are {_listed(sorted(known), known)}"
    names = {_normal(name): number for number, label in known.items() for name in (number, label)}
    near = [number for name, number in names.items() if wanted and wanted in name]
    near += [names[name] for name in get_close_matches(wanted, names, n=NEAREST)]
    if not near:
        return f"known are {_listed(list(known), known)}"
    near = list(dict.fromkeys(near))[:NEAREST]
    return f"nearest {'is' if len(near) == 1 else 'are'} {_listed(near, known)}"


def _listed(ids: Sequence[str], known: Mapping[str, str]) -> str:
    more = f" and {len(ids) - LISTED} more" if len(ids) > LISTED else ""
    return ", ".join(named(number, known[number]) for number in ids[:LISTED]) + more


def named(number: str, label: str) -> str:
    """An id with its label behind it, on one line, where the two differ."""
    return number if number == label else f"{number} ({' '.join(label.split())})"
