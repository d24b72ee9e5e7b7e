"""Which of a source's ways were tried, and what each gave."""

from __future__ import annotations

from collections.abc import Sequence

from crawlers.contract import OutcomeKind
from crawlers.ledger import Entry
from crawlers.ways import Walk

USED, EMPTY = "used", "empty"


class Trail:
    """Goes from one way to the next; a way that names a document of the source, known or new, is the last one."""

    def __init__(self, walks: Sequence[Walk]) -> None:
        self._walks = walks
        self._ended: list[str] = []
        self.place = 0
        self.gave = False
        self.begun: list[Entry] = []
        """Start entries of the present way."""

    def gives(self, entry: Entry) -> None:
        """The way of an entry has named a document, or is one."""
        self.gave = self.gave or entry.way == self.place

    def turn(self) -> bool:
        """Go on to the next way; false where there is none."""
        if self.place + 1 >= len(self._walks):
            return False
        self._ended.append(self._verdict())
        self.place, self.begun = self.place + 1, []
        return True

    def told(self) -> list[str]:
        """What became of each way that was tried: ``used``, ``empty``, or the outcome of its start."""
        return [*self._ended, USED if self.gave else self._verdict()]

    def _verdict(self) -> str:
        good = (str(OutcomeKind.FETCHED), str(OutcomeKind.UNCHANGED))
        bad = [entry.verdict for entry in self.begun if entry.verdict not in good]
        return bad[0] if bad else EMPTY
