"""Facets as links: which values narrow the search, which are in force and how to take them away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from search.merged import is_id
from search.pages_names import organisation_names, source_names
from search.results import FacetValue
from search.values import themes
from web.links import Address
from web.parameters import SearchAsked
from web.templating import agreement, day, words

FACETS: dict[str, tuple[str, str]] = {
    "organisation": ("org", "Organisation"),
    "partner": ("with", "Partner"),
    "theme": ("theme", "Theme"),
    "agreement": ("agreement", "Agreement"),
    "kind": ("kind", "Kind of document"),
    "source": ("source", "Source"),
    "country": ("country", "Country"),
    "language": ("lang", "Language"),
    "year": ("year", "Year"),
}
"""Facets of the search in the order of the page: the parameter and the heading of each."""
CHIPS = {"org": "Organisation", "with": "Partner", "theme": "Theme", "kind": "Kind", "agreement": "Agreement",
         "source": "Source", "country": "Country", "lang": "Language", "since": "From", "until": "Until"}  # fmt: skip
FILTERS = {"org", "with_", "theme", "kind", "agreement", "source", "country", "lang"}
SIMPLE = re.compile(r"[\w-]+")
OPEN = 8
"""Values of a facet that are shown at once; the rest is a click away."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet."""

    label: str
    count: int
    chosen: bool
    address: str
    """With the value added; where it is chosen, with it taken away."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet as the page shows it."""

    name: str
    heading: str
    choices: tuple[Choice, ...]

    @property
    def shown(self) -> tuple[Choice, ...]:
        """Those that are shown at once."""
        return self.choices[:OPEN]

    @property
    def hidden(self) -> tuple[Choice, ...]:
        """The rest."""
        return self.choices[OPEN:]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force."""

    heading: str
    label: str
    address: str
    """Without it."""


def facets(found: Mapping[str, tuple[FacetValue, ...]], here: Address) -> list[Facet]:
    """The facets of a search that have values, in the order of the page."""
    shown = []
    for name, (parameter, heading) in FACETS.items():
        values = found.get(name, ())
        if name == "year":
            values = tuple(sorted(values, key=lambda value: value.value, reverse=True))
        choices = tuple(_choice(name, parameter, value, here) for value in values)
        if choices:
            shown.append(Facet(name, heading, choices))
    return shown


def _choice(name: str, parameter: str, value: FacetValue, here: Address) -> Choice:
    if name == "year":
        chosen = here.get("since") == here.get("until") == value.value
        span = None if chosen else value.value
        return Choice(value.label, value.count, chosen, str(here.set("since", span).set("until", span)))
    chosen = here.has(parameter, value.value)
    address = here.without(parameter, value.value) if chosen else here.add(parameter, value.value)
    return Choice(label(name, value.label), value.count, chosen, str(address))


def label(name: str, text: str) -> str:
    """A value of a facet for people."""
    if name == "agreement":
        return agreement(text)
    if name in ("country", "language", "lang"):
        return text.upper()
    return words(text) if name == "kind" else text


def names_in(session: Session, asked: SearchAsked) -> dict[int, str]:
    """Names of the organisations that the filters give by id."""
    ids = [int(value) for value in (*asked.org, *asked.with_) if is_id(value)]
    return organisation_names(session, ids) if ids else {}


def written(asked: SearchAsked, names: Mapping[int, str]) -> str:
    """The search with its filters as one query of the language, to be saved; `names` as `names_in` has them."""
    parts = []
    for name, values in asked.model_dump(by_alias=True, include=FILTERS).items():
        texts = [
            names.get(int(value), value) if name in ("org", "with") and is_id(value) else value for value in values
        ]
        terms = [f"{name}:{_quoted(text)}" for text in texts]
        parts += [f"({' OR '.join(terms)})"] if len(terms) > 1 else terms
    parts += [f"{name}:{value}" for name, value in (("since", asked.since), ("until", asked.until)) if value]
    if not asked.q:
        return " ".join(parts)
    return " ".join((f"({asked.q})", *parts)) if parts else asked.q


def _quoted(text: str) -> str:
    return text if SIMPLE.fullmatch(text) else '"' + text.replace('"', " ") + '"'


def chips(session: Session, asked: SearchAsked, here: Address, names: Mapping[int, str]) -> list[Chip]:
    """The filters in force, each with the address without it; `names` as `names_in` has them."""
    labels: dict[str, Mapping[str, str]] = {
        "theme": themes(session) if asked.theme else {},
        "source": source_names(session) if asked.source else {},
    }
    found = []
    for name, value in here.pairs:
        if name not in CHIPS:
            continue
        text = labels.get(name, {}).get(value, label(name, value))
        if name in ("org", "with") and is_id(value):
            text = names.get(int(value), value)
        if name in ("since", "until"):
            text = day(value) if value[-1].isdigit() else f"{value} ago"
        found.append(Chip(CHIPS[name], text, str(here.without(name, value))))
    return found
