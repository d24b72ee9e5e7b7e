"""The trained name tagger: a linear-chain conditional random field, run with numpy, that hears the encoder too.

Lafferty, McCallum and Pereira, "Conditional random fields" (2001). Trained by ``python -m benchmarks.train_names``.
Field and encoder are trained apart and multiplied as experts (Hinton 2002): the best sequence of tags is that of the
sum of the field's scores, times `FIELD`, the encoder's log-probabilities and `PROJECTS`.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from spacy.attrs import IDX
from spacy.tokens import Doc, Span

from pipeline.analyse.names.features import context, features
from pipeline.analyse.names.segments import segments

if TYPE_CHECKING:
    from pipeline.analyse.encoder.encoder import Reading

WEIGHTS = Path(__file__).with_name("names.json.gz")
TAGS = ("O", "B-organisation", "I-organisation", "B-project", "I-project")

FIELD = 1.0
"""Weight of the random field beside the encoder, chosen on the folds."""
PROJECTS = np.array([0.0, 0.0, 0.0, 1.5, 1.5], np.float32)
"""Added to the scores of the tags: projects are rare, and both models find too few. Chosen on the folds."""

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that training learned."""

    rows: dict[str, int]
    """Feature -> row of `emission`."""
    emission: Matrix
    """One column per tag of `TAGS`; the last row, of zeros, is that of every unknown feature."""
    transition: Matrix
    register: dict[str, int]
    """How common a word is in names of the organisation register, 1 to 4."""


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Read the weights; raises OSError where the file is missing."""
    with gzip.open(path, "rt", encoding="utf8") as stream:
        return from_json(json.load(stream))


def from_json(data: dict[str, Any]) -> Weights:
    """Build `Weights` from ``{"features": {name: [one per tag]}, "transition": [[…]], "register": {…}}``."""
    rows = {name: row for row, name in enumerate(data["features"])}
    emission = np.zeros((len(rows) + 1, len(TAGS)), np.float32)
    if rows:
        emission[:-1] = np.array(list(data["features"].values()), np.float32)
    return Weights(rows, emission, np.array(data["transition"], np.float32), data["register"])


class Tagger:
    """Finds spans of organisations and projects in a Doc; needs no other component."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def __call__(self, doc: Doc, reading: Reading | None = None) -> list[Span]:
        """Return labelled spans in order, without overlap; `reading` is what the encoder made of ``doc.text``."""
        seen = context(doc)
        runs = list(segments(seen.marks, seen.forms))
        if not runs:
            return []
        rows, unknown = self._weights.rows, len(self._weights.rows)
        register = self._weights.register
        at: list[int] = []
        firsts: list[int] = []
        for start, end in runs:
            for i in range(start, end):
                firsts.append(len(at))
                at.extend(rows.get(name, unknown) for name in features(seen, i, register))
        scores = np.add.reduceat(self._weights.emission[at], firsts, axis=0)
        transition = self._weights.transition
        if reading is not None:
            places = np.concatenate([np.arange(start, end) for start, end in runs])
            scores = FIELD * scores + reading.scores[_words_of(doc, reading)[places]] + PROJECTS
            transition = FIELD * transition
        spans: list[Span] = []
        done = 0
        for start, end in runs:
            tags = viterbi(scores[done : done + end - start], transition)
            spans.extend(Span(doc, start + a, start + b, label=label) for a, b, label in decode(tags))
            done += end - start
        return spans


def _words_of(doc: Doc, reading: Reading) -> npt.NDArray[np.int64]:
    """Return for each token the number of the word in which it begins, or of the next one."""
    starts = doc.to_array([IDX]).astype(np.int64).ravel()
    ends = np.array(reading.words.ends)
    return np.minimum(np.searchsorted(ends, starts, "right"), len(ends) - 1)


def viterbi(scores: Matrix, transition: Matrix) -> list[int]:
    """Return the best sequence of tags for `scores` (tokens x tags)."""
    best = scores[0]
    back = []
    for row in scores[1:]:
        paths = best[:, None] + transition
        back.append(paths.argmax(0))
        best = paths.max(0) + row
    tags = [int(best.argmax())]
    for pointers in reversed(back):
        tags.append(int(pointers[tags[-1]]))
    return tags[::-1]


def decode(tags: list[int]) -> list[tuple[int, int, str]]:
    """Return ``(start, end, label)`` of each span of tag numbers; an I without its B begins a span."""
    spans: list[tuple[int, int, str]] = []
    for i, number in enumerate(tags):
        place, _, label = TAGS[number].partition("-")
        if place == "B" or (place == "I" and not (spans and spans[-1][1] == i and spans[-1][2] == label)):
            spans.append((i, i + 1, label))
        elif place == "I":
            spans[-1] = (spans[-1][0], i + 1, label)
    return spans
