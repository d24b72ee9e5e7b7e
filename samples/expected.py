"""What the sample sites hold, as gold for the end-to-end test: outcome of every URL, documents, their agreements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from samples.content import HERE
from samples.site import Sites

FILE = HERE / "expected.yaml"


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """What must become of a URL of a source."""

    source: str
    url: str
    role: str
    """``discovery`` or ``document``."""
    outcome: str
    """As in `crawlers.contract.OutcomeKind`."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedPartnership:
    """An agreement that a document states."""

    kinds: tuple[str, ...]
    """The kind; several where more than one reading is fair."""
    status: str
    parties: tuple[str, ...]
    evidence: str
    """How the sentence that states it begins."""
    signed: str | None = None
    duration_months: int | None = None
    amount: float | None = None
    currency: str | None = None
    page: int | None = None
    """Page or slide of the evidence, counted from 1."""
    required: bool = True
    """False where an analyser may miss it and still be a good one."""


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """What must be stored of a document; lists name what must be among the findings, not all of them."""

    source: str
    url: str
    title: str
    published: str | None
    """Partial ISO date; none: the document states none, and none may be stored."""
    kinds: tuple[str, ...] = ()
    """The kind; several where more than one reading is fair; empty: not asked."""
    themes: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    """Fullest forms that the text gives."""
    partnerships: tuple[ExpectedPartnership, ...] = ()
    copy_of: str | None = None
    """URL of the document whose story this one shares."""
    gone: bool = False
    """True where the page has vanished by this edition: the document stays, marked as gone."""
    changed: bool = False
    """True where this edition's text is another than the first one's: a second version is stored."""


def expected_outcomes(sites: Sites, edition: int = 1) -> list[ExpectedOutcome]:
    """Outcome of every URL in a crawl of edition 1, or in a crawl of edition 2 that follows one of edition 1."""
    found = []
    for row in _load()["outcomes"]:
        word = row.get("first", "fetched") if edition == 1 else row.get("second", "unchanged")
        if word:
            outcome, _, reason = word.partition(" ")
            url = url_of(sites, row["source"], row["path"])
            found.append(ExpectedOutcome(row["source"], url, row.get("role", "document"), outcome, reason or None))
    return found


def expected_documents(sites: Sites, edition: int = 1) -> list[ExpectedDocument]:
    """Every document that must be stored after a crawl of the edition (of both, for edition 2)."""
    return [_document(sites, row, edition) for row in _load()["documents"]]


def unreadable(sites: Sites) -> dict[str, str]:
    """Files that are captured but give no document: {url: outcome of reading}."""
    return {url_of(sites, row["source"], row["path"]): row["outcome"] for row in _load()["unreadable"]}


def silent() -> list[str]:
    """Ids of the sources whose run must never count as healthy."""
    return list(_load()["silent"])


def url_of(sites: Sites, source: str, path: str) -> str:
    """Absolute URL of a path on the site of a sample source."""
    bases = {"courier": sites.news_url, "clusters": sites.cluster_url}
    return bases.get(source.split("-")[1], sites.tank_url) + path


def _document(sites: Sites, row: dict[str, Any], edition: int) -> ExpectedDocument:
    fields = dict(row)
    source, path = fields.pop("source"), fields.pop("path")
    second = fields.pop("second", {})
    gone = fields.pop("gone_in_second", False) and edition == 2
    if edition == 2:
        fields |= second
    copy_of = fields.pop("copy_of", None)
    partnerships = tuple(_partnership(p) for p in fields.pop("partnerships", ()))
    return ExpectedDocument(
        source=source,
        url=url_of(sites, source, path),
        partnerships=partnerships,
        copy_of=sites.news_url + copy_of if copy_of else None,
        gone=gone,
        changed=edition == 2 and bool(second),
        **_frozen(fields),
    )


def _partnership(row: dict[str, Any]) -> ExpectedPartnership:
    return ExpectedPartnership(**_frozen(row))


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


@cache
def _load() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf8"))
    return loaded
