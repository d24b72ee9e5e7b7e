"""Characters and lines: what every reader's text goes through."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.boilerplate import prune
from pipeline.extract.charset import decode
from pipeline.extract.clean import clean_text, one_line, plain_glyphs
from pipeline.extract.lines import without_lines
from pipeline.extract.mojibake import mend, noted
from pipeline.extract.page import parse_tree
from pipeline.extract.pages import join_pages
from pipeline.extract.pdf_paragraphs import join_lines
from pipeline.extract.stub import stub_reason


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert "\n" not in one_line(text)


def test_what_is_not_seen_goes() -> None:
    assert clean_text("co\u00adoper\u200bate\u00a0 now \r\n\r\n  e\u0301te\u0301 ") == "cooperate now\nété"
    assert clean_text("\x93quoted\x94 \x96 it\x92s") == "“quoted” – it’s"
    assert plain_glyphs("eﬃcient ﬁeld\n• item") == "efficient field\n- item"


@settings(deadline=None)
@given(st.lists(st.text()))
def test_anchors_are_exact(parts: list[str]) -> None:
    text, anchors = join_pages(parts)
    assert [text[a.start : a.end] for a in anchors] == [c for c in map(clean_text, parts) if c]
    assert text == "\n".join(text[a.start : a.end] for a in anchors)


@settings(deadline=None)
@given(st.binary(), st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["utf-8", "base64", "idna", "utf-16"])))
def test_decoding_never_raises(body: bytes, declared: str | None) -> None:
    assert isinstance(decode(body, declared), str)


def test_a_stray_byte_does_not_spoil_a_utf8_page() -> None:
    page = ("Zürich und Łódź arbeiten zusammen. " * 40).encode() + b"\x93quoted\x94"
    assert decode(page).endswith("“quoted”")
    assert "Łódź" in decode(page)


def test_a_declared_legacy_encoding_is_believed_where_it_fits() -> None:
    text = "Сотрудничество двух институтов продолжается. " * 5
    assert decode(text.encode("cp1251"), "windows-1251") == text
    assert decode(("<meta charset=koi8-r>" + text).encode("koi8-r")).endswith(text)


def test_boxes_go_and_a_badly_named_article_stays() -> None:
    story = "".join(f"<p>Paragraph {i} of the story, long enough to be one.</p>" for i in range(8))
    boxes = '<div class="related-posts"><p>Other story</p></div><ul class="share-buttons"><li>Mail</li></ul>'
    link = '<p><a href="/x">Another article of this site here</a></p>'
    article = f'<div class="content related"><h1>H</h1>{story}</div>'
    tree = parse_tree(f"<html><body>{article}{boxes}{link}</body></html>")
    assert tree is not None
    prune(tree)
    text = tree.text_content()
    assert "Paragraph 7" in text
    for gone in ("Other story", "Mail", "Another article"):
        assert gone not in text


def test_lines_that_ask_for_a_click_go_and_so_does_the_headline() -> None:
    lines = [
        "Two join forces",
        "The text.",
        "Read more: other news",
        "Advertisement",
        "___",
        "Subscribe now to our list",
        "The end.",
    ]
    assert without_lines("\n".join(lines), ["Two Join Forces"]) == "The text.\nThe end."


def test_the_byline_credits_and_other_headlines_go_from_the_edges_only() -> None:
    lines = [
        "The heading that readers see",
        "Ada Marín | Leuven | 05/04/2021",
        "By Ada Marín, updated 6 April 2021",
        "12 April 2021",
        "Photo: Ole Berg / Care Daily",
        "Ada Marín said that the agreement of 5 April 2021 changes the way in which the clinics of the region work.",
        "She met Ole Berg.",
        "The end of it.",
        "Ada Marín",
        "Follow Care Daily on Facebook and X.",
        "press@a.example",
    ]
    kept = without_lines("\n".join(lines), ["Another headline", "The heading that readers see"], ["Ada Marín"])
    assert kept.split("\n") == lines[5:8]


def test_wrongly_decoded_lines_are_mended_and_counted() -> None:
    broken = "Zürich und Łódź – “zusammen”".encode().decode("cp1252", "replace").replace("\ufffd", "\x9d")
    text, mended = mend(f"plain\nA naïve façade – fine\n{broken}")
    assert (text.split("\n")[:2], mended) == (["plain", "A naïve façade – fine"], 1)
    assert "Zürich" in text
    assert noted(mended) == "wrongly decoded characters mended in 1 line"
    assert noted(0) is None


def test_a_page_for_subscribers_is_a_stub_only_where_it_breaks_off() -> None:
    teaser = "The two institutes have signed an agreement on the exchange of staff and…"
    assert stub_reason(teaser, None, closed=True) == "paywall"
    assert stub_reason(teaser, None) is None
    assert stub_reason("A short notice that is whole, and that says all there is to say.", None, closed=True) is None


def test_a_long_article_about_cookies_is_no_wall() -> None:
    wall = "We use cookies and other tools. Accept all cookies"
    assert stub_reason(wall, None, refreshes=False) == "consent wall"
    assert stub_reason(wall + " and so on, for a long text of many words" * 30, None, refreshes=False) is None


def test_hyphens_heal_and_compounds_keep_theirs() -> None:
    assert join_lines("the col-", "laboration") == "the collaboration"
    assert join_lines("a follow-", "up") == "a follow-up"
    assert join_lines("the Franco-", "German plan") == "the Franco-German plan"
    assert join_lines("two", "words") == "two words"
