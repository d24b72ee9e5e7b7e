"""Train the weights of kinds and themes: ``python -m benchmarks.train_subjects [--folds 5 | --by-site]``.

Without an option it trains on all gold documents and writes the weights; ``--folds`` only measures, by document, and
``--by-site`` on each site's posts by weights that saw none of that site. Needs numpy alone, and a few minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import spacy
from pydantic import BaseModel, ConfigDict

from benchmarks.gold import SETS, GoldDocument, read_gold, score_predictions
from config.kinds import DocumentKind, load_kinds
from config.settings import load
from config.themes import Theme, load_themes
from config.yamlfile import load_list
from pipeline.analyse.contract import as_dict
from pipeline.analyse.subjects.classifier import Subjects, found_features
from pipeline.analyse.subjects.cues import cues
from pipeline.analyse.subjects.linear import WEIGHTS, bag, from_json, packed
from pipeline.records import Analysis

Matrix = npt.NDArray[np.float64]

LEAST_DOCUMENTS = 2
"""A feature of fewer documents is not learnt."""
KIND_RIDGE, THEME_RIDGE = 1.0, 0.3
"""Penalties of the weights' squares; chosen by cross-validation among 0.3, 1, 3 and 10."""
INNER_FOLDS = 5
"""Parts of the training documents by which scores are made probabilities."""
_ALWAYS = -1
"""The inner fold of lessons, which are never held out."""
LESSONS = Path(__file__).with_name("kind_lessons.yaml")
"""Beginnings of documents of our own, of a known kind and without themes."""
EMPTY: dict[str, Any] = {"labels": [], "bias": [], "features": {}}


class KindLesson(BaseModel):
    """The beginning of a document of our own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    title: str
    text: str


Lesson = tuple[dict[str, float], str]
"""The features of a lesson, and its kind."""


def read_lessons(finder: Subjects, nlp: spacy.language.Language, path: Path = LESSONS) -> list[Lesson]:
    """Read the lessons of `path`; raises ConfigError for a mistake in the file."""
    lessons = load_list(path, "lessons", KindLesson, unique="title")
    return [(features_of(finder, nlp, lesson.title, lesson.text), lesson.kind) for lesson in lessons]


def train(
    rows: list[dict[str, float]], gold: Sequence[GoldDocument], themes: list[str], lessons: Sequence[Lesson] = ()
) -> dict[str, Any]:
    """Train kinds and themes: ridge regression on 0 and 1, with scores turned into logits of probabilities.

    Kinds are trained on `lessons`, too; probabilities are calibrated on the documents alone.
    """
    by_theme = np.array([[theme in d.labels["themes"] for theme in themes] for d in gold], float)
    told = [*(d.labels["kind"] for d in gold), *(kind for _, kind in lessons)]
    kinds = sorted(set(told))
    by_kind = np.array([[kind == one for kind in kinds] for one in told], float)
    inner = np.array([*(_fold(f"{d.id}/inner", INNER_FOLDS) for d in gold), *(_ALWAYS for _ in lessons)])
    names, matrix = _vectors(rows)
    # What kind of document it is says little of its themes
    of_themes = np.array([not name.startswith("c:") for name in names])
    kept = [name for name, of_theme in zip(names, of_themes, strict=True) if of_theme]
    return {
        "kinds": _train(
            *_vectors([*rows, *(features for features, _ in lessons)]), by_kind, inner, kinds,
            ridge=KIND_RIDGE, calibrate=_temperature,
        ),
        "themes": _train(
            kept, matrix[:, of_themes], by_theme, inner[: len(gold)], themes, ridge=THEME_RIDGE, calibrate=_logistic
        ),
    }  # fmt: skip


def _vectors(rows: list[dict[str, float]]) -> tuple[list[str], Matrix]:
    documents = Counter(name for row in rows for name in row)
    names = sorted(name for name, number in documents.items() if number >= LEAST_DOCUMENTS)
    places = {name: column for column, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for n, row in enumerate(rows):
        for name, value in row.items():
            if name in places:
                matrix[n, places[name]] = value
    return names, matrix


def _train(
    names: list[str],
    matrix: Matrix,
    targets: Matrix,
    inner: npt.NDArray[np.int64],
    labels: list[str],
    *,
    ridge: float,
    calibrate: Callable[[Matrix, Matrix], tuple[float, float]],
) -> dict[str, Any]:
    gram = matrix @ matrix.T
    scores = np.zeros(targets.shape)
    for fold in range(INNER_FOLDS):
        known, held = np.where(inner != fold)[0], np.where(inner == fold)[0]
        share, mean = _solve(gram[np.ix_(known, known)], targets[known], ridge)
        scores[held] = (gram[np.ix_(held, known)] + 1) @ share + mean
    documents = inner != _ALWAYS
    slope, shift = calibrate(scores[documents], targets[documents])
    share, mean = _solve(gram, targets, ridge)
    weights, bias = slope * matrix.T @ share, slope * (share.sum(0) + mean) + shift
    return {
        "labels": labels,
        "bias": [float(v) for v in bias],
        "features": dict(zip(names, weights.tolist(), strict=True)),
    }


def _solve(gram: Matrix, targets: Matrix, ridge: float) -> tuple[Matrix, Matrix]:
    """The dual weights of the documents; the constant feature is the 1 that is added to `gram`."""
    mean = targets.mean(0)
    return np.linalg.solve(gram + 1 + ridge * np.eye(len(gram)), targets - mean), mean


def _temperature(scores: Matrix, targets: Matrix) -> tuple[float, float]:
    """The factor that makes softmax of the scores likeliest."""

    def likelihood(slope: float) -> float:
        logits = slope * scores
        top = logits.max(1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(logits - top).sum(1))
        return float((logits[targets == 1] - total).sum())

    return max((float(slope) for slope in np.arange(1.0, 15.0, 0.25)), key=likelihood), 0.0


def _logistic(scores: Matrix, targets: Matrix) -> tuple[float, float]:
    """Slope and shift that make the sigmoid of the scores likeliest, the same for all labels: Newton's method."""
    x, y = scores.ravel(), targets.ravel()
    at = np.array([4.0, -2.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-(at[0] * x + at[1])))
        gradient = np.array([((y - p) * x).sum(), (y - p).sum()])
        w = p * (1 - p)
        curve = np.array([[(w * x * x).sum(), (w * x).sum()], [(w * x).sum(), w.sum()]])
        at = at + np.linalg.solve(curve, gradient)
    return float(at[0]), float(at[1])


