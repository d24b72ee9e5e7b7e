"""A web page to `Extracted`. The tree is parsed once and shared by every reader."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.authors import find_authors
from pipeline.extract.body import read_body
from pipeline.extract.boilerplate import prune
from pipeline.extract.charset import decode
from pipeline.extract.clean import one_line
from pipeline.extract.dates import find_modified, searched_date, stated_date
from pipeline.extract.facts import canonical_url, outgoing, section, tags
from pipeline.extract.language import find_language
from pipeline.extract.linear import is_large
from pipeline.extract.lines import without_lines
from pipeline.extract.mojibake import mend, noted
from pipeline.extract.page import Page, parse_tree, read_page
from pipeline.extract.site import site_names
from pipeline.extract.stub import locked, stub_reason
from pipeline.extract.title import find_title, headings
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted

MAX_BYTES = 20_000_000
"""Larger HTML is a dump of something, not a page for people."""


def read_html(capture: Capture, media_type: str) -> Extracted:
    """Read an HTML or XHTML page."""
    if len(capture.body) > MAX_BYTES:
        return _failed("too-large", f"{len(capture.body)} bytes of HTML, the limit is {MAX_BYTES}", media_type)
    tree = parse_tree(decode(capture.body, capture.charset))
    if tree is None:
        return _failed("empty", "the page has no element", media_type)
    page = read_page(tree, capture.url)
    large = is_large(tree)
    found = _fields(page, capture, media_type)
    headlines = [found.title or "", *headings(page)]
    prune(tree)  # the fields above may stand in what goes
    whole, broken = mend(read_body(page, large=large))
    if found.published is None:
        published, place = searched_date(page, whole, capture.hint_published, large=large)
        found = replace(found, published=published, published_from=place)
    stub = stub_reason(whole, found.title, refreshes="refresh" in page.meta, closed=locked(page))
    text = whole if stub else without_lines(whole, headlines, found.authors)
    if not text and not stub:
        return _failed("empty", "the page has no text", media_type, found.title)
    declared = tree.get("lang") or page.first_meta("content-language", "language", "og:locale")
    return replace(
        found,
        outcome="stub" if stub else "ok",
        detail=stub or noted(broken),
        text=text,
        language=find_language(text, declared),
        links=outgoing(page),
    )


def _fields(page: Page, capture: Capture, media_type: str) -> Extracted:
    """All that the page states of itself, without its text."""
    title = find_title(page) or (one_line(capture.hint_title) if capture.hint_title else None)
    published, place = stated_date(page)
    modified, modified_place = find_modified(page, published)
    names = site_names(page)
    return Extracted(
        outcome="ok",
        title=mend(title)[0] if title else None,
        published=published,
        published_from=place,
        modified=modified,
        modified_from=modified_place,
        authors=tuple(mend(author)[0] for author in find_authors(page)),
        canonical_url=canonical_url(page),
        site=names[0] if names else None,
        section=section(page),
        tags=tags(page),
        media_type=media_type,
        extractor=EXTRACTOR,
    )


def _failed(outcome: str, detail: str, media_type: str, title: str | None = None) -> Extracted:
    return Extracted(outcome=outcome, detail=detail, title=title, media_type=media_type, extractor=EXTRACTOR)
