"""A model without weights, for training to start from."""

from __future__ import annotations

from typing import Any

_NOTHING: dict[str, Any] = {"labels": ["collaboration"], "bias": [0.0], "weights": {}}
UNTRAINED: dict[str, Any] = {
    "bias": 0.0, "shared": {}, "own": {"in": {}, "ctx": {}, "block": {}}, "slope": 1.0, "offset": 0.0, "threshold": 0.5,
    "kinds": _NOTHING, "status": {**_NOTHING, "labels": ["signed"]},
}  # fmt: skip
