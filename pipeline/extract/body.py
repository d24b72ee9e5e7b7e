"""The body text of a page: trafilatura, checked, with three further readers where its answer looks wrong.

1. trafilatura's rules alone (its fast mode);
2. JSON-LD ``articleBody`` where it is clearly longer, or the first answer covers little of it;
3. trafilatura's whole cascade (readability, jusText, recall) where the answer is short for the page;
4. the page's paragraphs, plainly collected, where nothing else has given text.
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml.etree import LxmlError
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from pipeline.extract import jsonld
from pipeline.extract.boilerplate import paragraph_length
from pipeline.extract.clean import clean_text, one_line
from pipeline.extract.page import Page

_SHORT = 700
"""Characters below which the answer is looked at a second time."""
_SHARE = 0.5
"""Of the page's paragraph text, boxes away: an answer with less has perhaps missed the article."""
_TINY = 200
_CLEARLY_LONGER = 1.4
_WORD = re.compile(r"\w+")
_HIDDEN = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "form",
        "header",
        "button",
        "svg",
        "iframe",
        "select",
    )
)


def read_body(page: Page) -> str:
    """The text of the page's article, paragraphs and rows on lines of their own; empty where there is none."""
    text = _trafilatura(page, fast=True)
    stated = jsonld.stated_body(page.article, page.nodes)
    if len(text) < max(_SHORT, len(stated) * 0.7, paragraph_length(page.tree) * _SHARE):
        fuller = _trafilatura(page, fast=False)
        if len(fuller) > len(text) * _CLEARLY_LONGER or not text:
            text = fuller
    if _is_better(stated, text):
        text = stated
    if len(text) < _TINY:
        plain = _paragraphs(page.tree)
        if len(plain) > len(text) * 2:
            text = plain
    return text


def _trafilatura(page: Page, *, fast: bool) -> str:
    try:
        document = bare_extraction(page.tree, url=page.url, fast=fast, include_comments=False)
    except (LxmlError, ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        return ""  # odd trees break its rules now and then; the next reader has its turn
    text = getattr(document, "text", None)
    return _without_markers(clean_text(text)) if text else ""


def _without_markers(text: str) -> str:
    """Rows as ``a | b`` without the outer bars, no rules and empty items."""
    lines = (line[1:-1].strip() if line[:1] == line[-1:] == "|" else line for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip("-| "))


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


def _paragraphs(tree: HtmlElement) -> str:
    """All paragraphs, headings and list items outside navigation, in order."""
    copy = deepcopy(tree)
    for element in [e for e in copy.iter() if e.tag in _HIDDEN]:
        if element.getparent() is not None:
            element.drop_tree()
    lines = []
    for element in copy.iter("p", "h1", "h2", "h3", "h4", "li", "blockquote", "pre", "td"):
        if element.tag in ("li", "td", "blockquote") and element.find(".//p") is not None:
            continue
        line = one_line(element.text_content())
        if len(line) > 20 or len(_WORD.findall(line)) > 2:
            lines.append(line)
    if not lines:
        body = copy.find(".//body")
        lines = [clean_text((body if body is not None else copy).text_content())]
    return clean_text("\n".join(dict.fromkeys(lines)))
