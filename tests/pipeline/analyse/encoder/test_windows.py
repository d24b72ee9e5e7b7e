"""Windows of whole sentences that together cover the words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.analyse.encoder.marks import marks
from pipeline.analyse.encoder.windows import MOST_PIECES, windows, worth_reading
from pipeline.analyse.names.words import split


def cut(text: str, length: int = 1) -> list[list[str]]:
    words = split(text)
    rows = marks(text, words, {}).tolist()
    return [words.forms[a:b] for a, b in windows(words.forms, [length] * len(words.forms), rows)]


def test_a_window_ends_with_a_sentence() -> None:
    found = cut("This sentence has six words. " * 60)
    assert len(found) > 1
    assert all(window[-1] == "." for window in found)


def test_a_window_ends_with_a_line() -> None:
    assert {window[0] for window in cut("one line without a stop\n" * 80)} == {"one"}


def test_a_sentence_without_end_is_cut_at_a_word() -> None:
    assert [len(window) for window in cut("word " * 400)] == [
        MOST_PIECES - 2,
        MOST_PIECES - 2,
        400 - 2 * MOST_PIECES + 4,
    ]


@given(st.text(alphabet="aB. \n,", max_size=900), st.integers(1, 8))
def test_windows_cover_all_words_in_order_and_fit(text: str, length: int) -> None:
    found = cut(text, length)
    assert [form for window in found for form in window] == split(text).forms
    assert all(0 < len(window) * length <= MOST_PIECES - 2 for window in found)


def read(text: str) -> str:
    words = split(text)
    return " ".join(words.forms[i] for i in worth_reading(words.forms, marks(text, words, {})))


def test_sentences_in_which_no_name_can_stand_are_not_read() -> None:
    text = "They met. Acme GmbH came, they said. But I was late! no capitals\nbut eHealth"
    assert read(text) == "Acme GmbH came , they said . but eHealth"


def test_the_first_word_of_a_sentence_may_be_a_name() -> None:
    assert read("Oslo pays. It was late, and it rained.") == "Oslo pays ."
