from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.analyse import Analyser
from pipeline.records import Analysis, Text

ODD = (
    "",
    " ",
    "word",
    "🏥🤝 EIT Health 🏥",
    "\u202eمستشفى الملك\u202c signed with Mayo Clinic.",
    "▪ ▪ ▪\n– \n• Philips\n▪",
    "|a|b|\n|--|--|\n|Philips|42|",
    "( ( ( ) [ ]( ) ) '' ’s ’ 's",
    "A.B.C.D. (A (B (C (D",
    "\x00\x07 l1ke 0CR rub8ish Un1versity 0f",
    "University of\nOxford\n\nUniversity of\n\nOxford",
)

pieces = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["Mayo Clinic", "EIT Health", "(WHO)", "World Health Organization", "\n", "\n\n", "’s", " and ", "▪ "]
    ),
)


def one(analyser: Analyser, text: str, title: str = "") -> Analysis:
    [analysis] = analyser.analyse([Text("a", title, text)])
    return analysis


def holds(analysis: Analysis, text: str) -> bool:
    mentions = [m for entity in analysis.entities for m in entity.mentions]
    exact = all(text[m.start : m.end] == m.text and m.text for m in mentions)
    ends = sorted((m.start, m.end) for m in mentions)
    apart = all(a[1] <= b[0] for a, b in pairwise(ends))
    inside = all(0 <= r.evidence_start < r.evidence_end <= len(text) for r in analysis.reports)
    return exact and apart and inside


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(pieces, max_size=12).map("".join))
def test_mentions_stand_where_they_say_in_any_text(analyser: Analyser, text: str) -> None:
    assert holds(one(analyser, text), text)


def test_odd_texts_give_valid_results_in_order(analyser: Analyser) -> None:
    results = list(analyser.analyse(Text(str(n), "", text) for n, text in enumerate(ODD)))
    assert len(results) == len(ODD)
    assert all(holds(result, text) for result, text in zip(results, ODD, strict=True))
    assert all(result.kind for result in results)


def test_results_do_not_depend_on_the_batch(analyser: Analyser) -> None:
    texts = [
        Text(str(n), "Title", f"Acme GmbH and the University of Town{n} signed an agreement.\n" * 3) for n in range(7)
    ]
    assert list(analyser.analyse(texts, batch_size=2)) == list(analyser.analyse(texts, batch_size=32))


def test_texts_are_read_as_a_stream(analyser: Analyser) -> None:
    read = 0

    def endless() -> Iterator[Text]:
        nonlocal read
        while True:
            read += 1
            yield Text(str(read), "", "Philips and Mayo Clinic signed a memorandum of understanding.")

    stream = analyser.analyse(endless(), batch_size=4)
    next(stream)
    assert read <= 8


def test_offsets_hold_in_a_text_of_many_pieces(analyser: Analyser) -> None:
    page = "Sentence of a report without any names, line after line.\n" * 250
    text = f"{page}\n\nThe World Health Organization (WHO) signed.\n\n{page}Later the WHO paid."
    analysis = one(analyser, text)
    assert holds(analysis, text)
    [who] = [e for e in analysis.entities if "World Health Organization" in e.name]
    assert [m.text for m in who.mentions] == ["World Health Organization", "WHO", "WHO"]


def test_half_a_megabyte_on_one_line_is_read(analyser: Analyser) -> None:
    text = "x" * 100_000 + " " + "The Mayo Clinic treats patients with care. " * 3_000
    analysis = one(analyser, text)
    assert holds(analysis, text)
    assert any(e.name == "Mayo Clinic" and len(e.mentions) == 3_000 for e in analysis.entities)


def test_a_german_text_is_marked_as_partly_analysed(analyser: Analyser) -> None:
    text = (
        "Die Universität und das Krankenhaus haben gestern einen Vertrag über die gemeinsame Forschung unterzeichnet."
    )
    analysis = one(analyser, text)
    assert analysis.language == "de"
    assert not analysis.complete
    assert analysis.reports == ()


def test_an_english_text_is_complete_and_names_its_analyser(analyser: Analyser) -> None:
    analysis = one(analyser, "The hospital and the university have signed an agreement on joint research this week.")
    assert analysis.language == "en"
    assert analysis.complete
    assert analysis.analyser == analyser.version
