"""Web pages: body without its surroundings, headline, dates with their place, persons, links."""

from __future__ import annotations

from pipeline.extract import extract
from pipeline.records import Capture, Extracted, Link
from tests.pipeline.extract import samples


def read(page: str | bytes, url: str = "https://news.example.com/news/x", **known: str) -> Extracted:
    return extract(Capture(url=url, body=page if isinstance(page, bytes) else page.encode(), **known))


def test_the_body_is_the_article_and_nothing_around_it() -> None:
    text = read(samples.ARTICLE).text
    for sentence in samples.SENTENCES[:5]:
        assert sentence in text
    for foreign in ("Share on", "Related", "Completely different", "newsletter", "Copyright", "Home"):
        assert foreign not in text
    lines = text.split("\n")
    assert samples.SENTENCES[0] in lines
    assert "What comes next" in lines
    assert any("Thirty participants" in line for line in lines)
    assert "2021 | 4" in lines


def test_the_fields_are_what_the_publisher_states() -> None:
    got = read(samples.ARTICLE)
    assert got.title == "Two institutes join forces"
    assert (got.published, got.published_from, got.modified) == ("2021-04-05", "json-ld", "2021-04-07")
    assert got.authors == ("Ada Marín", "Jan de Vries")
    assert (got.language, got.site) == ("en", "Example Health News")
    assert got.canonical_url == "https://news.example.com/news/two-institutes"
    assert Link("https://partner.example.org/plan", "the plan") in got.links


def article(head: str = "", body: str = "", top: str = "") -> str:
    paragraphs = "".join(f"<p>{s}</p>" for s in samples.SENTENCES)
    inner = f"<article><h1>A heading of the page</h1>{body}{paragraphs}</article>"
    return f"<html><head>{head}</head><body>{top}{inner}</body></html>"


def test_the_date_names_where_it_stands() -> None:
    for head, body, url, expected in (
        (
            '<meta property="article:published_time" content="2020-02-03T10:00:00Z">',
            "",
            "https://a.example/x",
            ("2020-02-03", "meta"),
        ),
        ("", '<time datetime="2019-12-01">1 December</time>', "https://a.example/x", ("2019-12-01", "time")),
        ("", "", "https://a.example/2018/07/09/x", ("2018-07-09", "url")),
        ("", "", "https://a.example/2018/07/x", ("2018-07", "url")),
        ("", "", "https://a.example/x", (None, None)),
    ):
        got = read(article(head, body), url)
        assert (got.published, got.published_from) == expected


def test_a_date_in_the_future_is_no_date_and_a_feed_is_asked_last() -> None:
    page = article('<meta property="article:published_time" content="2190-01-01">')
    assert read(page).published is None
    got = read(page, hint_published="2020-05-06T00:00:00Z")
    assert (got.published, got.published_from) == ("2020-05-06", "feed")


def test_nobody_is_no_author() -> None:
    for name in ("Admin", "https://a.example/author/x", "editor", "Example", "info@a.example"):
        page = article(f'<meta property="og:site_name" content="Example"><meta name="author" content="{name}">')
        assert read(page).authors == ()


def test_the_site_name_is_cut_off_the_title() -> None:
    page = article(
        '<meta property="og:site_name" content="Care Daily"><title>Hospitals share data - Care Daily</title>'
    ).replace("<h1>A heading of the page</h1>", "")
    assert read(page).title == "Hospitals share data"


def test_walls_are_stubs() -> None:
    for wall in (
        "We and our partners use cookies to store information. Accept all cookies",
        "Please enable JavaScript to continue",
        "Subscribe to continue reading this article",
    ):
        got = read(f"<html><body><div><p>{wall}</p><p>More about this below.</p></div></body></html>")
        assert (got.outcome, bool(got.detail)) == ("stub", True)


def test_encodings_survive_wrong_declarations() -> None:
    page = article("<meta charset='{}'>", "<p>Zürich, Łódź and Besançon – “together”.</p>")
    for encoding, declared in (("utf-8", "iso-8859-1"), ("utf-16", "utf-8"), ("utf-8-sig", "utf-8")):
        assert (
            "Zürich, Łódź and Besançon – “together”."
            in read(page.format(declared).encode(encoding), charset=declared).text
        )
    western = page.replace("Łódź", "Graz").format("utf-8").encode("cp1252")
    assert "Zürich, Graz and Besançon – “together”." in read(western, charset="utf-8").text


def test_mended_characters_are_noted_and_posts_of_social_networks_left_out() -> None:
    post = '<blockquote class="twitter-tweet"><p>What somebody posted about it.</p>— Somebody (@x)</blockquote>'
    got = read(article("", f"<p>The office in ZÃ¼rich isnâ€™t far from the clinic in question.</p>{post}"))
    assert "The office in Zürich isn’t far from the clinic in question." in got.text
    assert (got.outcome, got.detail) == ("ok", "wrongly decoded characters mended in 1 line")
    assert "What somebody posted" not in got.text


def test_a_live_blog_is_its_report_and_its_updates() -> None:
    updates = ", ".join(f'{{"@type": "BlogPosting", "articleBody": "Update {n}. {s}"}}' for n, s in
                        enumerate(samples.SENTENCES * 3))  # fmt: skip
    script = (
        f'<script type="application/ld+json">{{"@type": "LiveBlogPosting", "liveBlogUpdate": [{updates}]}}</script>'
    )
    lines = read(article(script)).text.split("\n")
    assert lines[: len(samples.SENTENCES)] != list(samples.SENTENCES)
    assert any(line.startswith("Update 17. ") for line in lines)


def test_json_ld_body_is_used_where_the_page_shows_next_to_nothing() -> None:
    body = "\\n\\n".join(samples.SENTENCES)
    stated = f'{{"@type": "NewsArticle", "headline": "X y z", "articleBody": "{body}"}}'
    script = f'<script type="application/ld+json">{stated}</script>'
    page = f'<html><head>{script}</head><body><div id="app"></div></body></html>'
    got = read(page)
    assert got.text.split("\n") == list(samples.SENTENCES)
