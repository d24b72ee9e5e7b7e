"""Dates, names and titles as people and machines write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.extract.authors import find_authors
from pipeline.extract.dateparse import parse_date
from pipeline.extract.dates import find_modified, searched_date, stated_date, url_date
from pipeline.extract.facts import section, tags
from pipeline.extract.names import tidy_names
from pipeline.extract.page import Page, parse_tree, read_page
from pipeline.extract.title import find_title


def page(html: str, url: str = "https://www.caredaily.example/a") -> Page:
    tree = parse_tree(html)
    assert tree is not None
    return read_page(tree, url)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2021-04-05T23:30:00-05:00", "2021-04-05"),
        ("2021-4-5", "2021-04-05"),
        ("2021-04", "2021-04"),
        ("2021", "2021"),
        ("20210405", "2021-04-05"),
        ("20210405T101500Z", "2021-04-05"),
        ("1617580800", "2021-04-05"),
        ("1617580800000", "2021-04-05"),
        ("Mon, 05 Apr 2021 10:00:00 GMT", "2021-04-05"),
        ("April 5th, 2021", "2021-04-05"),
        ("5 April 2021", "2021-04-05"),
        ("5. April 2021, 10:15 Uhr", "2021-04-05"),
        ("le 5 avril 2021", "2021-04-05"),
        ("5 de abril de 2021", "2021-04-05"),
        ("5 kwietnia 2021", "2021-04-05"),
        ("5 апреля 2021", "2021-04-05"),
        ("2021年4月5日", "2021-04-05"),
        ("2021. április 5.", "2021-04-05"),
        ("2021년 4월 5일", "2021-04-05"),
        ("5 เมษายน 2564", "2021-04-05"),
        ("5 अप्रैल 2021", "2021-04-05"),
        ("5 أبريل 2021", "2021-04-05"),
        ("5 listopada 2020", "2020-11-05"),
        ("05.04.2021", "2021-04-05"),
        ("25/12/2021", "2021-12-25"),
        ("12/25/2021", "2021-12-25"),
        ("March 2021", "2021-03"),
        ("0000-00-00", None),
        ("2021-02-31", None),
        ("1970-01-01", None),
        ("no date at all", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_precisely_as_it_is_written(written: str, expected: str | None) -> None:
    assert parse_date(written) == expected


def test_tomorrow_is_still_possible_and_next_week_is_not() -> None:
    now = datetime.now(UTC)
    assert parse_date(now.date().isoformat()) == now.date().isoformat()
    assert parse_date((now + timedelta(days=7)).date().isoformat()) is None
    assert parse_date(str(now.year + 1)) is None


def test_month_and_day_change_places_for_american_pages() -> None:
    html = '<html lang="{}"><head><meta name="date" content="03/04/2021"></head><body><p>x</p></body></html>'
    assert stated_date(page(html.format("en-US"))) == ("2021-03-04", "meta")
    assert stated_date(page(html.format("en-GB"))) == ("2021-04-03", "meta")


def test_a_url_tells_a_day_or_a_month_but_not_from_an_article_number() -> None:
    assert url_date("https://a.example/2021/04/05/x") == "2021-04-05"
    assert url_date("https://a.example/news/20210405-x.html") == "2021-04-05"
    assert url_date("https://a.example/2021/04/x") == "2021-04"
    assert url_date("https://a.example/2018/12/new-head/") == "2018-12"
    assert url_date("https://a.example/2018-12-05-x") == "2018-12-05"
    assert url_date("https://a.example/item/20219999/x") is None
    assert url_date("https://a.example/x?d=2021/04/05/") is None


def test_the_date_of_a_related_article_and_todays_date_are_not_taken() -> None:
    html = """<html><body><div class="topbar">Tue, 24 Nov 2020</div><h1>Heading</h1>
    <aside><time datetime="2019-01-01">1 January</time></aside>
    <p>Leuven, 3 March 2018</p><p>Text of it.</p></body></html>"""
    assert stated_date(page(html)) == (None, None)
    assert searched_date(page(html), "", None) == ("2018-03-03", "text")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["By Ada Marín and Jan de Vries"], ("Ada Marín", "Jan de Vries")),
        (["Von Jutta Klein und Ole Berg"], ("Jutta Klein", "Ole Berg")),
        (["Ada Marín, Jan de Vries, and Ole Berg"], ("Ada Marín", "Jan de Vries", "Ole Berg")),
        (["Ada Marín, Health Correspondent"], ("Ada Marín",)),
        (["Ada Marín (Reuters)", "ADA MARÍN"], ("Ada Marín",)),
        (["Di Maria", "von der Leyen", "Von Ursula Meyer"], ("Di Maria", "von der Leyen", "Ursula Meyer")),
        (["Sammy Davis, Jr."], ("Sammy Davis, Jr.",)),
        (["José Ortega y Gasset", "Ana Gil y Eva Mora"], ("José Ortega y Gasset", "Ana Gil", "Eva Mora")),
        (["Senior Health Reporter Ada Marín", "Ole Berg, Science Editor"], ("Ada Marín", "Ole Berg")),
        (["Jan de Vries in Leuven", "Ole Berg for Care Daily"], ("Jan de Vries", "Ole Berg")),
        (["RACHEL METZ - AP"], ("RACHEL METZ",)),
        (
            ["Care Daily https://caredaily.example", "Care Daily staff reporter", "Care Daily Reporters", "March 2"],
            ("Care Daily",),
        ),
        (["admin", "Staff Writer", "News Desk", "", "https://a.example/x", "x@a.example", "2021-04-05"], ()),
    ],
)
def test_names_are_split_and_nobody_is_left_out(written: list[str], expected: tuple[str, ...]) -> None:
    assert tidy_names(written) == expected


def test_authors_come_from_references_meta_and_bylines() -> None:
    graph = """<script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "X", "author":
    {"@id": "#p"}}, {"@type": "Person", "@id": "#p", "name": "Ada Marín"}]}</script>"""
    assert find_authors(page(f"<html><head>{graph}</head><body></body></html>")) == ("Ada Marín",)
    comment = '<div class="comments"><span class="author">Troll</span></div>'
    byline = f'{comment}<p class="byline">By <a href="/a">Ole Berg</a></p>'
    assert find_authors(page(f"<html><body>{byline}</body></html>")) == ("Ole Berg",)


def test_the_site_is_no_author_and_the_next_place_is_asked() -> None:
    site = '<meta property="og:site_name" content="Associated Press"><meta name="author" content="{}">'
    byline = '<p class="byline">AP March 4, 2024 12:45 PM</p><span class="author-name">Ole BergMarch 4, 2024</span>'
    html = f"<html><head>{site}</head><body>{byline}<p>x</p></body></html>"
    assert find_authors(page(html.format("THE ASSOCIATED PRESS"))) == ("Ole Berg",)
    assert find_authors(page(html.format("Ada Marín"))) == ("Ada Marín",)


def test_a_place_that_names_more_authors_than_json_ld_is_believed() -> None:
    script = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "X", "author":
    [{"@type": "Person", "name": "Ada Marín"}, {"@type": "Organization", "name": "Wire Service"}]}</script>"""
    html = '<html><head>{}<meta name="author" content="{}"></head><body></body></html>'
    assert find_authors(page(html.format(script, "Ada Marín, Ole Berg"))) == ("Ada Marín", "Ole Berg")
    assert find_authors(page(html.format(script, "Ada Marín, Leuven"))) == ("Ada Marín",)
    assert find_authors(page(html.format(script, "Somebody Else"))) == ("Ada Marín",)


