"""How a crawl is reported: outcomes by source, what is not green and why, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.context import say, table

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.run import RunReport

OUTCOMES = ("fetched", "unchanged", "filtered", "failed", "unreachable")


def totals(reports: Sequence[RunReport]) -> dict[str, int]:
    """URLs by outcome over all reports; every outcome is named, so that a zero is seen."""
    counted: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    for report in reports:
        counted.update(report.counts)
    return dict(counted)


def print_runs(reports: Sequence[RunReport], documents: dict[str, int]) -> None:
    """One line a source, then what became of the documents."""
    table(
        "Outcome of every URL, by source",
        ("source", "state", *OUTCOMES, "why not green"),
        [
            (r.source_id, r.state, *(r.counts.get(name, 0) for name in OUTCOMES), None if r.green else r.message)
            for r in reports
        ],
    )
    done = ", ".join(f"{number} {name}" for name, number in sorted(documents.items())) or "nothing to read"
    say(f"documents: {done}")


def print_found(engine: Engine, run_ids: Sequence[str]) -> None:
    """What the documents of these runs say: title, kind, themes, organisations and partnerships of each."""
    from models.session import read_session
    from search.documents import documents_of_runs

    with read_session(engine) as session:
        for found in documents_of_runs(session, run_ids):
            say()
            say(f"{found.title}  [{found.id}]")
            say(f"  {found.url}")
            say(f"  {found.kind}, {found.published or 'no date'}, {found.language or 'language unknown'}")
            say(f"  themes: {', '.join(t.name for t in found.themes) or 'none'}")
            say(f"  organisations: {', '.join(o.name for o in found.organisations) or 'none'}")
            for report in found.reports:
                names = " + ".join(party.name for party in report.parties)
                facts = ", ".join(
                    part
                    for part in (
                        report.status,
                        report.signed and f"signed {report.signed}",
                        report.duration_months and f"{report.duration_months} months",
                        f"confidence {report.confidence:.2f}",
                    )
                    if part
                )
                say(f"  {report.kind}: {names} ({facts})")
                say(f'    "{report.evidence}"')
