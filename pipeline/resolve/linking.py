"""Which register entry a name in a document is, if any. Pure: what the register and the document say goes in.

A name that tells one body from all others decides by itself, in every document (`Surety.NAME`). A name that others may
bear decides only in a document that agrees on the country (`Surety.DOCUMENT`): another document may mean another
body by it. What depends on neither the order nor the other documents keeps organisations independent of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.records import Mention
from pipeline.register.lookup import Candidate
from pipeline.register.places import countries_in, country_of_url
from pipeline.register.words import is_generic

NEAR = 160
"""Characters before and after a mention in which a country or city is taken to be said of it."""
MOST_BEARERS = 8
"""Names with more bearers are nobody's: no question is asked about them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a document says besides names: where it stands and what is written around a mention."""

    text: str = ""
    url: str = ""
    source_country: str | None = None

    @property
    def home(self) -> set[str]:
        """The countries that the source and the URL speak from."""
        return {code for code in (self.source_country, country_of_url(self.url)) if code}


class Surety(Enum):
    """How far a link reaches."""

    NAME = "name"
    """The name is this entry's, whichever document it stands in."""
    DOCUMENT = "document"
    """The name is this entry's in this document; elsewhere it may be another's."""


@dataclass(frozen=True, slots=True)
class Link:
    """A name and the entry that it is; `entry` is None where several could be meant: `rivals` then names them."""

    entry: Candidate | None
    surety: Surety = Surety.NAME
    rivals: tuple[Candidate, ...] = ()


NOTHING = Link(None)


def link(name: str, key: str, found: Sequence[Candidate], mentions: Iterable[Mention], context: Context) -> Link:
    """The entry that the name (with its key) is in a document, of those that go by the key."""
    bearers = _full(found)
    if not bearers:
        return NOTHING
    if len(bearers) == 1 and not _doubtful(key, bearers[0]):
        return Link(bearers[0])
    if (shown := _shown_by(bearers)) is not None and not _doubtful(key, shown):
        return Link(shown)
    agreed = _agreed(bearers, _surroundings(name, mentions, context), context)
    if agreed is not None and not (agreed.weak and len(found) > len(bearers)):
        sole = len(bearers) == 1 and not is_generic(key) and not agreed.weak
        return Link(agreed, Surety.NAME if sole else Surety.DOCUMENT)
    return Link(None, rivals=tuple(bearers) if 1 < len(bearers) <= MOST_BEARERS else ())


def _full(found: Sequence[Candidate]) -> list[Candidate]:
    """Candidates by a name that is no mere acronym, each once; closed bodies only where no open one bears the name."""
    bearers = {one.id: one for one in found if one.how in ("name", "label") or not one.weak}
    bearers = {id_: one for id_, one in bearers.items() if not one.branch}
    some_active = any(one.active for one in bearers.values())
    return sorted(one for one in bearers.values() if one.active or not some_active)


def _doubtful(key: str, one: Candidate) -> bool:
    """Whether bodies that the register does not know may bear the name, too."""
    return is_generic(key) or one.weak or " " not in key or one.qualified


def _shown_by(bearers: Sequence[Candidate]) -> Candidate | None:
    """The one whose first name it is, where the others are bodies of the same country that are also called so."""
    shown = [one for one in bearers if one.how == "name"]
    same_country = len({one.country for one in bearers}) == 1
    return shown[0] if len(shown) == 1 and same_country else None


def _surroundings(name: str, mentions: Iterable[Mention], context: Context) -> list[str]:
    spans = [(mention.start, mention.end) for mention in mentions]
    # What stands in the name itself says as much
    return [name] + [context.text[max(0, start - NEAR) : end + NEAR] for start, end in spans]


def _agreed(bearers: Sequence[Candidate], around: Sequence[str], context: Context) -> Candidate | None:
    """The only candidate that the document agrees on: by its city, by its country near the name, by its own country."""
    in_city = [one for one in bearers if one.city and any(_names(place, one.city) for place in around)]
    said = set().union(*(countries_in(place) for place in around))
    if len(in_city) == 1 and (not said or in_city[0].country in said):
        return in_city[0]
    if said:
        near = [one for one in in_city or bearers if one.country in said]
        return near[0] if len(near) == 1 and len(said) == 1 else None
    at_home = [one for one in in_city or bearers if one.country in context.home]
    return at_home[0] if len(at_home) == 1 else None


def _names(text: str, place: str) -> bool:
    return len(place) > 2 and re.search(rf"(?<!\w){re.escape(place)}(?!\w)", text) is not None


_UNITS = (
    "Department Dept Faculty School Division Institute Laboratory Lab Unit Section Chair Clinic Centre Center College "
    "Library Office Group Graduate Research Institut Abteilung Klinik Lehrstuhl Fakultät Fakultat Faculté Département "
    "Laboratoire UFR"
)
_UNIT = re.compile(rf"^(?:The )?(?:\w+ )?(?:{'|'.join(_UNITS.split())})\b")
_OF = re.compile(r"\s*,\s*|\s+(?:of|at|der|de|du|des) (?:the |la |l['’])?")


def wholes(name: str) -> list[str]:
    """What a name may be a part of, longest first: "Department of X, University Y" -> "University Y"."""
    if _UNIT.match(name):
        return [name[found.end() :] for found in _OF.finditer(name) if len(name[found.end() :].split()) > 1]
    return []
