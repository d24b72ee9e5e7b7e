"""Only sentences that can state an agreement are parsed; all others have a plain tree."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.analyse.model import load_model
from pipeline.analyse.names.factory import NAME, NameTagger
from pipeline.analyse.partly import parse_partly, sentences


@pytest.fixture(scope="module")
def nlp() -> Language:
    model = load_model()
    model.add_pipe(NAME)
    return model


def read(nlp: Language, text: str) -> Doc:
    names: NameTagger = nlp.get_pipe(NAME)  # type: ignore[assignment]
    doc = names(nlp.make_doc(text))
    parse_partly(nlp, [doc], lambda sentence: "signed" in sentence)
    return doc


def test_a_telling_sentence_is_parsed_as_in_a_whole_document(nlp: Language) -> None:
    text = "It rained. Acme GmbH signed an agreement with the University of Oslo. Then Acme GmbH slept."
    doc, whole = read(nlp, text), nlp(text)
    asked = slice(3, 14)
    assert [(t.tag_, t.dep_, t.head.i) for t in doc[asked]] == [(t.tag_, t.dep_, t.head.i) for t in whole[asked]]
    assert [t.tag_ for t in doc[:3]] == [""] * 3
    assert [sentence.text for sentence in doc.sents] == [sentence.text for sentence in whole.sents]


def test_a_text_with_one_name_is_not_parsed(nlp: Language) -> None:
    assert {t.tag_ for t in read(nlp, "Acme GmbH signed a letter.")} == {""}


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "signed", "🏥 signed\n- Acme GmbH signed. University of Oslo"])
def test_odd_texts_keep_their_tokens(nlp: Language, text: str) -> None:
    doc = read(nlp, text)
    assert doc.text == text
    assert [i for start, end in sentences(doc) for i in range(start, end)] == list(range(len(doc)))