def _fold(id_: str, folds: int) -> int:
    return int(hashlib.md5(id_.encode()).hexdigest(), 16) % folds


def site_of(id_: str) -> str:
    """The site of a post; documents of the domain set, whose ids name none, are always trained on."""
    return id_.partition(":")[0] if ":" in id_ else ""


def features_of(finder: Subjects, nlp: spacy.language.Language, title: str, text: str) -> dict[str, float]:
    """Return everything that training sees of a document."""
    return bag(title, text, found_features(*finder.find(nlp.make_doc(text), title))) | cues(title, text)


def cross_validate(
    rows: list[dict[str, float]],
    gold: list[GoldDocument],
    declared: tuple[list[Theme], list[DocumentKind]],
    parts: Sequence[str],
    lessons: Sequence[Lesson],
) -> None:
    """Print the figures of documents that their weights have not seen; `parts` has the part of each document."""
    nlp = spacy.blank("en")
    themes, kinds = declared
    lines: dict[str, list[dict[str, Any]]] = {name: [] for name in SETS}
    right, expected, given, both = 0, 0, 0, 0
    for held in sorted({part for part in parts if part}):
        known = [n for n, part in enumerate(parts) if part != held]
        data = train([rows[n] for n in known], [gold[n] for n in known], [theme.id for theme in themes], lessons)
        subjects = Subjects(nlp, themes, kinds, (from_json(data["kinds"]), from_json(data["themes"])))
        for document in (d for d, part in zip(gold, parts, strict=True) if part == held):
            kind, score, found = subjects.classify(nlp.make_doc(document.text), document.text, document.title)
            lines[document.group].append(as_dict(document.id, Analysis("en", kind, score, found)))
            ids = {theme.id for theme in found}
            right += kind == document.labels["kind"]
            expected, given = expected + len(document.labels["themes"]), given + len(ids)
            both += len(ids & set(document.labels["themes"]))
    number = sum(map(len, lines.values()))
    print(f"all {number}: kind {right / number:.3f}, themes F1 {2 * both / (expected + given):.3f}", flush=True)
    for name in SETS:
        if lines[name]:
            figures = score_predictions(name, lines[name])
            print(name, json.dumps({k: figures[k] for k in ("kind", "themes")}), flush=True)


def main() -> None:
    """Train, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--by-site", action="store_true")
    options = parser.parse_args()
    settings = load()
    themes, kinds = load_themes(settings.themes_file), load_kinds(settings.kinds_file)
    nlp = spacy.blank("en")
    finder = Subjects(nlp, themes, kinds, (from_json(EMPTY), from_json(EMPTY)))
    gold = list(read_gold())
    rows = [features_of(finder, nlp, d.title, d.text) for d in gold]
    lessons = read_lessons(finder, nlp)
    if options.folds or options.by_site:
        parts = [site_of(d.id) if options.by_site else str(_fold(d.id, options.folds)) for d in gold]
        cross_validate(rows, gold, (themes, kinds), parts, lessons)
        return
    data = train(rows, gold, [theme.id for theme in themes], lessons)
    WEIGHTS.write_bytes(packed({name: from_json(one) for name, one in data.items()}))
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
