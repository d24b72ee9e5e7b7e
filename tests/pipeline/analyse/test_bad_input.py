"""Texts that are no prose: a valid result with exact offsets, whatever their length and language."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.analyse import Analyser
from tests.pipeline.analyse.test_analyser import holds, one

PAGE = (
    "Acme Diagnostics GmbH and the University of Oslo signed a memorandum of understanding in May 2021. The partners "
    "will share data of the region for two years. A study of the clinics showed that patients are seen sooner.\n\n"
) * 14
SHAPES = {
    "only bullets": "▪ University of Oslo\n• Acme GmbH\n– \n",
    "only a table": "| Acme GmbH | 42 | University of Oslo | 3.5 |\n",
    "emoji": "🏥🤝",
    "signs": "((",
    "right to left": "\u202eمستشفى الملك\u202c signed (",
    "rubbish": "l1ke 0CR rub8ish Un1v. 0f a’A’A’ .,;-- ~",
    "capitals": "ACME GMBH AND THE UNIVERSITY OF OSLO ",
    "no blank": "AcmeAndOslo",
    "white space": " \n\t\u00a0\u2028",
    "two languages": PAGE[:420]
    + "Les deux hôpitaux de la région ont signé une convention pour former des infirmières. " * 3
    + "\n\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_odd_shapes_of_some_length_give_valid_results(analyser: Analyser, shape: str) -> None:
    text = SHAPES[shape] * (12_000 // len(SHAPES[shape]))
    assert holds(one(analyser, text), text)


paragraphs = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "L'hôpital de Lyon et la société Nordlicht GmbH ont signé une convention pour les patients de la région. "
            * 2,
            "Die Klinik in Hamburg und die Nordlicht GmbH haben eine Vereinbarung für die Region unterzeichnet. " * 2,
            PAGE[:214],
            "\n\n",
            "🏥",
            "\u202eمستشفى",
        ]
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(paragraphs, max_size=6).map("\n\n".join))
def test_offsets_are_exact_in_texts_of_several_languages(analyser: Analyser, text: str) -> None:
    assert holds(one(analyser, text), text)


@pytest.mark.slow
@pytest.mark.parametrize("text", [PAGE * 300, "".join(f"The Topic{n} Institute of Oslo met.\n" for n in range(5000))])
def test_three_hundred_pages_and_five_thousand_names_are_read(analyser: Analyser, text: str) -> None:
    assert holds(one(analyser, text), text)
