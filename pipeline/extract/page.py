"""A parsed page and the cheap facts that several readers of it need: its tree, meta elements and JSON-LD, looked up
once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline.extract import jsonld
from pipeline.extract.clean import one_line

# As trafilatura parses: comments and processing instructions away, ids not collected (faster).
_PARSER_OPTIONS = {"collect_ids": False, "default_doctype": False, "remove_comments": True, "remove_pis": True}


@dataclass(slots=True)
class Page:
    """One HTML page. ``meta`` maps lower-case name, property or itemprop to its values in order."""

    tree: HtmlElement
    url: str
    meta: dict[str, list[str]]
    article: jsonld.Node
    """The JSON-LD node of the article; empty where there is none."""
    by_id: dict[str, jsonld.Node] = field(default_factory=dict)
    nodes: list[jsonld.Node] = field(default_factory=list)

    def first_meta(self, *names: str) -> str | None:
        """The content of the first of these meta elements that has any."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return None


def parse_tree(text: str) -> HtmlElement | None:
    """Parse any text as HTML; None where not even a single element comes out of it."""
    payload = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        tree = document_fromstring(payload, parser=HTMLParser(encoding="utf-8", **_PARSER_OPTIONS))
    except (ParserError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def read_page(tree: HtmlElement, url: str) -> Page:
    """Collect meta elements and JSON-LD of a tree."""
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = element.get("content")
        if name and content:
            meta.setdefault(name.strip().lower(), []).append(one_line(content))
    found = jsonld.nodes(tree)
    base = tree.find(".//base[@href]")
    start = _join(url, base.get("href")) if base is not None else url
    return Page(tree, start or url, meta, jsonld.article(found), jsonld.index(found), found)


def absolute(page: Page, href: str | None) -> str | None:
    """An http(s) URL, made absolute against the page's, without fragment; None for anything else."""
    joined = _join(page.url, href)
    if joined is None or not joined.startswith(("http://", "https://")):
        return None
    return joined.split("#", 1)[0]


def host(url: str | None) -> str:
    """The host name of a URL without ``www.``, or an empty string."""
    try:
        name = urlsplit(url or "").hostname or ""
    except ValueError:  # an ill-formed IPv6 address
        return ""
    return name.removeprefix("www.")


def _join(base: str, href: str | None) -> str | None:
    if not href or not href.strip():
        return None
    try:
        return urljoin(base, one_line(href))
    except ValueError:  # an ill-formed IPv6 address
        return None
