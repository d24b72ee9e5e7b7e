"""A linear classifier whose weights are ours: ridge regression on words, one weight a label, run with numpy."""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WEIGHTS = Path(__file__).with_name("subjects.json.gz")
HEAD_CHARACTERS = 600
"""A document says what it is at its beginning: the words there count once more, as words of the head."""
MOST_CHARACTERS = 40_000
"""A book is classified by its first pages."""

WORDS_WEIGHT = 3.0
"""Length of the words' part of the features, against about 1 of the others; 1, 2, 3 gave kinds 0.65, 0.68, 0.70."""

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_BULLETS = frozenset("-•▪*–·")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONEY = re.compile(r"[€$£]\s?\d|\d\s(?:million|billion|m)\b")
_DAY = re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTH})\b|\b(?:{_MONTH}) \d{{1,2}}\b")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b|\d ?(?:am|pm|CET|CEST|EST|ET)\b")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?|\d{4}|\d+")


def bag(title: str, text: str, found: Mapping[str, int]) -> dict[str, float]:
    """Return the features of a document: its words and pairs (length `WORDS_WEIGHT`), its form, and `found`.

    `found` holds how many distinct words of a label stand in a place: ``{"title theme:ageing": 2}``.
    """
    body = _words(text[:MOST_CHARACTERS])
    counts: Counter[str] = Counter(body)
    counts.update(map(" ".join, pairwise(body)))
    features = {word: 1 + math.log(n) for word, n in counts.items()}
    heading = _words(title)
    features.update((f"t:{word}", 2.0) for word in {*heading, *map(" ".join, pairwise(heading))})
    features.update((f"h:{word}", 1.0) for word in _words(text[:HEAD_CHARACTERS]))
    length = math.sqrt(sum(v * v for v in features.values())) or 1.0
    scaled = {name: WORDS_WEIGHT * value / length for name, value in features.items()}
    spread = math.sqrt(max(len(body), 50) / 50)
    for place, number in found.items():
        scaled[f"v:{place}"] = min(2.0, 0.6 * number) if place[0] in "th" else min(2.0, number / spread)
    return scaled | shape(title, text)


def shape(title: str, text: str) -> dict[str, float]:
    """Return features of the form: lines, bullets, slides, dates, times, sums."""
    lines = [line for line in text[:MOST_CHARACTERS].splitlines() if line.strip()] or [""]
    head = text[:HEAD_CHARACTERS]
    values = {
        "short lines": sum(len(line) < 60 for line in lines) / len(lines),
        "bullets": sum(line.lstrip()[:1] in _BULLETS for line in lines) / len(lines),
        "slides": "[slide" in text[:2000].lower() or "page 1" in text[:2000].lower(),
        "long": min(1.0, len(text) / 4000),
        "question": "?" in title,
        "how": title.lower().startswith(("how", "what", "why", "when", "using")),
        "year": bool(_YEAR.search(title)),
        "money": bool(_MONEY.search(head)),
        "money in title": bool(_MONEY.search(title)),
        "day": bool(_DAY.search(head)),
        "clock": bool(_CLOCK.search(text[:MOST_CHARACTERS])),
        "colon": ":" in title,
    }
    return {f"x:{name}": float(value) for name, value in values.items()}


def _words(text: str) -> list[str]:
    return ["0000" if w.isdigit() and len(w) == 4 else "0" if w.isdigit() else w for w in _WORD.findall(text.lower())]


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of several labels over the features of `bag`."""

    labels: tuple[str, ...]
    rows: dict[str, int]
    weights: npt.NDArray[np.float32]
    """Features x labels."""
    bias: npt.NDArray[np.float32]

    def scores(self, features: Mapping[str, float]) -> npt.NDArray[np.float32]:
        """Return one score per label: above 0 means more likely than not."""
        known = [(self.rows[name], value) for name, value in features.items() if name in self.rows]
        if not known:
            return self.bias
        at, values = zip(*known, strict=True)
        result: npt.NDArray[np.float32] = np.array(values, np.float32) @ self.weights[list(at)] + self.bias
        return result


def from_json(data: Mapping[str, Any]) -> Linear:
    """Build from ``{"labels": […], "bias": […], "features": {name: [one weight per label]}}``."""
    rows = {name: row for row, name in enumerate(data["features"])}
    shape = (len(rows), len(data["labels"]))
    weights = np.array(list(data["features"].values()), np.float32).reshape(shape)
    return Linear(tuple(data["labels"]), rows, weights, np.array(data["bias"], np.float32))


def packed(classifiers: Mapping[str, Linear]) -> bytes:
    """Write classifiers in one byte a weight, gzipped; the same weights give the same bytes."""
    data = {}
    for name, one in classifiers.items():
        scale = np.abs(one.weights).max(0, initial=1e-9) / 127
        small = np.rint(one.weights / scale).astype(np.int8)
        kept = np.abs(small).max(1, initial=0) > 1
        data[name] = {
            "labels": one.labels,
            "bias": [round(float(v), 5) for v in one.bias],
            "scale": [float(f"{v:.6g}") for v in scale],
            "features": "\t".join(f for f, row in one.rows.items() if kept[row]),
            "weights": base64.b64encode(small[kept].tobytes()).decode(),
        }
    return gzip.compress(json.dumps(data, ensure_ascii=False).encode(), mtime=0)


def load_linear(names: Iterable[str], path: Path = WEIGHTS) -> list[Linear]:
    """Read the classifiers `names` (``kinds``, ``themes``) as `packed` wrote them.

    Raises OSError where the file is missing.
    """
    with gzip.open(path, "rt", encoding="utf8") as stream:
        data = json.load(stream)
    return [_unpacked(data[name]) for name in names]


def _unpacked(data: Mapping[str, Any]) -> Linear:
    rows = {name: row for row, name in enumerate(data["features"].split("\t"))}
    small = np.frombuffer(base64.b64decode(data["weights"]), np.int8).reshape(len(rows), len(data["labels"]))
    weights = small.astype(np.float32) * np.array(data["scale"], np.float32)
    return Linear(tuple(data["labels"]), rows, weights, np.array(data["bias"], np.float32))
