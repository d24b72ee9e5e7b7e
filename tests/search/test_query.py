"""The query language: what it means, and what it says where it cannot be understood."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.nodes import And, Between, Exact, Not, Or, Phrase, Word
from search.parsing import parse, plain_words
from search.query import Query, QueryError

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", And(())),
        ("memorandum", Word("memorandum")),
        ("data space", And((Word("data"), Word("space")))),
        ("data AND space", And((Word("data"), Word("space")))),
        ("data or space", And((Word("data"), Word("or"), Word("space")))),
        ("a OR b c", Or((Word("a"), And((Word("b"), Word("c")))))),
        ("(a OR b) c", And((Or((Word("a"), Word("b"))), Word("c")))),
        ("a -b", And((Word("a"), Not(Word("b"))))),
        ("a NOT b", And((Word("a"), Not(Word("b"))))),
        ("NOT -a", Word("a")),
        ("-(a b)", Not(And((Word("a"), Word("b"))))),
        ("long-term", Word("long-term")),
        ('"signed a MoU"', Phrase("signed a MoU")),
        ("“signed”", Phrase("signed")),
        ("partner*", Word("partner", prefix=True)),
        ('org:"EIT Health"', Phrase("EIT Health", "names")),
        ("TITLE:mou", Word("mou", field="title")),
        ("with:(lund OR cebr)", Or((Word("lund", field="partners"), Word("cebr", field="partners")))),
        ("theme:health-data", Exact("theme", "health-data")),
        ("-lang:de", Not(Exact("language", "de"))),
        ("date:2021", Between(date(2021, 1, 1), date(2021, 12, 31))),
        ("date:2021-02", Between(date(2021, 2, 1), date(2021, 2, 28))),
        ("date:2021..2023", Between(date(2021, 1, 1), date(2023, 12, 31))),
        ("date:2021-05-04..", Between(date(2021, 5, 4), None)),
        ("date:..2021", Between(None, date(2021, 12, 31))),
        ("since:30d", Between(date(2026, 5, 16), None)),
        ("until:2020", Between(None, date(2020, 12, 31))),
        ("since:9999y", Between(date(1, 1, 1), None)),
        ("https://eithealth.eu", Word("https://eithealth.eu")),
        ("COVID-19: vaccines", And((Word("COVID-19:"), Word("vaccines")))),
        ("10:30", Word("10:30")),
        ("subtheme: data", And((Word("subtheme:"), Word("data")))),
    ],
)
def test_a_query_becomes_this_tree(text: str, tree: object) -> None:
    assert parse(text, TODAY) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('mou "signed by', 'the quotation mark is not closed: add a second ", at character 5: mou >>"signed by'),
        ("(mou AND signed", "this parenthesis is not closed, at character 1: >>(mou AND signed"),
        ("mou)", "this parenthesis closes nothing, at character 4: mou>>)"),
        ("caf\udcff", "a byte that is no UTF-8: type the query anew, at character 4: caf>>\udcff"),
        ("mou AND", "the query ends where a word or phrase is needed, at character 8: mou AND>>"),
        ("OR mou", "OR stands where a word or phrase is needed, at character 1: >>OR mou"),
        ("()", ") stands where a word or phrase is needed, at character 2: (>>)"),
        ("date:soon", "'soon' is no date: write 2021, 2021-04, 2021-04-05, 30d, 6m or 2y, at character 6: date:>>soon"),
        ("date:2023..2021", "the range ends before it begins: 2023..2021, at character 6: date:>>2023..2021"),
        ("since:2021-13", "'2021-13' is no date"),
        ("date:2021-02-30", "'2021-02-30' is no date"),
        ("date:0000", "'0000' is no date"),
        (
            "theme: education-skills",
            "theme: needs its value right behind the colon, without a blank, at character 7: theme:>> education-skills",
        ),
        (
            "mou (Title:)",
            "Title: needs its value right behind the colon, without a blank, at character 12: mou (Title:>>)",
        ),
        ("mou date:", "date: needs its value right behind the colon, without a blank, at character 10: mou date:>>"),
        ("titel:mou", "there is no field 'titel' (known are title, org, with, theme"),
        ("title:-mou", "write the minus sign before title:, not behind it"),
        ("title:(org:a)", "org: stands inside title:( )"),
        ("a*", "a beginning needs at least two letters before the *"),
        ("x" * 2001, "the query has 2001 characters; the most is 2000"),
        ("(" * 100 + "a", "more than 40 parentheses within each other"),
        ("a " * 500, "more than 200 words and signs"),
    ],
)
def test_a_mistake_is_named_and_marked_on_one_line(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, TODAY)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


ALPHABET = 'ab "()-*:.0123456789ANDORT\n\0&é😀'


@given(
    st.text()
    | st.text(ALPHABET)
    | st.lists(st.sampled_from(["AND", "OR", "NOT", "(", ")", "date:", "a", '"']), max_size=9).map(" ".join)
)
def test_any_text_is_a_tree_or_a_query_error(text: str) -> None:
    try:
        parse(text, TODAY)
    except QueryError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    "values",
    [
        {"limit": 0},
        {"limit": 1001},
        {"offset": -1},
        {"offset": 10_001},
        {"sort": "size"},
        {"since": TODAY, "until": date(2020, 1, 1)},
    ],
)
def test_a_query_refuses_what_no_search_can_answer(values: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        Query(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('(memorandum AND "signed', "memorandum signed"),
        ("theme:nothing memorandum NEAR/3", "nothing memorandum"),
        ("mou~ OR (-R&D", "mou R&D"),
        ("((", ""),
    ],
)
def test_of_a_query_with_a_mistake_its_words_are_left(query: str, words: str) -> None:
    assert plain_words(query) == words
    parse(words, date(2021, 4, 20))
