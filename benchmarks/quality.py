"""Quality of the analysis on gold documents: ``python -m benchmarks.quality [--gold FOLDER] [--json]``.

Runs the analyser over every ``X_texts.jsonl`` of the folder that has an ``X.jsonl`` beside it, and lets the gold's own
``score.py`` measure what came out. The weights in the package have seen the documents of `dev`: the figures of unseen
documents come from ``benchmarks.train_names --folds 5`` and ``benchmarks.train_subjects --folds 5``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from config.agreements import load_agreements
from config.kinds import load_kinds
from config.settings import load
from config.themes import load_themes
from pipeline.analyse import Analyser, load_analyser
from pipeline.analyse.contract import analyse_lines, read_texts

GOLD = Path(__file__).parents[2] / "shared" / "eval" / "dev"


def build_analyser() -> Analyser:
    """Build the analyser that the settings in force describe."""
    settings = load()
    return load_analyser(
        load_themes(settings.themes_file), load_kinds(settings.kinds_file), load_agreements(settings.agreements_file)
    )


def measure(analyser: Analyser, gold: Path, name: str, errors: Path | None = None) -> dict[str, Any]:
    """Analyse the set `name` of the folder `gold` and return the figures of score.py."""
    texts = gold / f"{name}_texts.jsonl"
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf8") as out:
        for row in analyse_lines(analyser, read_texts([texts])):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        out.flush()
        command = [sys.executable, str(gold.parent / "score.py"), str(gold / f"{name}.jsonl"), str(texts), out.name]
        command += ["--json"] + (["--errors", str(errors / f"{name}.tsv")] if errors else [])
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(answer.stdout)
    return figures


def main() -> None:
    """Print the figures of every set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--errors", type=Path, help="folder for one file of differences a set")
    options = parser.parse_args()
    sets = [path.stem for path in sorted(options.gold.glob("*.jsonl")) if not path.stem.endswith("_texts")]
    if not sets:
        sys.exit(f"{options.gold}: no gold documents here: give their folder with --gold")
    analyser = build_analyser()
    figures = {name: measure(analyser, options.gold, name, options.errors) for name in sets}
    if options.json:
        print(json.dumps(figures))
        return
    for name, values in figures.items():
        print(f"{name}")
        for figure, value in values.items():
            shown = "  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
            print(f"  {figure:26}{shown}")


if __name__ == "__main__":
    main()
