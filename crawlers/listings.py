"""Listings: items by CSS or XPath, pages by a link, a number, an offset or a year, HTML and JSON answers alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from cssselect import SelectorError
from lxml.etree import XPathEvalError
from parsel import Selector, SelectorList
from parsel.csstranslator import HTMLTranslator
from scrapy.http import TextResponse

from config.errors import ConfigError
from config.sources import Listing
from crawlers.discovery import Found, Link, UnreadableError
from crawlers.urls import clean

NO_PAGES = frozenset({"mailto", "javascript", "tel", "data"})
XPATH = ("/", "./", "(")
EMPTY_YEARS = 2
"""Years without an item before the archive is taken to begin there."""


class ListingReader:
    """Reads the pages of one listing one after another; remembers their numbers and what they have named."""

    def __init__(self, listing: Listing, source: str) -> None:
        self._listing = listing
        self._numbers: dict[str, int] = {}
        self._named: set[str] = set()
        self._empty = 0
        for field, selector in (("items", listing.items), ("next", listing.next)):
            _check_selector(source, field, selector)

    def read(self, response: TextResponse, url: str) -> Found:
        """Links of the items, and the next page; raises UnreadableError where JSON is expected and there is none."""
        parts = _fragments(response, self._listing.json_path)
        items = [link for part in parts for link in _links(part, self._listing.items, response.url)]
        fresh = {link.url for link in items} - self._named
        self._named |= fresh
        if self._listing.next:
            found = [link for part in parts for link in _links(part, self._listing.next, response.url)][:1]
            if found:
                return Found(tuple(items), tuple(found))
        further = self._further(url, bool(fresh))
        return Found(tuple(items), (Link(further),) if further else (), guessed=True)

    def _further(self, url: str, fresh: bool) -> str | None:
        """URL of the next page by its number; none where this one named nothing that those before had not."""
        template = self._listing.pages
        if template is None:
            return None
        self._empty = 0 if fresh else self._empty + 1
        yearly = "{year}" in template
        before = self._numbers.get(clean(url))
        if before is not None and self._empty >= (EMPTY_YEARS + 1 if yearly else 1):
            return None
        if yearly:
            number = datetime.now(UTC).year if before is None else before - self._listing.step
        else:
            number = self._listing.first if before is None else before + self._listing.step
        mark = next(mark for mark in ("{page}", "{offset}", "{year}") if mark in template)
        further = clean(template.replace(mark, str(number)))
        self._numbers[further] = number
        return further


def _fragments(response: TextResponse, path: str | None) -> list[Selector | str]:
    """What holds the items: the page itself, or what a JSON answer has under the path: pieces of HTML, or URLs."""
    if path is None or response.text.lstrip()[:1] == "<":
        return [response.selector]
    try:
        data = json.loads(response.text)
    except (ValueError, RecursionError) as err:
        raise UnreadableError("broken-listing", f"not JSON: {err}") from err
    values = list(_under(data, path.split(".")))
    return [Selector(text=value, type="html") if "<" in value else value for value in values if value.strip()]


def _under(data: Any, keys: list[str]) -> Iterator[str]:
    if isinstance(data, list):
        for one in data:
            yield from _under(one, keys)
    elif keys and isinstance(data, dict):
        yield from _under(data.get(keys[0]), keys[1:])
    elif not keys and isinstance(data, str):
        yield data


def _links(part: Selector | str, selector: str, base: str) -> Iterator[Link]:
    """Links that an element is, or holds, each once, in the page's order; a text is a link itself."""
    if isinstance(part, str):
        yield Link(_joined(base, part.strip()))
        return
    seen: set[str] = set()
    for element in _select(part, selector):
        for anchor in [element] if _href(element) else element.css("a[href]"):
            href = _href(anchor).strip()
            if not href or href in seen or href.startswith("#") or href.partition(":")[0].lower() in NO_PAGES:
                continue
            seen.add(href)
            yield Link(_joined(_base(part, base), href))


def _select(part: Selector, selector: str) -> SelectorList[Selector]:
    return part.xpath(selector) if selector.startswith(XPATH) else part.css(selector)


def _base(part: Selector, url: str) -> str:
    declared = part.xpath("//base[1]/@href").get()
    return _joined(url, declared.strip()) if declared else url


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href  # not a URL; the offer says so


def _href(element: Selector) -> str:
    return element.attrib.get("href", "") if isinstance(getattr(element.root, "tag", None), str) else ""


def _check_selector(source: str, field: str, selector: str | None) -> None:
    try:
        if selector and selector.startswith(XPATH):
            Selector(text="<a>x</a>").xpath(selector)
        else:
            HTMLTranslator().css_to_xpath(selector or "a")
    except (SelectorError, XPathEvalError, ValueError) as err:
        kind = "an XPath expression" if selector and selector.startswith(XPATH) else "a CSS selector"
        raise ConfigError(f"source {source}: listing.{field}: {selector!r} is not {kind}: {err}") from err
