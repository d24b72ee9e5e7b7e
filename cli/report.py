"""How a crawl is reported: outcomes by source, what is not green and why, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.output import say, table

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from pipeline.own import Processed
    from pipeline.run import RunReport
    from search.runs import OutcomeRow, RunRow

MOST_LINES = 20
"""Lines about single URLs before the rest is only counted."""
OUTCOMES = ("fetched", "unchanged", "filtered", "failed", "unreachable")


def totals(reports: Sequence[RunReport]) -> dict[str, int]:
    """URLs by outcome over all reports; every outcome is named, so that a zero is seen."""
    counted: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    for report in reports:
        counted.update(report.counts)
    return dict(counted)


def print_runs(processed: Processed) -> None:
    """One line a source, then what became of the documents, and of those that dead runs left."""
    reports = processed.reports
    table(
        "Outcome of every URL, by source",
        ("source", "state", *OUTCOMES, "why not green"),
        [
            (r.source_id, r.state, *(r.counts.get(name, 0) for name in OUTCOMES), None if r.green else r.message)
            for r in reports
        ],
    )
    say(f"documents: {_numbers(processed.documents) or 'nothing to read'}")
    if processed.taken_over:
        say(f"taken over from interrupted runs: {_numbers(processed.taken_over)}")


def _numbers(documents: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(documents.items()))


def not_fetched(engine: Engine, run_ids: Sequence[str]) -> list[OutcomeRow]:
    """The URLs of these runs that were filtered, failed or could not be reached."""
    from models.session import read_session
    from search.runs import outcomes

    with read_session(engine) as session:
        rows = [row for run_id in run_ids for row in outcomes(session, run_id)]
    return [row for row in rows if row.outcome not in ("fetched", "unchanged")]


def unread(engine: Engine, run_ids: Sequence[str]) -> list[OutcomeRow]:
    """The documents of these runs that were fetched and could not be read."""
    from models.session import read_session
    from search.runs import outcomes

    with read_session(engine) as session:
        return [row for run_id in run_ids for row in outcomes(session, run_id) if row.state == "failed"]


def print_unread(rows: Sequence[OutcomeRow]) -> None:
    """Say of each document that could not be read why: each one, since nothing else tells of it."""
    for row in rows:
        say(f"could not be read: {row.url} ({row.state_reason or 'no reason was given'})")


def print_not_fetched(rows: Sequence[OutcomeRow]) -> None:
    """Say of each URL why it was not fetched, and how to mend it where the command can."""
    for row in rows[:MOST_LINES]:
        say(f"{row.outcome} {row.reason or ''}: {row.url}" + (f" ({row.detail})" if row.detail else ""))
    if len(rows) > MOST_LINES:
        say(f"… and {len(rows) - MOST_LINES} more: `pactwatch runs {rows[0].run_id}` lists them")
    if any(row.reason == "private" for row in rows):
        say("private: the address is one of this machine or network; --allow-private allows it")


def targets(session: Session, rows: Sequence[RunRow]) -> dict[str, str]:
    """Run id -> the URL that was asked for, of runs without a declaration: that of the run's first capture.

    A run that has none yet is the one that its source's declaration tells of, if it is the latest.
    """
    from sqlalchemy import func, select

    from models.tables import Capture, Source
    from pipeline.crawl import ADHOC

    ids = [row.id for row in rows if row.source_id == ADHOC]
    first = select(func.min(Capture.id)).where(Capture.run_id.in_(ids)).group_by(Capture.run_id)
    found = dict(session.execute(select(Capture.run_id, Capture.url).where(Capture.id.in_(first))).all())
    source = session.get(Source, ADHOC) if len(found) < len(ids) else None
    if source is not None:
        start = source.declaration.get("start") or [""]
        latest = [row.id for row in rows if row.id in ids and row.started_at == source.last_crawled_at]
        found = dict.fromkeys(latest, str(start[0])) | found
    return found


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
