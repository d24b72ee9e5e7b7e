"""The words of agreements: what a sentence must hold to state one, of which kind, in which status.

``agreements.yaml`` is the place where a person adds a word; no code needs to change. Verbs and nouns are given in their
base form and matched in every inflection ("joins", "joined", "joining"); phrases are matched as written, any case.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from config.yamlfile import load_one

AgreementKind = Literal[
    "mou", "collaboration", "consortium", "membership", "funding", "licence", "acquisition", "joint-venture"
]
KINDS: tuple[str, ...] = get_args(AgreementKind)

Words = tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], ...]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Roles(_Strict):
    """Roles of an agreement's two sides: the one that acts, and the one acted upon; empty where both are alike."""

    actor: str | None = None
    other: str | None = None


class KindWords(_Strict):
    """The words of one kind of agreement."""

    verbs: Words = ()
    """Base forms, with a particle where needed: ``team up``. The first word is inflected."""
    nouns: Words = ()
    """Base forms: ``memorandum of understanding``. The last word before "of" (or the last) takes the plural."""
    phrases: Words = ()
    """As written, any case: ``in partnership with``."""
    roles: Roles = Roles()


class StatusWords(_Strict):
    """Words that turn the status away from ``signed``."""

    planned: Words = ()
    extended: Words = ()
    ended: Words = ()


class Anaphors(_Strict):
    """Words that stand for parties named in a sentence before."""

    plural: Words = ()
    """``the two organisations``, ``both parties``."""
    singular: Words = ()
    """``the company``, ``the institute``."""


class Suppressors(_Strict):
    """Words of sentences in which names stand together without an agreement."""

    event: Words = ()
    """Attendance: ``took part in``."""
    quote: Words = ()
    """Verbs of saying."""
    about: Words = ()
    """Beginnings of the paragraph in which a body describes itself."""


class Agreements(_Strict):
    """The whole of ``agreements.yaml``."""

    kinds: dict[AgreementKind, KindWords]
    status: StatusWords
    negation: Words = Field(min_length=1)
    """``no agreement``, ``denied``: a sentence part under it states nothing."""
    hope: Words = ()
    """``hopes to``: intended by one side; the status is planned, with less confidence."""
    anaphors: Anaphors
    suppressors: Suppressors
    links: Words = ()
    """Words that tie two names as partners whatever the verb: ``together with``."""
    lists: Words = ()
    """Headings of a list of members or partners: ``partners``, ``the consortium consists of``."""

    @model_validator(mode="after")
    def _every_kind_has_words(self) -> Agreements:
        missing = [kind for kind in KINDS if kind not in self.kinds]
        if missing:
            raise ValueError(f"kinds without an entry: {', '.join(missing)}: add each with its words")
        for kind, words in self.kinds.items():
            if not (words.verbs or words.nouns or words.phrases):
                raise ValueError(f"kind '{kind}' has no word: add verbs, nouns or phrases")
        return self


def load_agreements(path: Path) -> Agreements:
    """Read ``agreements.yaml``; ConfigError names file and line of a mistake."""
    return load_one(path, Agreements)
