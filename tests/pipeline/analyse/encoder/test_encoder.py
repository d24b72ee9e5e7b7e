"""The encoder with its real weights: shapes, independence, odd texts, what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.analyse.encoder.encoder import OUTSIDE, Encoder
from pipeline.analyse.names.tagger import TAGS, load_weights

TEXT = "The University of Oslo and Acme GmbH signed an agreement. It rained, and it poured."


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(register=load_weights().register)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"names\.onnx is missing: reinstall .* or run `make train`"):
        Encoder(tmp_path)


def test_every_word_has_the_probabilities_of_the_tags(encoder: Encoder) -> None:
    reading = encoder(TEXT)
    assert reading.scores.shape == (len(reading.words.forms), len(TAGS))
    assert np.exp(reading.scores).sum(1) == pytest.approx(1, abs=1e-4)
    best = dict(zip(reading.words.forms, reading.scores.argmax(1), strict=True))
    assert TAGS[best["University"]] == "B-organisation"
    assert TAGS[best["Oslo"]] == "I-organisation"
    assert TAGS[best["signed"]] == "O"


def test_words_that_are_not_read_are_outside_of_names(encoder: Encoder) -> None:
    scores = encoder("no name here. nor here").scores
    assert (scores[:, 0] == 0).all()
    assert (scores[:, 1:] == OUTSIDE).all()


def test_states_come_when_asked_for_at_the_words_read(encoder: Encoder) -> None:
    assert encoder(TEXT).states == []
    reading = encoder(TEXT, states=True)
    [states] = reading.states
    assert [reading.words.forms[i] for i in states.words][-3:] == ["an", "agreement", "."]
    assert states.hidden.shape == (len(states.words), 384)
    assert np.isfinite(states.hidden).all()


def test_what_stands_elsewhere_in_the_document_changes_only_its_own_windows(encoder: Encoder) -> None:
    first = "Acme GmbH and the University of Oslo signed. " * 30
    alone, longer = encoder(first), encoder(first + "Bergen Hospital agreed.\n" * 40)
    same = slice(0, 130)  # the first window
    assert alone.scores[same] == pytest.approx(longer.scores[same], abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_read(encoder: Encoder, text: str) -> None:
    reading = encoder(text)
    assert np.isfinite(reading.scores).all()
    assert [text[a:b] for a, b in zip(reading.words.starts, reading.words.ends, strict=True)] == reading.words.forms


@pytest.mark.parametrize(
    "text", ["", " \n ", "🏥🤝" * 300, "A" * 20_000, "مستشفى الملك", "Ünïçödé " * 50, "((((" * 500]
)
def test_odd_texts_are_read(encoder: Encoder, text: str) -> None:
    assert len(encoder(text).scores) == len(encoder(text).words.forms)
