"""Listings: pages of links to documents, with a link to the next page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cssselect import SelectorError
from parsel import Selector
from parsel.csstranslator import HTMLTranslator
from scrapy.http import Response, TextResponse

from config.errors import ConfigError
from crawlers.discovery import Found, Link, UnreadableError
from crawlers.spiders.base import SourceSpider


class ListingSpider(SourceSpider):
    """Walks listing pages by the selectors of the declaration."""

    name = "listing"

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.most_discoveries = self.source.listing.max_pages
        for field in ("items", "next"):
            _check_selector(self.source.id, field, getattr(self.source.listing, field))

    def read(self, response: Response) -> Found:
        """Links of the items, and the next page."""
        if not isinstance(response, TextResponse):
            raise UnreadableError("broken-listing", "not a page of text")
        listing = self.source.listing
        items = tuple(_links(response, listing.items))
        following = tuple(_links(response, listing.next))[:1] if listing.next else ()
        return Found(items, following)


def _links(response: TextResponse, selector: str) -> Iterator[Link]:
    """Links that an element is, or holds; in the page's order."""
    seen: set[str] = set()
    for element in response.css(selector):
        for anchor in [element] if _href(element) else element.css("a[href]"):
            href = _href(anchor).strip()
            if href.partition(":")[0].lower() in {"mailto", "javascript", "tel", "data"} or href.startswith("#"):
                continue
            if href and href not in seen:
                seen.add(href)
                try:
                    yield Link(response.urljoin(href))
                except ValueError:
                    yield Link(href)  # not a URL; the offer says so


def _href(element: Selector) -> str:
    return element.attrib.get("href", "") if isinstance(element.root.tag, str) else ""


def _check_selector(source: str, field: str, selector: str | None) -> None:
    try:
        HTMLTranslator().css_to_xpath(selector or "a")
    except SelectorError as err:
        raise ConfigError(f"source {source}: listing.{field}: {selector!r} is not a CSS selector: {err}") from err
