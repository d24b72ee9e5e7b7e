"""The body text of a page: trafilatura, checked, with three further readers where its answer looks wrong.

1. trafilatura's rules alone (its fast mode);
2. JSON-LD ``articleBody`` where it is clearly longer, or the first answer covers little of it;
3. trafilatura's whole cascade (readability, jusText, recall) where the answer is short for the page;
4. the page's paragraphs, plainly collected, where nothing else has given text.
"""

from __future__ import annotations

from lxml.etree import LxmlError
from trafilatura import bare_extraction

from pipeline.extract import jsonld
from pipeline.extract.boilerplate import paragraph_length, paragraph_lengths
from pipeline.extract.clean import clean_text
from pipeline.extract.linear import plain_lines
from pipeline.extract.page import Page
from pipeline.extract.site import key

_SHORT = 700
"""Characters below which the answer is looked at a second time."""
_SHARE = 0.5
"""Of the page's paragraph text, boxes away: an answer with less has perhaps missed the article."""
_MANY = 60
_CRUMB = 25
_TINY = 200
_CLEARLY_LONGER = 1.4


def read_body(page: Page, *, large: bool = False) -> str:
    """The text of the page's article, paragraphs and rows on lines of their own; empty where there is none.

    ``large``: too large for trafilatura (`linear.is_large`); the article's element is read plainly.
    """
    if large:
        return _plainly(page)
    text = _trafilatura(page, fast=True)
    stated = jsonld.stated_body(page.article, page.nodes)
    crumbs = _is_crumbs(text)
    if crumbs or len(text) < max(_SHORT, len(stated) * 0.7, paragraph_length(page.tree) * _SHARE):
        fuller = _trafilatura(page, fast=False)
        if len(fuller) > len(text) * _CLEARLY_LONGER or not text or (crumbs and not _is_crumbs(fuller)):
            text = fuller or text
    if _is_better(stated, text):
        text = _with_lead(text, stated) if jsonld.is_live(page.nodes) else stated
    if len(text) < _TINY:
        plain = plain_lines(page.tree)
        if len(plain) > len(text) * 2:
            text = plain
    return text or plain_lines(page.tree, everything=True)


def _plainly(page: Page) -> str:
    """The lines of the element that holds most of the page's paragraphs, or what JSON-LD states where that is more."""
    lengths = paragraph_lengths(page.tree)
    total = lengths.get(page.tree, 0)
    inner = (e for e in page.tree.iter("article", "main") if lengths.get(e, 0) > total * _SHARE)
    inner_most = next(inner, page.tree)
    text = plain_lines(inner_most) or plain_lines(inner_most, everything=True)
    stated = jsonld.stated_body(page.article, page.nodes)
    return stated if _is_better(stated, text) else text


def _trafilatura(page: Page, *, fast: bool) -> str:
    try:
        document = bare_extraction(page.tree, url=page.url, fast=fast, include_comments=False)
    except (LxmlError, ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        return ""  # odd trees break its rules now and then; the next reader has its turn
    text = getattr(document, "text", None)
    return _without_markers(clean_text(text)) if text else ""


def _is_crumbs(text: str) -> bool:
    """Many lines of a few words or of markup: the rules have taken a page's menus for its article."""
    lines = text.split("\n")
    return len(lines) >= _MANY and sum(len(line) < _CRUMB or line[:1] == "<" for line in lines) > len(lines) * 0.8


def _without_markers(text: str) -> str:
    """Rows as ``a | b`` without the outer bars, no rules and empty items."""
    lines = (line[1:-1].strip() if line[:1] == line[-1:] == "|" else line for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip("-| "))


def _with_lead(text: str, stated: str) -> str:
    """The updates of a live blog behind what the page shows beside them: its report stands in no update."""
    known = key(stated)
    lead = [line for line in text.split("\n") if (k := key(line)) and k not in known]
    return "\n".join([*lead, stated])


def _is_better(stated: str, text: str) -> bool:
    """Is the publisher's own ``articleBody`` more of the same article than what the rules found?"""
    if len(stated) < _TINY:
        return False
    if "\n" not in text and stated.count("\n") > 1 and len(stated) > len(text) * 0.9:
        return True  # the same, with its paragraphs
    if len(stated) < len(text) * _CLEARLY_LONGER:
        return False
    # One long line has lost its paragraphs: only worth it where the rules found next to nothing.
    return "\n" in stated or len(text) < len(stated) * 0.5
