"""Clocks, counters and boxes are no text; what only looks like them is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.load import text_digest
from pipeline.settled import settled

PROSE = (
    "EIT Health and the University of Exampleton signed a memorandum on Monday, three years ago the first of its "
    "kind.\n"
    "It will train 1,200 nurses until 31 December 2027, and the courses have been read 400 times by the partners' own "
    "staff so far."
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("5 minutes ago", "2 hours ago"),
        ("Updated 5 minutes ago", "Updated 3 days ago"),
        ("Published: 5 April 2021 | 1,234 views | 3 comments", "Published: 5 April 2021 | 98 views | 41 comments"),
        ("Last updated on 24 November 2026 at 12:05", "Last updated on 25 November 2026 at 09:00"),
        ("By Ann Smith 5 minutes ago", "By Ann Smith 2 days ago"),
        ("1.2k views", "1.3K views"),
        ("Views: 1234", "Views: 1240"),
        ("Comments (3)", "Comments (12)"),
        ("12 shares 3 likes", "15 shares 9 likes"),
        ("This page has been viewed 10,234 times.", "This page has been viewed 10,301 times."),
        ("4 min read", "5 min read"),
        ("No comments yet", "2 comments"),
        ("vor 5 Minuten", "vor zwei Stunden"),
        ("il y a 5 minutes", "il y a 2 heures"),
        ("hace 5 minutos", "hace 2 horas"),
        ("5 minuti fa", "2 ore fa"),
        ("Stand: 24.11.2026", "Stand: 25.11.2026"),
    ],
)  # fmt: skip
def test_a_mark_of_the_moment_makes_no_version(before: str, after: str) -> None:
    top, bottom = (text_digest(f"{PROSE}\n{mark}\nMore is on the site.") for mark in (before, after))
    assert top == bottom


@pytest.mark.parametrize(
    "clock", ["Tuesday, 24 November 2026", "24 Nov 2026, 12:05", "2026-11-24", "12:05", "24/11/2026"]
)
def test_a_bare_date_at_the_edge_of_a_page_is_its_clock(clock: str) -> None:
    assert settled(f"{clock}\n{PROSE}") == settled(PROSE) == settled(f"{PROSE}\n{clock}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Related articles\nCEBR meets in Bonn\nA call", "Related articles\nAn atlas of clusters\nNew head of EIT"),
        ("Read also: CEBR meets in Bonn", "Read also: A call for start-ups"),
        ("You may also like\nCEBR meets in Bonn", "You may also like\nA call for start-ups"),
        ("Lesen Sie auch: Cluster in Bonn", "Lesen Sie auch: Neue Leitung"),
        ("Most read\n1. CEBR meets in Bonn\n2. A call", "Most read\n1. A call\n2. CEBR meets in Bonn"),
    ],
)  # fmt: skip
def test_a_box_with_other_articles_makes_no_version(before: str, after: str) -> None:
    assert text_digest(f"{PROSE}\n{before}") == text_digest(f"{PROSE}\n{after}") == text_digest(PROSE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("three years ago", "four years ago"),  # in prose
        ("1,200 nurses", "1,300 nurses"),
        ("31 December 2027", "31 March 2028"),
        ("read 400 times", "read 500 times"),
        ("Monday", "Tuesday"),
    ],
)
def test_the_same_words_in_prose_are_text(before: str, after: str) -> None:
    assert before in PROSE
    assert text_digest(PROSE) != text_digest(PROSE.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Capital: 100,000 shares", "Capital: 200,000 shares"),
        ("12 May 2021\nKick-off meeting", "14 May 2021\nKick-off meeting"),  # a date between lines that go with it
        ("2021 2022 2023", "2021 2022 2024"),
        ("See also the annex to this agreement.", "See also the protocol to this agreement."),
        ("Related bodies: EIT Health", "Related bodies: CEBR"),
        ("Members\nEIT Health\nCEBR", "Members\nEIT Health\nECHAlliance"),
    ],
)
def test_short_lines_that_tell_something_are_text(before: str, after: str) -> None:
    digests = {text_digest(f"{PROSE}\n{line}\nMore is on the site.") for line in (before, after)}
    assert len(digests) == 2


def test_prose_after_a_box_is_text_again() -> None:
    text = f"Related articles\nCEBR meets in Bonn\n{PROSE}"
    assert settled(text) == settled(PROSE)


@given(st.text())
def test_any_text_settles_to_one_line_without_new_words(text: str) -> None:
    found = settled(text)
    assert "\n" not in found and found == " ".join(found.split())
    assert len(found) <= len(" ".join(text.split()))
