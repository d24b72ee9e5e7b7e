"""Other names in the same sentences, so that the network learns the places of names and not the sites' own names."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np

from benchmarks.names.data import Window, shape
from pipeline.analyse.encoder.marks import BREAKS, CASES, GROUPS, case

SWAP = 0.35
"""Share of the organisations that get another name."""
CAPITALS = 0.03
"""Share of the windows that are written in capitals."""
_GLUED, _BLANK = len(CASES) + BREAKS.index("glued"), len(CASES) + BREAKS.index("blank")
_LEVEL = GROUPS[0] + GROUPS[1]


class Augmenter:
    """Changes windows at random."""

    def __init__(
        self, names: Mapping[str, list[list[str]]], register: Mapping[str, int], chance: random.Random
    ) -> None:
        self._names = names
        self._register = register
        self._chance = chance

    def __call__(self, window: Window) -> Window:
        """Return `window`, or a changed copy."""
        window = self._swap(window)
        if self._chance.random() < CAPITALS:
            forms = [form.upper() for form in window.forms]
            rows = window.rows.copy()
            rows[:, 0] = [case(form) for form in forms]
            return Window(window.id, forms, rows, window.labels)
        return window

    def _swap(self, window: Window) -> Window:
        chosen: dict[tuple[str, ...], list[str] | None] = {}
        forms: list[str] = []
        rows: list[np.ndarray] = []
        labels: list[int] = []
        at = 0
        while at < len(window.forms):
            end = at + 1
            if window.labels[at] == 1:
                while end < len(window.forms) and window.labels[end] == 2:
                    end += 1
            name = tuple(window.forms[at:end])
            if window.labels[at] == 1 and name not in chosen:
                chosen[name] = self._other(list(name))
            other = chosen.get(name) if window.labels[at] == 1 else None
            if other is None:
                forms.extend(name)
                rows.extend(window.rows[at:end])
                labels.extend(window.labels[at:end])
            else:
                forms.extend(other)
                rows.extend(self._row(window.rows[at], form, n) for n, form in enumerate(other))
                labels.extend([1] + [2] * (len(other) - 1))
            at = end
        return Window(window.id, forms, np.array(rows), labels)

    def _other(self, name: list[str]) -> list[str] | None:
        names = self._names.get(shape(name))
        if not names or self._chance.random() >= SWAP:
            return None
        return self._chance.choice(names)

    def _row(self, first: np.ndarray, form: str, n: int) -> np.ndarray:
        row = first.copy()
        row[0] = case(form)
        if n:
            row[1] = _BLANK if form[0].isalnum() else _GLUED
        row[2] = _LEVEL + self._register.get(form.lower(), 0)
        return row
