"""Who has seen which URL: every URL is claimed once and settled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crawlers.archive import Archive
from crawlers.contract import RECHECK, Outcome, OutcomeKind, UrlRole
from crawlers.records import Payload
from crawlers.urls import key


def now() -> str:
    """UTC, ISO 8601 with milliseconds and a trailing ``Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True, eq=False)
class Entry:
    """A URL of this crawl, from its first sight to its outcome."""

    url: str
    role: UrlRole
    found_on: str | None = None
    hint_title: str | None = None
    hint_published: str | None = None
    changed: str | None = None
    """What a sitemap says of its last change, as written."""
    depth: int = 0
    """Links between a start page and this one."""
    start: bool = False
    """Declared by the source, not found."""
    way: int = 0
    """Which of the source's ways led here."""
    guessed: bool = False
    """Made from a pattern: that it is not there says that the list has ended."""
    file: bool = False
    """Asked for because its link promises a file."""
    settled: bool = False
    verdict: str = ""
    """Outcome and reason, once settled."""


class Ledger:
    """Claims and settles the URLs of one crawl; what is settled goes to the archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._entries: dict[str, Entry] = {}

    def claim(self, entry: Entry) -> bool:
        """Whether the URL is new to this crawl, under any spelling; from then on it is not.

        What only earlier crawls knew, and the source names after all, counts as named by the source.
        """
        kept = self._entries.setdefault(key(entry.url), entry)
        if kept is not entry and kept.found_on == RECHECK and entry.found_on and not kept.settled:
            kept.found_on, kept.hint_title, kept.hint_published = entry.found_on, entry.hint_title, entry.hint_published
        return kept is entry

    def knows(self, url: str) -> bool:
        """Whether the URL is claimed, under any spelling."""
        return key(url) in self._entries

    def settle(
        self,
        entry: Entry,
        kind: OutcomeKind,
        reason: str | None = None,
        detail: str | None = None,
        payload: Payload | None = None,
        **facts: Any,
    ) -> None:
        """Give a claimed URL its outcome; `facts` are further fields of `Outcome`. A second outcome is a mistake here.

        Raises ValueError for a URL that has its outcome.
        """
        if entry.settled:
            raise ValueError(f"{entry.url} already has an outcome")
        entry.settled = True
        entry.verdict = f"{kind} {reason}" if reason else str(kind)
        outcome = Outcome(
            url=entry.url,
            outcome=kind,
            role=entry.role,
            at=payload.at if payload else now(),
            reason=reason,
            detail=detail,
            found_on=entry.found_on,
            hint_title=entry.hint_title,
            hint_published=entry.hint_published,
            **facts,
        )
        self._archive.put(outcome, payload)

    def settle_rest(self, reason: str, detail: str) -> int:
        """Filter every URL that was seen and has no outcome yet; return how many those were."""
        rest = [entry for entry in self._entries.values() if not entry.settled]
        for entry in rest:
            self.settle(entry, OutcomeKind.FILTERED, reason, detail)
        return len(rest)
