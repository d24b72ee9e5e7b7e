"""The trained weights: is a candidate a stated pair, of which kind, in which status. Plain sums, no library."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, slots=True)
class Softmax:
    """A linear classifier over several labels."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    weights: dict[str, list[float]]

    def logs(self, names: Sequence[str]) -> list[float]:
        """Log-probability of each label."""
        totals = list(self.bias)
        for name in names:
            row = self.weights.get(name)
            if row is not None:
                for at, weight in enumerate(row):
                    totals[at] += weight
        top = max(totals)
        norm = top + math.log(sum(math.exp(total - top) for total in totals))
        return [total - norm for total in totals]


@dataclass(frozen=True)
class Model:
    """Weights by feature name, fitted by `pipeline.analyse.agreements.train`."""

    bias: float
    shared: dict[str, float]
    """Weights that hold in every mode."""
    own: dict[str, dict[str, float]]
    """Weights of a mode, on top of the shared ones."""
    kinds: Softmax
    status: Softmax
    slope: float
    offset: float
    """Calibration on held-out folds: probability = logistic(slope * score + offset)."""
    threshold: float
    """Pairs with a lower probability are not reported."""

    @cached_property
    def _joined(self) -> dict[str, dict[str, float]]:
        """Shared and own weights of each mode added up: one look-up a feature."""
        shared = self.shared
        return {
            mode: shared | {name: weight + shared.get(name, 0.0) for name, weight in own.items()}
            for mode, own in self.own.items()
        }

    def score(self, mode: str, names: Sequence[str]) -> float:
        """Uncalibrated log-odds that a candidate is a stated pair."""
        weights = self._joined[mode]
        return self.bias + sum(weights[name] for name in names if name in weights)

    def probability(self, score: float) -> float:
        """Calibrated probability of a score."""
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.slope * score + self.offset))))


@lru_cache(maxsize=2)
def load_model(path: Path = WEIGHTS) -> Model:
    """Read the weights; a constant of the package, so reading them once is enough."""
    raw = json.loads(path.read_text(encoding="utf8"))
    return from_json(raw)


def from_json(raw: dict) -> Model:  # type: ignore[type-arg]  # the file's own shape, written by train.py
    """Build the model from what `train.py` writes."""

    def softmax(part: dict) -> Softmax:  # type: ignore[type-arg]
        return Softmax(tuple(part["labels"]), tuple(part["bias"]), part["weights"])

    return Model(
        raw["bias"], raw["shared"], raw["own"], softmax(raw["kinds"]), softmax(raw["status"]),
        raw["slope"], raw["offset"], raw["threshold"],
    )  # fmt: skip
