"""Train the weights of kinds and themes: ``python -m benchmarks.train_subjects [--folds 5]``; needs scikit-learn.

Without an option it trains on all gold documents and writes the weights; ``--folds`` only measures, by document.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections import Counter
from typing import Any

import numpy as np
import spacy
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.gold import SETS, GoldDocument, read_gold, score_predictions
from config.kinds import DocumentKind, load_kinds
from config.settings import load
from config.themes import Theme, load_themes
from pipeline.analyse.contract import as_dict
from pipeline.analyse.subjects.classifier import Subjects, found_features
from pipeline.analyse.subjects.linear import WEIGHTS, bag, from_json
from pipeline.records import Analysis

LEAST_DOCUMENTS = 3
"""A feature of fewer documents is not learnt."""
SMALLEST = 0.02
"""Features all of whose weights are smaller are left out."""
EMPTY = {"labels": [], "bias": [], "features": {}}


def train_one(rows: list[dict[str, float]], targets: Any, labels: list[str]) -> dict[str, Any]:
    """Return weights as `linear.from_json` reads them; `targets` is one label a row, or one column per label."""
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(rows)
    if targets.ndim == 1:
        model = LogisticRegression(C=1.0, max_iter=500).fit(matrix, targets)
        labels, weights, bias = list(model.classes_), model.coef_, model.intercept_
    else:
        models = [LogisticRegression(C=1.0, max_iter=500).fit(matrix, targets[:, j]) for j in range(len(labels))]
        weights, bias = np.vstack([m.coef_ for m in models]), np.concatenate([m.intercept_ for m in models])
    kept = {
        name: [round(float(v), 3) for v in weights[:, column]]
        for column, name in enumerate(vectors.get_feature_names_out())
        if abs(weights[:, column]).max() >= SMALLEST
    }
    return {"labels": labels, "bias": [round(float(b), 4) for b in bias], "features": kept}


def train(rows: list[dict[str, float]], gold: list[GoldDocument], themes: list[str]) -> dict[str, Any]:
    """Train kinds and themes."""
    documents = Counter(name for row in rows for name in row)
    rows = [{k: v for k, v in row.items() if documents[k] >= LEAST_DOCUMENTS} for row in rows]
    by_theme = np.array([[theme in d.labels["themes"] for theme in themes] for d in gold])
    by_kind = np.array([d.labels["kind"] for d in gold])
    return {"kinds": train_one(rows, by_kind, []), "themes": train_one(rows, by_theme, themes)}


def fold_of(document: GoldDocument, folds: int) -> int:
    """Return the fold of a document, by a digest of its id."""
    return int(hashlib.md5(document.id.encode()).hexdigest(), 16) % folds


def cross_validate(
    rows: list[dict[str, float]], gold: list[GoldDocument], themes: list[Theme], kinds: list[DocumentKind], folds: int
) -> None:
    """Print the figures of documents that their weights have not seen."""
    nlp = spacy.blank("en")
    lines: dict[str, list[dict[str, Any]]] = {name: [] for name in SETS}
    for held in range(folds):
        known = [n for n, d in enumerate(gold) if fold_of(d, folds) != held]
        data = train([rows[n] for n in known], [gold[n] for n in known], [theme.id for theme in themes])
        subjects = Subjects(nlp, themes, kinds, (from_json(data["kinds"]), from_json(data["themes"])))
        for document in (d for d in gold if fold_of(d, folds) == held):
            kind, score, found = subjects.classify(nlp.make_doc(document.text), document.text, document.title)
            lines[document.group].append(as_dict(document.id, Analysis("en", kind, score, found)))
    for name in SETS:
        figures = score_predictions(name, lines[name])
        print(name, json.dumps({k: figures[k] for k in ("kind", "themes")}), flush=True)


def main() -> None:
    """Train, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    settings = load()
    themes, kinds = load_themes(settings.themes_file), load_kinds(settings.kinds_file)
    nlp = spacy.blank("en")
    finder = Subjects(nlp, themes, kinds, (from_json(EMPTY), from_json(EMPTY)))
    gold = list(read_gold())
    rows = [bag(d.title, d.text, found_features(*finder.find(nlp.make_doc(d.text), d.title))) for d in gold]
    if options.folds:
        cross_validate(rows, gold, themes, kinds, options.folds)
        return
    data = json.dumps(train(rows, gold, [theme.id for theme in themes]), ensure_ascii=False)
    WEIGHTS.write_bytes(gzip.compress(data.encode(), mtime=0))
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
