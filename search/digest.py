"""What is new in somebody's saved searches, as the text of an e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from sqlalchemy.orm import Session

from search.feeds import Entry, document_entries, partnership_entries
from search.index import Index
from search.saved import News, SavedRow, news

SHOWN = 20
"""Pieces of news written out for each saved search; the number of the others is said."""
WIDTH = 78
SUMMARY = 300


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest ready to be sent."""

    subject: str
    text: str
    total: int
    """Pieces of news in it; nobody wants a mail without any."""


def digest(session: Session, index: Index, searches: Sequence[SavedRow], base: str) -> Digest:
    """News of the saved searches since their owner's last visit; links lead below `base`."""
    parts, total = [], 0
    for saved in searches:
        found = news(session, index, saved, limit=SHOWN)
        if found.total:
            total += found.total
            parts.append(_section(saved, found, _entries(session, found, base)))
    noun = "piece" if total == 1 else "pieces"
    names = ", ".join(saved.name for saved in searches)
    body = "\n\n".join(parts) if parts else f"Nothing new in: {names or 'no saved searches'}."
    return Digest(f"Pactwatch: {total} {noun} of news", f"{body}\n", total)


def _entries(session: Session, found: News, base: str) -> list[Entry]:
    return [
        *document_entries(session, found.documents, base),
        *partnership_entries(session, found.partnerships, base),
    ]


def _section(saved: SavedRow, found: News, entries: Sequence[Entry]) -> str:
    noun = saved.about if found.total != 1 else saved.about.removesuffix("s")
    lines = [f"{saved.name}: {found.total} new {noun}", "=" * min(WIDTH, len(saved.name) + 20)]
    for one in entries:
        summary = " ".join(one.summary.split())
        cut = summary if len(summary) <= SUMMARY else f"{summary[:SUMMARY].rsplit(' ', 1)[0]} …"
        lines += ["", fill(f"* {' '.join(one.title.split())}", WIDTH, subsequent_indent="  ")]
        lines += [fill(cut, WIDTH, initial_indent="  ", subsequent_indent="  "), f"  {one.author}: {one.url}"]
    if found.total > len(entries):
        lines += ["", f"and {found.total - len(entries)} more"]
    return "\n".join(lines)
