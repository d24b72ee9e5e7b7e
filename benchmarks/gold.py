"""The gold documents of ``shared/eval/dev`` and its scorer, for training and measuring."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVAL = Path(__file__).parents[2] / "shared" / "eval"
SETS = ("domain", "real")


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A document with the spans of its names and its other labels."""

    group: str
    id: str
    title: str
    text: str
    spans: dict[tuple[int, int], str]
    labels: dict[str, Any]


def read_gold(folder: Path = EVAL) -> Iterator[GoldDocument]:
    """Yield all gold documents, both sets."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    for name in SETS:
        labels = score.read(str(folder / "dev" / f"{name}.jsonl"))
        for row in score.read(str(folder / "dev" / f"{name}_texts.jsonl")).values():
            gold = labels[row["id"]]
            yield GoldDocument(name, row["id"], row["title"], row["text"], score.gold_spans(row["text"], gold), gold)


def score_predictions(
    name: str, rows: Iterable[dict[str, Any]], folder: Path = EVAL, errors: Path | None = None
) -> dict[str, Any]:
    """Run score.py on the rows predicted for the set `name`; documents without a row count as missed by it."""
    dev = folder / "dev"
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        out.flush()
        command = [
            sys.executable,
            str(folder / "score.py"),
            str(dev / f"{name}.jsonl"),
            str(dev / f"{name}_texts.jsonl"),
        ]
        command += [out.name, "--json"] + (["--errors", str(errors)] if errors else [])
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(answer.stdout)
    return figures
