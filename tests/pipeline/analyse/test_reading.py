from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from pipeline.analyse.chunks import chunks
from pipeline.analyse.language import LanguageDetector
from pipeline.analyse.reading import LONGEST_RUN, tokens


@given(st.text(alphabet="ab .\n", max_size=400), st.integers(min_value=2, max_value=50))
def test_pieces_joined_are_the_text(text: str, limit: int) -> None:
    pieces = list(chunks(text, limit))
    assert "".join(piece for _, piece in pieces) == text
    assert all(text[offset : offset + len(piece)] == piece for offset, piece in pieces)
    assert all(len(piece) <= limit for _, piece in pieces)
    assert all(piece for _, piece in pieces) or not text


def test_a_text_is_cut_between_paragraphs_before_lines_and_words() -> None:
    text = "first part. of\nfour words\n\nsecond part of it"
    assert next(piece for _, piece in chunks(text, 40)) == "first part. of\nfour words\n\n"


def test_languages_are_told_apart_and_hints_decide_short_texts() -> None:
    detector = LanguageDetector()
    french = "L'hôpital et l'université ont signé une convention de recherche pour trois ans."
    assert detector.detect(french) == "fr"
    assert detector.detect(french, "en-GB") == "fr"
    assert detector.detect("EIT Health", "fr") == "fr"
    assert detector.detect("42") == "en"


@pytest.mark.parametrize("sign", ["🏥", "(", "▪–", "'s", "x"])
def test_rows_of_signs_reach_the_tokenizer_in_bounded_parts(sign: str) -> None:
    nlp = spacy.blank("en")
    sizes: list[int] = []
    cut = nlp.tokenizer

    def counting(text: str):  # type: ignore[no-untyped-def]
        sizes.append(len(text))
        return cut(text)

    nlp.tokenizer = counting
    text = f"A word, then {sign * 3000} and words again."
    assert tokens(nlp, text).text == text
    assert max(sizes) < 2 * LONGEST_RUN
    assert sum(sizes) == len(text)
