"""The gold of the samples as cases of tests, and what is measured against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samples.expected import ExpectedDocument, ExpectedPartnership, expected_documents
from samples.site import Sites
from search.documents import DocumentRow, EvidenceRow
from tests.e2e.visits import Visits

_PLACES = Sites("news:", "clusters:", "tank:")
CASES = list(enumerate(document.url for document in expected_documents(_PLACES)))
"""Number of each document in the gold, and a name for it: the real addresses are known when the server runs."""
MOU = "/news/2021/04/eit-health-and-medical-societies/"
COPY = "/news/eit-health-biomed/"
CHANGED = "/news/2024/06/berlin-gene-and-cell-therapy/"
VANISHED = "/news/2022/06/emilia-romagna-cebr/"

Fact = tuple[str, str, bool]
"""What the fact is about, what was found, and whether that is as expected."""


def document_of(visits: Visits, number: int, edition: int = 1) -> tuple[ExpectedDocument, DocumentRow]:
    """A document of the gold, and what is stored of it after the visit of the edition."""
    expected = expected_documents(visits.sites, edition)[number]
    stored = visits.first if edition == 1 else visits.second
    return expected, stored.documents[expected.url]


def pairs(visits: Visits) -> Iterator[tuple[ExpectedDocument, DocumentRow]]:
    """Every document of the gold with what is stored of it after the first visit."""
    return (document_of(visits, number) for number, _ in CASES)


def names_in(document: DocumentRow) -> set[str]:
    """Every name under which the document's organisations are known."""
    resolved = {mention.organisation.name for mention in document.mentions if mention.organisation}
    return resolved | {mention.name for mention in document.mentions}


def report_of(expected: ExpectedPartnership, document: DocumentRow) -> EvidenceRow | None:
    """What is stored of the sentence that states an agreement, preferring what has the right kind."""
    found = [report for report in document.reports if report.evidence.startswith(expected.evidence)]
    return next((report for report in found if report.kind in expected.kinds), next(iter(found), None))


def kinds(visits: Visits) -> list[Fact]:
    """The kind of each document that has one in the gold."""
    return [(one.url, got.kind, got.kind in one.kinds) for one, got in pairs(visits) if one.kinds]


def themes(visits: Visits) -> list[Fact]:
    """Each required theme."""
    facts = []
    for one, got in pairs(visits):
        found = {theme.id for theme in got.themes}
        facts += [(f"{one.url} {theme}", str(found), theme in found) for theme in one.themes]
    return facts


def organisations(visits: Visits) -> list[Fact]:
    """Each required organisation."""
    facts = []
    for one, got in pairs(visits):
        found = {name.casefold() for name in names_in(got)}
        facts += [(f"{one.url} {name}", str(found), name.casefold() in found) for name in one.organisations]
    return facts


def partnerships(visits: Visits) -> list[Fact]:
    """Each field of each required agreement; one that was not found has them all wrong."""
    facts: list[Fact] = []
    for one, got in pairs(visits):
        for expected in one.partnerships:
            if expected.required:
                facts += agreement_facts(visits, one, expected, got)
    return facts


def agreement_facts(
    visits: Visits, document: ExpectedDocument, expected: ExpectedPartnership, got: DocumentRow
) -> list[Fact]:
    """The fields of one agreement."""
    report = report_of(expected, got)
    merged = next((m for m in visits.first.partnerships if report and m.id == report.partnership_id), None)
    told: dict[str, tuple[Any, Any]] = {
        "kind": (report and report.kind, expected.kinds),
        "status": (report and report.status, (expected.status,)),
        "parties": (report and {party.name.casefold() for party in report.parties}, _one(_folded(expected.parties))),
        "signed": (report and report.signed, (expected.signed,)),
        "duration_months": (report and report.duration_months, (expected.duration_months,)),
        "page": (report and report.page, (expected.page,)),
        "amount": (merged and merged.amount, (expected.amount,)),
        "currency": (merged and merged.currency, (expected.currency,)),
    }
    return [
        (f"{document.url} {name}", str(value), report is not None and value in wanted)
        for name, (value, wanted) in told.items()
    ]


def share(facts: Iterable[Fact]) -> tuple[float, list[Fact]]:
    """Share of the facts that are as expected, and those that are not."""
    facts = list(facts)
    missed = [fact for fact in facts if not fact[2]]
    return 1 - len(missed) / len(facts), missed


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _one(value: set[str]) -> list[set[str]]:
    return [value]
