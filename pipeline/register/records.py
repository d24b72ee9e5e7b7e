"""One record of the register, whichever form it was published in.

Forms: ROR's schema 1 and schema 2 (https://ror.readme.io/docs/schema-v1, https://ror.readme.io/docs/data-structure),
and a flat form with one record a line (``name``, ``labels``, ``aliases``, ``acronyms``, ``country``, ``city``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.resolve.names import MAX_NAME, is_acronym, organisation_key

ROR = "https://ror.org/"
ROR_ID = re.compile(r"(?:https?://)?(?:www\.)?ror\.org/([0-9a-z]{9})/?")
STATUSES = ("active", "inactive", "withdrawn")
RELATIONS = ("parent", "child", "related", "successor", "predecessor")
QUALIFIED = re.compile(r"^(?P<bare>.+?)\s*\([\w .'’-]+\)$")
"""A company as the register names it: "Nokia (Finland)"."""


class RecordError(ValueError):
    """A record that is none; the message says which field."""


@dataclass(frozen=True, slots=True)
class NameForm:
    """A name with the heading under which the register lists it, and whether it is too weak to decide alone."""

    name: str
    key: str
    how: str
    weak: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a record."""

    id: str
    name: str
    country: str | None
    kind: str | None
    city: str | None
    status: str
    branch: bool
    names: tuple[NameForm, ...]
    relations: tuple[tuple[str, str], ...]
    """(what the other is to this one, its id), sorted."""

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def entry_of(record: Any) -> Entry:
    """The entry of one decoded JSON record of any of the forms. Raises RecordError where it is no such record."""
    if not isinstance(record, dict):
        raise RecordError("a record must be an object")
    id_ = ror_id(record.get("id"))
    if id_ is None:
        raise RecordError(
            f"'id' must be a ROR id such as https://ror.org/04mb6s476, not {str(record.get('id'))[:60]!r}"
        )
    status = str(record.get("status") or "active")
    if status not in STATUSES:
        raise RecordError(f"'status' of {id_} must be one of {', '.join(STATUSES)}, not {status[:30]!r}")
    said = list(_names(record))
    shown = next((name for name, how in said if how == "name"), None)
    if shown is None:
        raise RecordError(f"{id_} has no name")
    types = [str(kind).lower() for kind in _list(record.get("types"))]
    relations = sorted(set(_relations(record)))
    names = () if status == "withdrawn" else tuple(_forms(said))
    country, city = _place(record)
    qualified = QUALIFIED.match(shown) is not None and "company" in types
    return Entry(
        id=id_,
        name=shown,
        country=country,
        # "funder" says what a body does; what it is stands beside it
        kind=next((kind[:16] for kind in types if kind != "funder"), types[0][:16] if types else None),
        city=city,
        status=status,
        branch=qualified and any(relation == "parent" for relation, _ in relations),
        names=names,
        relations=tuple(relations),
    )


def ror_id(value: Any) -> str | None:
    """The id in its one spelling; None where it is no ROR id."""
    found = ROR_ID.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    return ROR + found[1] if found else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(record.get("names"), list):  # schema 2
        for one in record["names"]:
            if isinstance(one, dict) and isinstance(one.get("value"), str):
                kinds = _list(one.get("types"))
                how = (
                    "name" if "ror_display" in kinds else next((k for k in ("label", "acronym") if k in kinds), "alias")
                )
                yield one["value"].strip(), how
        return
    yield from ((name.strip(), "name") for name in (record.get("name"),) if isinstance(name, str) and name.strip())
    for heading, how in (("labels", "label"), ("aliases", "alias"), ("acronyms", "acronym")):
        for one in _list(record.get(heading)):
            value = one.get("label") if isinstance(one, dict) else one[0] if isinstance(one, list) and one else one
            if isinstance(value, str):
                yield value.strip(), how


def _forms(said: Iterable[tuple[str, str]]) -> Iterator[NameForm]:
    order = ("name", "label", "alias", "acronym")
    seen: set[str] = set()
    for name, how in sorted(said, key=lambda one: (order.index(one[1]), one[0])):
        bare = QUALIFIED.match(name)
        for form in (name, bare["bare"]) if bare else (name,):
            key = organisation_key(form) if form and len(form) <= MAX_NAME else ""
            if key and key not in seen:
                seen.add(key)
                yield NameForm(form, key, how, how == "acronym" or is_acronym(form))


def _place(record: dict[str, Any]) -> tuple[str | None, str | None]:
    country, city = record.get("country"), record.get("city")
    if isinstance(country, dict):  # schema 1
        country = country.get("country_code")
        city = next((one.get("city") for one in _list(record.get("addresses")) if isinstance(one, dict)), None)
    for place in _list(record.get("locations"))[:1]:  # schema 2
        details = place.get("geonames_details") if isinstance(place, dict) else None
        if isinstance(details, dict):
            country, city = details.get("country_code"), details.get("name")
    code = country.upper() if isinstance(country, str) and re.fullmatch(r"[A-Za-z]{2}", country) else None
    return code, city.strip() if isinstance(city, str) and city.strip() else None


def _relations(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in _list(record.get("relationships")):
        if isinstance(one, dict):
            relation, other = str(one.get("type")).lower(), ror_id(one.get("id"))
            if relation in RELATIONS and other:
                yield relation, other
