"""Random and mutated HTML and XML, and pages made to hurt: always an outcome, never an exception or a long wait."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.extract.html import MAX_BYTES, read_html
from pipeline.extract.linear import LARGE_CHILDREN, LARGE_ELEMENTS, is_large, plain_lines
from pipeline.extract.page import parse_tree
from pipeline.extract.sniff import HTML
from pipeline.records import EXTRACT_OUTCOMES, Capture, Extracted
from tests.pipeline.extract import samples

QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PAGE = samples.ARTICLE.encode()
PIECES = st.sampled_from(
    [b"<p>", b"</p>", b"<div class=related>", b"</div>", b"<table><tr><td>", b"<script type=application/ld+json>",
     b'{"@type":"NewsArticle","author":[{"name":[{}]}],"headline":["x"]}', b"</script>", b"<h1>", b"<title>", b"<!--",
     b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<meta charset=utf-7>", b"&#x110000;", b"\x00",
     b"\xff\xfe", b"<time datetime=2021-02-31>", b"<a href='http://[::1'>", b"<base href='//[x'>", b"\xc3\x83\xc2\xbc",
     b"<meta property=og:title content='", b"'>", b"<svg><style>", b"<li><ul>", b"<noscript>", b"<template>",
     b"<link rel=canonical href='javascript:x'>", b"<frameset>", b"<!DOCTYPE html [<!ENTITY a '&a;&a;'>]>", b"&a;"]
)  # fmt: skip


def read(body: bytes, charset: str | None = None) -> Extracted:
    got = read_html(Capture(url="https://a.example/x", body=body, charset=charset), HTML)
    assert got.outcome in EXTRACT_OUTCOMES
    assert bool(got.text) <= (got.outcome in ("ok", "stub"))
    assert (got.published is None) == (got.published_from is None)
    assert (got.modified is None) == (got.modified_from is None)
    for line in (got.title or "", *got.authors, *got.tags):
        assert "\n" not in line
    (got.title or got.text).encode()  # no lone surrogates: what is stored must be UTF-8
    return got


@QUIET
@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "utf-16", "gb18030", "nonsense"]))
def test_random_bytes_are_an_outcome(body: bytes, charset: str | None) -> None:
    read(body, charset)


@QUIET
@given(st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=40))
@example([b"<script type=application/ld+json>", b"[" * 5000, b"</script>", b"<p>x</p>"])
def test_random_markup_is_an_outcome(pieces: list[bytes]) -> None:
    read(b"".join(pieces))


@QUIET
@given(st.lists(st.tuples(st.integers(0, len(PAGE)), PIECES), min_size=1, max_size=8), st.integers(0, len(PAGE)))
def test_a_damaged_page_is_an_outcome(damage: list[tuple[int, bytes]], cut: int) -> None:
    places = sorted({0, cut, *(at for at, _ in damage)})
    parts = [PAGE[one:two] for one, two in pairwise(places)]
    inserted = [piece for _, piece in damage]
    read(b"".join(part + inserted[n % len(inserted)] for n, part in enumerate(parts)))


def test_a_page_beyond_the_limit_is_named() -> None:
    got = read(b"<p>" + b"x" * MAX_BYTES)
    assert (got.outcome, got.text) == ("too-large", "")


def lines(count: int) -> list[str]:
    return [f"The partners of region {n} sign their part of the agreement today." for n in range(count)]


@pytest.mark.parametrize(
    ("opening", "closing", "count"),
    [
        ("<p>" + "<i></i>" * 100, "</p>", LARGE_ELEMENTS // 100),  # many
        ("<p>", "</p>", LARGE_CHILDREN + 50),  # beside each other
        ("<div>" * 90 + "<p>", "</p>" + "</div>" * 90, 180),  # within each other
    ],
)
def test_a_page_too_large_to_be_weighed_is_read_whole(opening: str, closing: str, count: int) -> None:
    said = lines(count)
    html = (
        f"<html><body><nav><a href='/'>Home</a></nav><main>{''.join(opening + s + closing for s in said)}</main></body>"
    )
    tree = parse_tree(html)
    assert tree is not None
    assert is_large(tree)
    got = read(html.encode())
    assert got.text.split("\n") == said


def test_an_ordinary_page_is_not_large() -> None:
    tree = parse_tree(samples.ARTICLE)
    assert tree is not None
    assert not is_large(tree)


def test_the_plain_reading_keeps_rows_and_leaves_navigation_out() -> None:
    tree = parse_tree(
        "<nav>Home of this very site here</nav>"
        "<p>The first paragraph of <b>the</b> page.</p>a line between them here<br>"
        "<table><tr><td>Partner in Ghent</td><td>2021</td></tr></table>"
        "<p><a href='/x'>Another article of this site</a></p>"
    )
    assert tree is not None
    assert plain_lines(tree).split("\n") == [
        "The first paragraph of the page.",
        "a line between them here",
        "Partner in Ghent | 2021",
    ]
    assert "Another article" in plain_lines(tree, everything=True)


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="author" content="' + "(a " * 200_000 + '">',
        '<meta name="author" content="' + "Ann Lee and " * 50_000 + '">',
        "<title>" + "word | " * 100_000 + "</title>",
        '<meta property="og:title" content="' + "&amp;amp; <b> " * 50_000 + '">',
        '<script type="application/ld+json">{"a":' + ", " * 300_000 + "</script>",
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<meta name="keywords" content="' + "a b," * 100_000 + '">',
        '<meta name="date" content="' + "1-1-1." * 100_000 + '">',
    ],
)
def test_overlong_statements_are_cut_and_the_text_is_read(head: str) -> None:
    got = read(f"<html><head>{head}</head><body>{samples.ARTICLE.split('<body>')[1]}".encode())
    assert got.outcome == "ok"
    assert samples.SENTENCES[0] in got.text
    assert len(got.title or "") <= 400
    assert len(got.tags) <= 50
    assert sum(map(len, got.authors)) <= 600
