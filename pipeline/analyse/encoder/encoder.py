"""The trained encoder, run with onnxruntime: log-probabilities of the name tags of every word, hidden states.

Trained and written by ``python -m benchmarks.train_encoder``; see docs/model-names.md. One thread, one window at a
time: batches are no faster on a processor, and as the eight-bit numbers are scaled by the largest of a batch, what is
found in a document would depend on the documents beside it.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from pipeline.analyse.encoder.marks import Rows, marks
from pipeline.analyse.encoder.pieces import WordPieces
from pipeline.analyse.encoder.windows import windows, worth_reading
from pipeline.analyse.names.words import Words, split

FOLDER = Path(__file__).parent
NETWORK, VOCABULARY = "names.onnx", "vocabulary.txt.gz"
OUTSIDE = -20.0
"""Logarithm of the probability of a name where no word has a capital."""

Scores = npt.NDArray[np.float32]
Hidden = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class States:
    """The last hidden states of a window's words, each at the first piece of its word."""

    words: list[int]
    """Numbers of the window's words, rising."""
    hidden: Hidden
    """Words x width."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the encoder made of a text."""

    words: Words
    scores: Scores
    """Words x tags, natural logarithms; a word that was not read is surely outside of names."""
    states: list[States]
    """Of the windows read; empty unless asked for."""


class Encoder:
    """Reads texts. Holds the network, no state of the texts."""

    def __init__(self, folder: Path = FOLDER, register: Mapping[str, int] | None = None) -> None:
        """Load the network and vocabulary from `folder`; raises FileNotFoundError that says what is missing."""
        for name in (NETWORK, VOCABULARY):
            if not (folder / name).exists():
                message = f"{folder / name} is missing: reinstall Pactwatch with its weights, or run `make train`"
                raise FileNotFoundError(message)
        self._pieces = WordPieces(gzip.decompress((folder / VOCABULARY).read_bytes()).decode("utf8").split("\n"))
        self._register = register or {}
        self._session = _session(folder / NETWORK)
        self.tags = int(self._session.get_outputs()[0].shape[-1])
        """Number of tags scored."""

    def __call__(self, text: str, states: bool = False) -> Reading:
        """Read `text`, with the hidden `states` of its windows where asked for."""
        words = split(text)
        scores = np.full((len(words.forms), self.tags), OUTSIDE, np.float32)
        scores[:, 0] = 0.0
        reading = Reading(words, scores, [])
        if not words.forms:
            return reading
        rows = marks(text, words, self._register)
        pieces = [self._pieces(form) for form in words.forms]
        kept = worth_reading(words.forms, rows)
        forms, lengths = [words.forms[i] for i in kept], [len(pieces[i]) for i in kept]
        for start, end in windows(forms, lengths, rows[kept].tolist()):
            some = kept[start:end]
            found = self._run([pieces[i] for i in some], rows[some], states)
            scores[some] = found[0]
            if states:
                reading.states.append(States(some, found[1].astype(np.float16)))
        return reading

    def _run(self, pieces: list[tuple[int, ...]], rows: Rows, states: bool) -> list[Scores]:
        """Return the scores, and with `states` the hidden states, at the first piece of each word."""
        counts = [len(cut) for cut in pieces]
        numbers = np.array([self._pieces.start, *chain.from_iterable(pieces), self._pieces.end])
        repeated = np.repeat(rows, counts, axis=0)
        feed = {"pieces": numbers[None], "marks": np.vstack([rows[:1], repeated, rows[-1:]])[None]}
        places = np.cumsum([1, *counts[:-1]])
        outputs = ["scores", "hidden"] if states else ["scores"]
        return [output[0, places] for output in self._session.run(outputs, feed)]


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    # The fused node takes several times longer than its parts.
    slower = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"], disabled_optimizers=slower)
