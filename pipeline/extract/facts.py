"""What else a page says of itself: its canonical address, section and tags, and where its links lead."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.clean import one_line
from pipeline.extract.page import Page, absolute, host
from pipeline.records import Link

_MAX_LINKS = 500
_MAX_TAGS = 50
_MAX_TAG = 80
_NO_LINKS_FROM = frozenset(("nav", "footer", "aside", "header", "form"))
_TAG_SPLIT = re.compile(r"\s*[,;|]\s*")
_NOT_TAG = re.compile(r"^[a-z_-]+:\s*\S|^https?:", re.IGNORECASE)
"""Keywords that are the system's own ("Type:Article", addresses)."""


def canonical_url(page: Page) -> str | None:
    """The address that the page calls its own."""
    for element in page.tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            return absolute(page, element.get("href"))
    return absolute(page, page.first_meta("og:url"))


def section(page: Page) -> str | None:
    """The publisher's section of the article."""
    stated = jsonld.text(page.article.get("articleSection"))
    return stated or page.first_meta("article:section", "parsely-section", "section", "cxenseparse:articlesection")


def tags(page: Page) -> tuple[str, ...]:
    """The publisher's keywords, in order, each once."""
    keywords = page.article.get("keywords")
    stated = keywords if isinstance(keywords, list) else [keywords]
    listed = [text for value in stated[: 2 * _MAX_TAGS] if (text := jsonld.text(value))]
    listed = listed or page.meta.get("article:tag") or page.meta.get("news_keywords") or page.meta.get("keywords") or []
    found: dict[str, str] = {}
    for value in listed:
        for tag in _TAG_SPLIT.split(value[: _MAX_TAGS * _MAX_TAG]):
            if 1 < len(tag) <= _MAX_TAG and not _NOT_TAG.match(tag):
                found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:_MAX_TAGS]


def outgoing(page: Page) -> tuple[Link, ...]:
    """Links to other hosts from outside navigation, each URL once."""
    own = host(page.url)
    found: dict[str, Link] = {}
    seen = set()
    for element in page.tree.iter("a"):
        href = (element.get("href") or "").strip()
        if href in seen or not href.startswith(("http://", "https://", "//")):
            continue
        seen.add(href)
        if not _is_other(_named_host(href), own) or _in_navigation(element):
            continue
        url = absolute(page, href)
        if url and url not in found:
            found[url] = Link(url, one_line(element.text_content()[:1000])[:300])
            if len(found) >= _MAX_LINKS:
                break
    return tuple(found.values())


def _named_host(href: str) -> str:
    """The host as the link spells it: `page.host` for the many links of a page, without parsing each."""
    authority = href.partition("//")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return authority.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")


def _is_other(target: str, own: str) -> bool:
    return bool(target) and target != own and not target.endswith(f".{own}") and not own.endswith(f".{target}")


def _in_navigation(element: HtmlElement) -> bool:
    return any(up.tag in _NO_LINKS_FROM for up in element.iterancestors())
