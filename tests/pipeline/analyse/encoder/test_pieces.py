"""Words to the numbers of their pieces."""

from __future__ import annotations

import pytest

from pipeline.analyse.encoder.pieces import MOST_PIECES, WordPieces, plain

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "bio", "##tech", "##t", "b", "##a", "a"]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("bio", ["bio"]),
        ("BioTech", ["bio", "##tech"]),
        ("Bïotéch", ["bio", "##tech"]),
        ("biot", ["bio", "##t"]),
        ("bioX", ["[UNK]"]),
        ("🏥", ["[UNK]"]),
        ("b" + "a" * 30, ["b"] + ["##a"] * (MOST_PIECES - 1)),
        ("a" * 5_000, ["[UNK]"]),
    ],
)
def test_a_word_is_cut_into_the_longest_pieces(word: str, pieces: list[str]) -> None:
    cut = WordPieces(VOCABULARY)
    assert [VOCABULARY[number] for number in cut(word)] == pieces
    assert cut(word) is cut(word), "a word seen before is looked up"


def test_accents_and_case_are_left_out() -> None:
    assert plain("ÉCOLE Œuvre Łódź") == "ecole œuvre łodz"
