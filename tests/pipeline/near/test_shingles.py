"""What of a text its shingles see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.near.shingles import WORDS, shingles


@pytest.mark.parametrize(
    "same",
    [
        "EIT Health and Example AG sign.",
        "eit health\n\nand EXAMPLE   AG — sign!",
        "“EIT Health” (and) Example\u00ad AG sign",
        "EIT Health and Exam\u00adple AG sign",
    ],
)
def test_case_punctuation_and_layout_are_not_seen(same: str) -> None:
    assert np.array_equal(shingles(same), shingles("EIT Health and Example AG sign"))


def test_the_order_of_words_is_seen() -> None:
    assert len(np.intersect1d(shingles("one two three"), shingles("three two one"))) == 0


def test_scripts_without_spaces_count_by_the_letter() -> None:
    assert len(shingles("日本語の文章")) == 6 - WORDS + 1


@given(st.text())
def test_any_text_has_sorted_shingles_each_once(text: str) -> None:
    found = shingles(text)
    assert np.array_equal(found, np.unique(found))