def test_a_cue_and_a_dateline_tell_the_day_and_the_last_change() -> None:
    top = "<div>Publié le 29/10/2012<br/><em>Mis à jour le 30/10/2012 à 14h03</em></div><h1>Heading</h1><p>Text.</p>"
    cued = page(f"<html lang='fr'><body>{top}</body></html>")
    assert searched_date(cued, "", None) == ("2012-10-29", "text")
    assert find_modified(cued, "2012-10-29") == ("2012-10-30", "text")
    assert find_modified(cued, "2012-11-29") == (None, None)
    release = "LEUVEN, April 5, 2021 – The two institutes announced that they work together."
    assert searched_date(page("<html><body><p>x</p></body></html>"), release, None) == ("2021-04-05", "text")


def test_the_day_is_that_of_the_publishers_own_zone() -> None:
    stated = '{"@type": "NewsArticle", "headline": "X", "datePublished": "2021-04-05T22:30:00Z"}'
    script = f'<script type="application/ld+json">{stated}</script>'
    meta = '<meta property="article:published_time" content="{}">'
    for local, day in (("2021-04-06T00:30:00+02:00", "2021-04-06"), ("2021-04-09T00:30:00+02:00", "2021-04-05")):
        html = f"<html><head>{script}{meta.format(local)}</head><body></body></html>"
        assert stated_date(page(html)) == (day, "json-ld")


def test_section_and_tags_are_the_publishers() -> None:
    head = """<meta property="article:section" content="Health"><meta name="keywords" content="care, data; Care,
    https://a.example/x, Type:Article">"""
    got = page(f"<html><head>{head}</head><body></body></html>")
    assert (section(got), tags(got)) == ("Health", ("care", "data"))


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title>Hospitals share data | Care Daily</title>", "", "Hospitals share data"),
        (
            "<title>Care Daily: news - Hospitals share data</title>",
            "<h1>Hospitals share data</h1>",
            "Hospitals share data",
        ),
        ('<meta property="og:title" content="Hospitals share data – Care Daily">', "", "Hospitals share data"),
        ('<meta property="og:title" content="Care Daily">', "<h1>Hospitals share data</h1>", "Hospitals share data"),
        ("<title>Care Daily</title>", "<h1>Care Daily</h1><h1>Hospitals share data</h1>", "Hospitals share data"),
        ('<meta property="og:title" content="You won&#39;t believe it">', "<h1>Other</h1>", "You won't believe it"),
        (
            '<meta property="og:title" content="Share data! | Ada Marín">',
            "<h1>Share data, hospitals</h1>",
            "Share data! | Ada Marín",
        ),
        (
            '<meta property="og:title" content="Hospitals share all their data - Ada Marín">',
            "<h1>Hospitals share all their data</h1>",
            "Hospitals share all their data",
        ),
        (
            '<meta property="og:title" content="Hospitals share all...">'
            "<title>Hospitals share all their data | Care Daily</title>",
            "",
            "Hospitals share all their data",
        ),
        ('<meta property="og:title" content="Caf&amp;amp;eacute; &lt;b&gt;culture&lt;/b&gt;">', "", "Café culture"),
        (
            "<title>Hospitals share all their data | News | Region</title>",
            "<h1>News</h1><h2>Hospitals share all their data</h2>",
            "Hospitals share all their data",
        ),
        ("", "", None),
    ],
)
def test_the_headline_is_found_without_the_name_of_the_site(head: str, body: str, expected: str | None) -> None:
    site = '<meta property="og:site_name" content="Care Daily">'
    html = f"<html><head>{site}{head}</head><body>{body}<p>x</p></body></html>"
    assert find_title(page(html)) == expected
