"""Feeds: RSS 0.9x to 2.0, RDF (RSS 1.0), Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1, ill-formed ones included.

Only links, titles and dates are read, so this is lxml and no feed library (docs/crawling.md says why).
Sources: RSS 2.0 (rssboard.org/rss-specification), RFC 4287 (Atom), jsonfeed.org/version/1.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawlers.discovery import Found, Link, UnreadableError

ROOTS = {"rss", "rdf", "feed", "channel"}
ENTRIES = {"item", "entry"}
DATES = ("pubdate", "published", "issued", "date", "updated", "modified")
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def read_feed(body: bytes, url: str) -> Found:
    """Links of the entries of a feed, in the feed's order; relative ones resolved against ``xml:base`` or `url`.

    Raises UnreadableError (``broken-feed``) where it is no feed. Ill-formed XML is read as far as it goes, and noted.
    """
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"{":
        return _json_feed(text, url)
    root, note = parse_xml(text, "broken-feed")
    if local(root) not in ROOTS:
        raise UnreadableError("broken-feed", f"not a feed: its root element is <{local(root)}>")
    links = []
    for entry in root.iter():
        if local(entry) in ENTRIES:
            link = _entry(entry, url)
            if link is not None:
                links.append(link)
    return Found(tuple(links), note=note)


def parse_xml(text: bytes, reason: str) -> tuple[Any, str | None]:
    """Root element of XML, and a note where it was ill-formed; no entity or DTD is ever fetched or expanded.

    Raises UnreadableError with `reason` where nothing can be made of it.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as err:
        raise UnreadableError(reason, f"not XML: {err}") from err
    if root is None:
        raise UnreadableError(reason, "not XML: no element found")
    errors = parser.error_log
    return root, f"ill-formed XML, line {errors[0].line}: {errors[0].message}" if len(errors) else None


def local(element: Any) -> str:
    """Name of an element in lower case, without namespace or undeclared prefix; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def text_of(element: Any) -> str:
    """All text inside an element, white space made single."""
    return " ".join("".join(element.itertext()).split())


def _entry(entry: Any, url: str) -> Link | None:
    children = [(local(child), child) for child in entry]
    href = _origin(children) or _atom_link(children, url) or _rss_link(children)
    if not href:
        return None
    titles = (text_of(child) for name, child in children if name == "title")
    return Link(_absolute(entry, href, url), next(filter(None, titles), None), _date(children))


def _origin(children: list[tuple[str, Any]]) -> str | None:
    """Where a feed proxy says the entry really lies."""
    return next((text_of(child) for name, child in children if name == "origlink" and text_of(child)), None)


def _atom_link(children: list[tuple[str, Any]], url: str) -> str | None:
    found: str | None = None
    for name, child in children:
        href = child.get("href")
        if name != "link" or not href or child.get("rel", "alternate") != "alternate":
            continue
        href = _absolute(child, href.strip(), url)
        if "html" in child.get("type", "text/html"):
            return href
        found = found or href
    return found


def _rss_link(children: list[tuple[str, Any]]) -> str | None:
    for name, child in children:
        if name == "link" and child.get("href") is None and text_of(child):
            return text_of(child)
    for name, child in children:
        if name in {"guid", "id"} and child.get("ispermalink", child.get("isPermaLink", "true")).lower() != "false":
            value = text_of(child)
            if value.startswith(("http://", "https://")):
                return value
    return None


def _date(children: list[tuple[str, Any]]) -> str | None:
    names = {name: text_of(child) for name, child in reversed(children) if name in DATES}
    return next((names[name] for name in DATES if names.get(name)), None)


def _absolute(element: Any, href: str, url: str) -> str:
    bases = [element.get(XML_BASE), *(parent.get(XML_BASE) for parent in element.iterancestors())]
    try:
        for base in reversed([base for base in bases if base]):
            url = urljoin(url, base.strip())
        return urljoin(url, href)
    except ValueError:
        return href  # not a URL; whoever asks for it says so


def _json_feed(text: bytes, url: str) -> Found:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise UnreadableError("broken-feed", f"not JSON: {err}") from err
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise UnreadableError("broken-feed", "not a JSON Feed: no list under 'items'")
    return Found(tuple(_json_links(items, url)))


def _json_links(items: list[Any], url: str) -> Iterator[Link]:
    for item in items:
        if not isinstance(item, dict):
            continue
        named = [item.get("url"), item.get("external_url")]
        if str(item.get("id", "")).startswith(("http://", "https://")):
            named.append(item["id"])
        href = next((value for value in named if isinstance(value, str) and value.strip()), None)
        if href is None:
            continue
        title, published = item.get("title"), item.get("date_published")
        yield Link(
            urljoin(url, href.strip()),
            title if isinstance(title, str) else None,
            published if isinstance(published, str) else None,
        )
