"""The spaCy component ``pactwatch_names``: fills ``doc.spans["names"]`` with candidate organisations and projects.

Created with ``{"states": True}`` it leaves the encoder's hidden states for components that stand after it, which read
them with `states_of` and should drop them with `drop_states`, as they take 768 bytes a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.analyse.encoder.encoder import Encoder, Hidden, Reading
from pipeline.analyse.names.entities import SPANS
from pipeline.analyse.names.tagger import Tagger, load_weights

NAME = "pactwatch_names"
_STATES = "pactwatch_states"


class NameTagger:
    """Encoder and random field as one component."""

    def __init__(self, tagger: Tagger, encoder: Encoder, states: bool = False) -> None:
        self._tagger = tagger
        self._encoder = encoder
        self._states = states

    def __call__(self, doc: Doc) -> Doc:
        reading = self._encoder(doc.text, self._states)
        doc.spans[SPANS] = self._tagger(doc, reading)
        _keep_states(doc, reading)
        return doc


def states_of(doc: Doc) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Hidden]]:
    """Yield ``(starts, ends, hidden)`` of each window read: characters of the words in ``doc.text``, words x width.

    Windows stand in order and do not overlap; parts of the text without a capital were not read.
    """
    for key in sorted(key for key in doc.user_data if _is_state(key)):
        starts, ends, hidden = doc.user_data[key]
        yield starts + key[2], ends + key[2], hidden


def drop_states(doc: Doc) -> None:
    """Forget the hidden states."""
    for key in [key for key in doc.user_data if _is_state(key)]:
        del doc.user_data[key]


def _is_state(key: object) -> bool:
    return isinstance(key, tuple) and key[:2] == ("._.", _STATES)


def _keep_states(doc: Doc, reading: Reading) -> None:
    """Keep the states under keys that spaCy moves along when it joins documents, as those of a span's extension."""
    kept: dict[Any, Any] = doc.user_data
    starts, ends = np.array(reading.words.starts, np.int64), np.array(reading.words.ends, np.int64)
    for states in reading.states:
        first, last = int(starts[states.words[0]]), int(ends[states.words[-1]])
        offsets = (starts[states.words] - first, ends[states.words] - first)
        kept["._.", _STATES, first, last] = (*offsets, states.hidden)


@Language.factory(NAME, assigns=["doc.spans"], default_config={"states": False})
def create_names(nlp: Language, name: str, states: bool) -> NameTagger:
    """Create the component with the trained weights; raises FileNotFoundError where they are missing."""
    weights = load_weights()
    return NameTagger(Tagger(weights), Encoder(register=weights.register), states)
