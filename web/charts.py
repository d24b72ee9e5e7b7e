"""Bars for SVG: numbers in, rectangles out. Pure; the template draws them, a table behind holds the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 1000.0
HEIGHT = 100.0
MOST_BARS = 180
"""More months than this are shown as years."""
NICE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; units are those of the drawing (`WIDTH` by `HEIGHT`)."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over a line of time."""

    bars: tuple[Bar, ...]
    top: int
    """Value at the upper edge."""
    unit: str
    """``month`` or ``year``."""

    @property
    def first(self) -> str:
        """Where it begins."""
        return self.bars[0].label if self.bars else ""

    @property
    def last(self) -> str:
        """Where it ends."""
        return self.bars[-1].label if self.bars else ""

    @property
    def filled(self) -> tuple[Bar, ...]:
        """Bars that are not empty."""
        return tuple(bar for bar in self.bars if bar.value)


def months(counts: Iterable[tuple[str, int]]) -> Chart:
    """Counts of months (``2021-04``), drawn without gaps from the first to the last; by year where they are many."""
    held: Counter[str] = Counter()
    for month, count in counts:
        held[month] += count
    if not held:
        return Chart((), 0, "month")
    span = _span(min(held), max(held))
    if len(span) <= MOST_BARS:
        return _chart([(month, held[month]) for month in span], "month")
    return years((month[:4], count) for month, count in held.items())


def years(counts: Iterable[tuple[str, int]]) -> Chart:
    """Counts of years, drawn without gaps."""
    held: Counter[str] = Counter()
    for year, count in counts:
        held[year] += count
    if not held:
        return Chart((), 0, "year")
    first, last = int(min(held)), int(max(held))
    return _chart([(f"{year:04}", held[f"{year:04}"]) for year in range(first, last + 1)], "year")


def _span(first: str, last: str) -> list[str]:
    begin, end = _ordinal(first), _ordinal(last)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(begin, end + 1)]


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _chart(values: Sequence[tuple[str, int]], unit: str) -> Chart:
    top = nice(max(count for _, count in values))
    step = WIDTH / len(values)
    # A single month is a bar among others, not a wall.
    width = min(step * 0.8, 40.0)
    bars = []
    for place, (label, count) in enumerate(values):
        height = max(HEIGHT * count / top, 2.0) if count else 0.0
        x = place * step + (step - width) / 2
        bars.append(Bar(label, count, round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2)))
    return Chart(tuple(bars), top, unit)


def nice(value: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, … that is not below the value."""
    power = 1
    while True:
        for one in NICE:
            if one * power >= value:
                return one * power
        power *= 10


def spark(chart_values: Sequence[int], width: float = 120.0, height: float = 24.0) -> str:
    """Points of a small line over the values, for ``<polyline points=…>``."""
    if not chart_values:
        return ""
    top = max(1, *chart_values)
    step = width / max(1, len(chart_values) - 1)
    return " ".join(
        f"{place * step:.1f},{height - 1 - (height - 2) * value / top:.1f}" for place, value in enumerate(chart_values)
    )
