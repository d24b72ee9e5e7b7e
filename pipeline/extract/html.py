"""A web page to `Extracted`. The tree is parsed once and shared by every reader."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipeline.extract.authors import find_authors
from pipeline.extract.body import read_body
from pipeline.extract.boilerplate import prune, without_lines
from pipeline.extract.charset import decode
from pipeline.extract.clean import one_line
from pipeline.extract.dates import find_modified, searched_date, stated_date
from pipeline.extract.language import find_language
from pipeline.extract.page import Page, absolute, host, parse_tree, read_page
from pipeline.extract.stub import stub_reason
from pipeline.extract.title import find_title, site_names
from pipeline.extract.version import EXTRACTOR
from pipeline.records import Capture, Extracted, Link

MAX_BYTES = 20_000_000
"""Larger HTML is a dump of something, not a page for people."""
_MAX_LINKS = 500
_NO_LINKS_FROM = frozenset(("nav", "footer", "aside", "header", "form"))


def read_html(capture: Capture, media_type: str) -> Extracted:
    """Read an HTML or XHTML page."""
    if len(capture.body) > MAX_BYTES:
        return _failed("too-large", f"{len(capture.body)} bytes of HTML, the limit is {MAX_BYTES}", media_type)
    tree = parse_tree(decode(capture.body, capture.charset))
    if tree is None:
        return _failed("empty", "the page has no element", media_type)
    page = read_page(tree, capture.url)
    title = find_title(page) or (one_line(capture.hint_title) if capture.hint_title else None)
    published, place = stated_date(page)
    authors = find_authors(page)
    prune(tree)  # the fields above may stand in what goes
    if published is None:
        published, place = searched_date(page, capture.hint_published)
    whole = read_body(page)
    stub = stub_reason(whole, title, "refresh" in page.meta)
    text = whole if stub else without_lines(whole, title)
    if not text and not stub:
        return _failed("empty", "the page has no text", media_type, title)
    canonical = _canonical(page)
    names = site_names(page)
    return Extracted(
        outcome="stub" if stub else "ok",
        detail=stub,
        title=title,
        text=text,
        language=find_language(text, tree.get("lang") or page.first_meta("content-language", "language", "og:locale")),
        published=published,
        published_from=place,
        modified=find_modified(page, published),
        authors=authors,
        canonical_url=canonical,
        site=names[0] if names else None,
        media_type=media_type,
        links=_outgoing(page),
        extractor=EXTRACTOR,
    )


def _failed(outcome: str, detail: str, media_type: str, title: str | None = None) -> Extracted:
    return Extracted(outcome=outcome, detail=detail, title=title, media_type=media_type, extractor=EXTRACTOR)


def _canonical(page: Page) -> str | None:
    for element in page.tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            return absolute(page, element.get("href"))
    return absolute(page, page.first_meta("og:url"))


def _outgoing(page: Page) -> tuple[Link, ...]:
    """Links to other hosts from outside navigation, each URL once."""
    own = host(page.url)
    found: dict[str, Link] = {}
    seen = set()
    for element in page.tree.iter("a"):
        href = (element.get("href") or "").strip()
        if href in seen or not href.startswith(("http://", "https://", "//")):
            continue
        seen.add(href)
        if _in_navigation(element) or not _is_other(host(href), own):
            continue
        url = absolute(page, href)
        if url and url not in found:
            found[url] = Link(url, one_line(element.text_content())[:300])
            if len(found) >= _MAX_LINKS:
                break
    return tuple(found.values())


def _is_other(target: str, own: str) -> bool:
    return bool(target) and target != own and not target.endswith(f".{own}") and not own.endswith(f".{target}")


def _in_navigation(element: HtmlElement) -> bool:
    return any(up.tag in _NO_LINKS_FROM for up in element.iterancestors())
