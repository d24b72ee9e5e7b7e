"""Feeds: RSS 0.9x to 2.0, RDF (RSS 1.0), Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1, ill-formed ones included.

Only links, titles and dates are read, so this is lxml and no feed library (docs/crawling.md says why).
Sources: RSS 2.0 (rssboard.org/rss-specification), RFC 4287 (Atom), jsonfeed.org/version/1.1.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import etree
from w3lib.url import add_or_replace_parameter

from crawlers.discovery import Found, Link, UnreadableError

ROOTS = {"rss", "rdf", "feed", "channel"}
ENTRIES = {"item", "entry"}
DATES = ("pubdate", "published", "issued", "date", "updated", "modified")
TAGS = re.compile(r"</?[a-zA-Z][^>]*>")
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def read_feed(body: bytes, url: str) -> Found:
    """Links of the entries of a feed, in the feed's order; relative ones resolved against ``xml:base`` or `url`.

    Raises UnreadableError (``broken-feed``) where it is no feed. Ill-formed XML is read as far as it goes; that, and
    entries without a link, are noted.
    """
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"{":
        entries, further, guessed, note = *_json_feed(text, url), False, None
    else:
        root, note = parse_xml(text, "broken-feed")
        if local(root) not in ROOTS:
            raise UnreadableError("broken-feed", f"not a feed: its root element is <{local(root)}>")
        entries = [(_entry(one, url), _mark(one)) for one in root.iter() if local(one) in ENTRIES]
        further, guessed = _page_before(root, url, bool(entries))
    links = tuple(link for link, _ in entries if link.url)
    if len(links) < len(entries):
        note = "; ".join(filter(None, (note, f"{len(entries) - len(links)} entries without a link")))
    digest = hashlib.sha256("\n".join(mark for _, mark in entries).encode()).hexdigest()
    return Found(links, further, guessed, note, f"sha256:{digest}")


def read_entries(body: bytes, url: str) -> list[Link]:
    """Every entry of a feed, those without a link with an empty one; raises UnreadableError."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"{":
        return [link for link, _ in _json_feed(text, url)[0]]
    return [_entry(one, url) for one in parse_xml(text, "broken-feed")[0].iter() if local(one) in ENTRIES]


def _mark(entry: Any) -> str:
    """All that an entry says, layout left out: the feed around it changes with the hour, its entries with the news."""
    parts = [f"{local(one)}={(one.text or '').strip()}{sorted(one.attrib.items())}" for one in entry.iter()]
    return hashlib.sha256("".join(parts).encode("utf8", "replace")).hexdigest()


def _page_before(root: Any, url: str, has_entries: bool) -> tuple[tuple[Link, ...], bool]:
    """The next page of a paged feed or the archive before it (RFC 5005); of WordPress, which names none, by its number.

    The second value says whether it was guessed.
    """
    heads = [root, *(child for child in root if local(child) == "channel")]
    children = [child for head in heads for child in head]
    for child in children:
        if local(child) == "link" and child.get("rel") in {"next", "prev-archive"} and child.get("href"):
            return (Link(_absolute(child, child.get("href").strip(), url)),), False
    generators = [text_of(child) for child in children if local(child) == "generator"]
    if has_entries and any("wordpress.org" in name for name in generators):
        number = dict(parse_qsl(urlsplit(url).query)).get("paged", "1")
        page = int(number) + 1 if number.isdigit() else 2
        return (Link(add_or_replace_parameter(url, "paged", str(page))),), True
    return (), False


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


def _entry(entry: Any, url: str) -> Link:
    children = [(local(child), child) for child in entry]
    href = _origin(children) or _atom_link(children, url) or _rss_link(children)
    titles = (_title(child) for name, child in children if name == "title")
    return Link(_absolute(entry, href, url) if href else "", next(filter(None, titles), None), _date(children))


def _title(element: Any) -> str:
    """The text of a title, markup left out; Atom may have it in base64."""
    text, kind = text_of(element), element.get("type", "text/plain").lower()
    binary = "/" in kind and not kind.startswith("text/") and not kind.endswith("xml")
    if element.get("mode") == "base64" or binary:
        with suppress(ValueError):
            text = b64decode(text, validate=True).decode("utf8")
    return " ".join(TAGS.sub("", text).split()) if "<" in text else text


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


def _json_feed(text: bytes, url: str) -> tuple[list[tuple[Link, str]], tuple[Link, ...]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise UnreadableError("broken-feed", f"not JSON: {err}") from err
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise UnreadableError("broken-feed", "not a JSON Feed: no list under 'items'")
    following = data.get("next_url")
    further = (Link(urljoin(url, following)),) if isinstance(following, str) and following else ()
    return list(_json_links(items, url)), further


def _json_links(items: list[Any], url: str) -> Iterator[tuple[Link, str]]:
    for item in items:
        if not isinstance(item, dict):
            continue
        named = [item.get("url"), item.get("external_url")]
        if str(item.get("id", "")).startswith(("http://", "https://")):
            named.append(item["id"])
        href = next((value for value in named if isinstance(value, str) and value.strip()), None)
        title, published = item.get("title"), item.get("date_published")
        link = Link(
            urljoin(url, href.strip()) if href else "",
            title if isinstance(title, str) else None,
            published if isinstance(published, str) else None,
        )
        yield link, hashlib.sha256(json.dumps(item, sort_keys=True).encode("utf8", "replace")).hexdigest()
