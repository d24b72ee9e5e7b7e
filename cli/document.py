"""How `pactwatch show` prints a document: what it says, what was found in it, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.output import flow, say

if TYPE_CHECKING:
    from search.documents import DocumentRow, EvidenceRow, MentionRow, VersionRow

FORMS = 5
"""Different forms of a name that are shown."""


def partly(complete: bool, language: str | None) -> str:
    """What to say of a document whose language is only partly analysed; empty for the others."""
    return "" if complete else f"only partly analysed (language {language or 'unknown'})"


def print_document(row: DocumentRow) -> None:
    """Print everything below the title."""
    dated = f"{row.published} (from {row.published_from})" if row.published else "no date"
    say(row.url)
    flow(f"{row.source.name} [{row.source.id}], {dated}, {row.kind} {row.kind_score:.2f}")
    if note := partly(row.complete, row.language):
        say(note)
    gone = f", gone since {row.gone_since:%Y-%m-%d}" if row.gone_since else ""
    say(f"version {row.version} of {len(row.versions)}{gone}")
    print_versions(row.versions)
    say()
    for paragraph in row.text.split("\n"):
        flow(paragraph)
    say()
    for theme in row.themes:
        flow(f"theme {theme.label} [{theme.id}] {theme.score:.2f}: {', '.join(theme.words) or 'no single words'}")
    _print_mentions(row.mentions)
    for report in row.reports:
        _print_report(report)
    print_story(row)


def print_story(row: DocumentRow) -> None:
    """Print the other documents that tell the same story; and which is the earliest, which the others copied."""
    if not row.copies:
        return
    story = row.story
    say(f"story {story.id}: {story.documents} documents of {story.sources} sources")
    for one in story.members:
        same = "this document" if one.id == row.id else "same text" if one.same_text else _alike(one.similarity)
        notes = [same, *(["earliest"] if one.earliest else []), *(["most original"] if one.original else [])]
        say(f"  {', '.join(notes)}: {one.url} [{one.id}] ({one.source.name}, {one.published or 'no date'})")
    if story.documents > len(story.members):
        say(f"  … and {story.documents - len(story.members)} more")


def _alike(similarity: float | None) -> str:
    return "nearly the same text" if similarity is None else f"nearly the same text ({similarity:.0%} alike)"


def print_versions(versions: Sequence[VersionRow]) -> None:
    """Print a line for each version."""
    for one in versions:
        dated = f", dated {one.published}" if one.published else ""
        flow(f"{one.number}: captured {one.captured_at:%Y-%m-%d %H:%M} UTC{dated}, {len(one.text):,} characters", 2)


def _print_mentions(mentions: Sequence[MentionRow]) -> None:
    """A line for each organisation or project: how it is written, how often, and how sure that is."""
    found: dict[tuple[str, str], list[MentionRow]] = defaultdict(list)
    for one in mentions:
        known = f"{one.organisation.name} [{one.organisation.id}]" if one.organisation else f"{one.name} (not resolved)"
        found[one.type, known].append(one)
    for (kind, name), several in found.items():
        forms = list(dict.fromkeys(" ".join(one.text.split()) for one in several))
        written = ", ".join(f'"{form}"' for form in forms[:FORMS]) + (", …" if len(forms) > FORMS else "")
        times = f"{len(several)} {'mention' if len(several) == 1 else 'mentions'}"
        flow(f"{kind} {name}: {times} as {written}, confidence {max(one.confidence for one in several):.2f}")


def _print_report(report: EvidenceRow) -> None:
    facts = (
        report.signed and f"signed {report.signed}",
        report.duration_months and f"{report.duration_months} months",
        f"confidence {report.confidence:.2f}",
        report.page and f"page {report.page}",
        f"characters {report.start} to {report.end}",
    )
    flow(f"{report.kind} ({report.status}): {' + '.join(party.name for party in report.parties)}")
    flow(", ".join(str(fact) for fact in facts if fact), 2)
    flow(f'"{" ".join(report.evidence.split())}"', 2)
