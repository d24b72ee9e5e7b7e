"""The frozen records that pass between the stages. Offsets count characters of `Extracted.text`; dates are partial ISO.

A partial ISO date is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``: its length is its precision, so nothing is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

EXTRACT_OUTCOMES = ("ok", "stub", "empty", "needs-ocr", "encrypted", "damaged", "unsupported", "too-large", "timeout")
"""Every way in which reading a file can end (DESIGN.md section 4); only ``ok`` and ``stub`` have text."""


@dataclass(frozen=True, slots=True)
class Capture:
    """An archived payload with what the crawl knows of it: the input of extraction."""

    url: str
    body: bytes
    media_type: str | None = None
    """From Content-Type, without parameters; may be wrong or missing, extraction sniffs."""
    charset: str | None = None
    """From Content-Type."""
    hint_title: str | None = None
    hint_published: str | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Characters ``start`` to ``end`` of the text stand on this page or slide (counted from 1)."""

    start: int
    end: int
    page: int


@dataclass(frozen=True, slots=True)
class Link:
    """An outgoing link: absolute URL and its text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """A read document, or the named reason why it could not be read."""

    outcome: str
    """One of `EXTRACT_OUTCOMES`."""
    detail: str | None = None
    title: str | None = None
    text: str = ""
    text_from: str | None = None
    """``ocr`` where a part of the text was read from images of pages; else none."""
    text_confidence: float | None = None
    """With ``ocr``: the mean confidence of the words read so, 0 to 1."""
    language: str | None = None
    published: str | None = None
    """Partial ISO date; never the date of the crawl."""
    published_from: str | None = None
    """``json-ld``, ``meta``, ``time``, ``url``, ``text``, ``pdf``, ``office``, ``mail``, ``feed``; set
    where `published` is."""
    modified: str | None = None
    """Partial ISO date of the last change that the document states; never before `published`."""
    modified_from: str | None = None
    """As `published_from`: ``json-ld``, ``meta``, ``time``, ``pdf``, ``office``."""
    authors: tuple[str, ...] = ()
    canonical_url: str | None = None
    site: str | None = None
    section: str | None = None
    """The publisher's own section of the article."""
    tags: tuple[str, ...] = ()
    """The publisher's own keywords."""
    media_type: str | None = None
    """What the payload really is, sniffed."""
    anchors: tuple[Anchor, ...] = ()
    links: tuple[Link, ...] = ()
    extractor: str = ""
    """Name and version of what read it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a name stands: ``text[start:end] == text`` always holds."""

    text: str
    start: int
    end: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Entity:
    """One organisation or project of one document, with every mention of it."""

    name: str
    """The fullest form that the document gives."""
    type: str
    """``organisation`` or ``project``."""
    mentions: tuple[Mention, ...]
    defined: tuple[str, ...] = ()
    """Short forms that the text itself defines for the name: "Biomedical Alliance in Europe (BioMed Alliance)"."""


@dataclass(frozen=True, slots=True)
class Party:
    """A party of an agreement: the `Entity.name`, and its role (``funder``, ``member``, …) if stated."""

    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one document says of one agreement."""

    kind: str
    """mou, collaboration, consortium, membership, funding, licence, acquisition, joint-venture."""
    status: str
    """signed, planned, extended, ended."""
    parties: tuple[Party, ...]
    confidence: float
    evidence_start: int
    evidence_end: int
    signed: str | None = None
    duration_months: int | None = None
    amount: float | None = None
    currency: str | None = None
    """ISO 4217."""


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """A theme of a document with its score (0 to 1) and the words that gave it."""

    id: str
    score: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that the analysis found in one document. No spaCy object ever leaves `pipeline.analyse`."""

    language: str
    kind: str
    kind_score: float
    themes: tuple[ThemeScore, ...] = ()
    entities: tuple[Entity, ...] = ()
    reports: tuple[Report, ...] = ()
    analyser: str = ""
    """Name and version of the analyser."""
    complete: bool = True
    """False where the language is not English and only some parts ran."""


@dataclass(frozen=True, slots=True)
class Text:
    """The input of the analysis: what DESIGN.md section 4 reads a line of."""

    id: str
    title: str
    text: str
    published: str | None = None
    language: str | None = None
    url: str | None = None
