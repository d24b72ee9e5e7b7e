"""The component of names in a spaCy pipeline, and the hidden states that it leaves."""

from __future__ import annotations

import spacy
from spacy.tokens import Doc

from pipeline.analyse.names.entities import SPANS
from pipeline.analyse.names.factory import NAME, drop_states, states_of

TEXT = "The University of Oslo and Acme GmbH signed an agreement. It rained, and it poured. Then Acme GmbH paid."


def test_names_need_no_other_component() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(NAME)
    doc = nlp(TEXT)
    assert {span.text for span in doc.spans[SPANS]} >= {"University of Oslo", "Acme GmbH"}
    assert not list(states_of(doc)), "states are kept only where asked for"


def test_states_stand_at_their_words_also_in_joined_documents() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe(NAME, config={"states": True})
    parts = list(nlp.pipe([TEXT + "\n\n", TEXT]))
    whole = Doc.from_docs(parts, ensure_whitespace=False)
    assert whole is not None
    windows = list(states_of(whole))
    assert [hidden.shape for _, _, hidden in windows] == [(len(starts), 384) for starts, _, _ in windows]
    words = [whole.text[a:b] for starts, ends, _ in windows for a, b in zip(starts, ends, strict=True)]
    assert words[:4] == ["The", "University", "of", "Oslo"]
    assert words.count("Acme") == 4
    assert "rained" not in words, "a sentence without names is not read"
    drop_states(whole)
    assert not list(states_of(whole))
