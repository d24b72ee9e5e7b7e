"""What is the same story, case by case."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.near.shingles import shingles
from pipeline.near.similar import days_of, in_time, near
from tests.pipeline.near.texts import edited, laid_out, text, words

RELEASE = """EIT Health and the University of Exampleton have signed a memorandum of understanding on nursing.
The two bodies will open a joint school in Exampleton in autumn and admit forty students in its first year.
"Nurses who can read data are what hospitals ask us for", said the rector of the university at the signing in Munich.
The agreement runs for three years and can be prolonged. Its costs are shared in equal parts by the two partners.
EIT Health will bring courses of its partners into the school, and the university will give the degrees."""
LOCAL = """The hospital of Exampleton on the river will be one of the places where the new students work, its director
told this newspaper on Monday."""
TRANSLATED = """EIT Health und die Universität Exampleton haben eine Absichtserklärung zur Ausbildung von Pflegekräften
unterzeichnet. Beide Einrichtungen eröffnen im Herbst eine gemeinsame Schule in Exampleton und nehmen im ersten Jahr
vierzig Studierende auf. Pflegekräfte, die Daten lesen können, sind das, worum uns Kliniken bitten, sagte der Rektor der
Universität bei der Unterzeichnung in München. Die Vereinbarung gilt drei Jahre und kann verlängert werden. Die Kosten
tragen beide Partner zu gleichen Teilen. EIT Health bringt Kurse seiner Partner ein, und die Universität verleiht die
Abschlüsse."""
AS_PDF = """PRESS RELEASE 1/2
EIT Health and the University of Exampleton have signed a memo-
randum of understanding on nursing.
The two bodies will open a joint school in Exampleton in autumn
and admit forty students in its first year. “Nurses who can read
data are what hospitals ask us for”, said the rector of the
university at the signing in Munich. The agreement runs for three
years and can be prolonged. Its costs are shared in equal parts by
the two partners. EIT Health will bring courses of its partners
into the school, and the university will give the degrees.
PRESS RELEASE 2/2"""


def alike(one: str, other: str) -> bool:
    first, second = shingles(one), shingles(other)
    assert near(first, second) == near(second, first)
    return near(first, second)


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param("Nursing school to open in autumn\n" + RELEASE, id="another headline"),
        pytest.param(LOCAL + "\n" + RELEASE, id="a local first paragraph"),
        pytest.param(RELEASE + "\n" + LOCAL, id="a last paragraph of its own"),
        pytest.param("\n".join(RELEASE.splitlines()[:-1]), id="the last paragraph left out"),
        pytest.param(RELEASE + "\nPrint this page\nSend by e-mail", id="the print version"),
        pytest.param(RELEASE.replace('"', "”").upper(), id="another typography"),
        pytest.param(RELEASE.replace("Munich", "München").replace("autumn", "the autumn"), id="house style"),
        pytest.param(AS_PDF.replace("memo-\nrandum", "memorandum"), id="the PDF of the page"),
    ],
)
def test_copies_are_the_same_story(copy: str) -> None:
    assert alike(RELEASE, copy)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(TRANSLATED, id="a translation"),
        pytest.param("\n".join(RELEASE.splitlines()[:2]) + "\n" + text(60), id="two sentences quoted"),
        pytest.param(RELEASE + "\n" + text(250), id="one item of a newsletter"),
        pytest.param(text(100), id="something else"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_texts_are_other_stories(other: str) -> None:
    assert not alike(RELEASE, other)


def test_the_similarity_decides_at_eight_tenths_of_the_shingles() -> None:
    some = words(400, 5)
    scattered = [alike(laid_out(some), laid_out(edited(some, n, n))) for n in (4, 8, 12, 25, 40)]
    assert scattered == [True, True, True, False, False]  # each edit takes three of about 400 shingles


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2021-04-05", "2021-04-05", True),
        ("2021-04-05", "2021-07-04", True),
        ("2021-04-05", "2021-07-05", False),
        ("2021", "2021-12-24", True),
        ("2021", "2022-03-31", True),
        ("2021", "2022-04-01", False),
        ("2021-04", "2021-07", True),
        (None, "1999-01-01", True),
        (None, None, True),
    ],
)
def test_copies_appear_within_a_season(one: str | None, other: str | None, together: bool) -> None:
    first, second = (days_of(partial) if partial else (None, None) for partial in (one, other))
    assert in_time(first, second) == in_time(second, first) == together


def test_a_partial_date_is_a_range_of_days() -> None:
    assert days_of("2024") == (date(2024, 1, 1), date(2024, 12, 31))
    assert days_of("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
