"""The tree of a parsed query. Frozen; knows neither index nor database."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as declared
from datetime import date


@dataclass(frozen=True, slots=True)
class Word:
    """One word, the beginning of one, or a word and its misspellings."""

    text: str
    prefix: bool = False
    field: str | None = None
    """A value of `TEXT_FIELDS`; none for title and text."""
    edits: int = 0
    """Letters that may differ: wrong, missing, added, or two changed about."""
    at: int = declared(default=0, compare=False)
    """Where the word stands in the query."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other, with at most `apart` other words in between."""

    text: str
    field: str | None = None
    apart: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """A word or phrase with another, or an organisation, at most `apart` words away, in either order."""

    text: str
    other: str
    apart: int
    organisation: bool = False
    """Whether `other` names an organisation: then its other names count as well."""
    forms: tuple[str, ...] = ()
    """The other names of the organisation, once they are looked up."""


@dataclass(frozen=True, slots=True)
class Exact:
    """An identifier in a field of `EXACT_FIELDS`."""

    field: str
    value: str
    at: int = declared(default=0, compare=False)
    """Where the value stands in the query."""


@dataclass(frozen=True, slots=True)
class Between:
    """Published from one day to another, both included; none is open."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Not:
    """The documents that the part does not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """What all parts match; every document where there are no parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part matches."""

    parts: tuple[Node, ...]


Node = Word | Phrase | Near | Exact | Between | Not | And | Or
