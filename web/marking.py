"""A document's text cut into paragraphs and pieces: what is evidence, what names an organisation, where a page begins.

Pure. Offsets count characters of the text; marks that overlap are cut, never moved.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.documents import DocumentRow, MentionRow


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters that are marked alike."""

    text: str
    mention: MentionRow | None


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that belong to one evidence, or to none."""

    evidence: int | None
    """Place of the report in `DocumentRow.reports`."""
    first: bool
    """Whether the evidence begins here: its label goes in front."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text."""

    page: int | None
    """Set where a page or slide begins with it."""
    runs: tuple[Run, ...]


def paragraphs(document: DocumentRow) -> list[Paragraph]:
    """The text as paragraphs with everything that is marked in it."""
    marker, pages = _Marker(document), sorted(document.anchors)
    found, turn = [], 0
    for start, end in _lines(document.text):
        page = None
        while turn < len(pages) and pages[turn][0] <= max(start, end - 1):
            page, turn = pages[turn][2], turn + 1
        runs = tuple(marker.runs(start, end))
        if runs or page is not None:
            found.append(Paragraph(page, runs))
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


Spans = list[tuple[int, int, int]]
"""Start, end and number of what is marked there, one behind the other."""


def _apart(spans: Sequence[tuple[int, int]], length: int) -> Spans:
    """Spans without overlaps: of two, the one that begins first keeps its characters, of equal ones the longer."""
    found: Spans = []
    last = 0
    for number in sorted(range(len(spans)), key=lambda one: (spans[one][0], -spans[one][1])):
        start, end = max(spans[number][0], last, 0), min(spans[number][1], length)
        if start < end:
            found.append((start, end, number))
            last = end
    return found


class _Marker:
    """Cuts the text of one document."""

    def __init__(self, document: DocumentRow) -> None:
        self.document, self.text = document, document.text
        self.evidence = _apart([(one.start, one.end) for one in document.reports], len(self.text))
        self.mentions = _apart([(one.start, one.end) for one in document.mentions], len(self.text))
        self.cuts = sorted({edge for start, end, _ in (*self.evidence, *self.mentions) for edge in (start, end)})
        self.begun: set[int] = set()

    def runs(self, start: int, end: int) -> Iterator[Run]:
        """What stands between two offsets."""
        held: list[Piece] = []
        current: int | None = None
        for low, high in self._between(start, end):
            report = _at(self.evidence, low)
            if held and report != current:
                yield self._run(current, held)
                held = []
            current, number = report, _at(self.mentions, low)
            held.append(Piece(self.text[low:high], None if number is None else self.document.mentions[number]))
        if held:
            yield self._run(current, held)

    def _run(self, report: int | None, held: list[Piece]) -> Run:
        first = report is not None and report not in self.begun
        if report is not None:
            self.begun.add(report)
        return Run(report, first, tuple(held))

    def _between(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        place = bisect_right(self.cuts, start)
        while start < end:
            high = min(self.cuts[place], end) if place < len(self.cuts) else end
            yield start, high
            start, place = high, place + 1


def _at(spans: Spans, place: int) -> int | None:
    found = bisect_right(spans, (place, 1 << 62, 0)) - 1
    return spans[found][2] if found >= 0 and spans[found][0] <= place < spans[found][1] else None
