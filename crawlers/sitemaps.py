"""Sitemaps: XML (index or set of URLs), plain text, gzipped or not, wrong namespaces and byte-order marks included.

Source: sitemaps.org/protocol.html. An RSS or Atom feed is a sitemap too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from crawlers.discovery import Found, Link, UnreadableError
from crawlers.feeds import ROOTS, local, parse_xml, read_feed, text_of
from crawlers.unpacking import NotPackedError, TooMuchError, unpack

HINTS = ("publication_date", "lastmod", "title")


def read_sitemap(body: bytes, url: str, max_bytes: int) -> Found:
    """Links of a sitemap; those of an index are `Found.further`.

    Raises UnreadableError: ``broken-sitemap``, or ``too-large`` or ``bomb`` where unpacking gives more than
    `max_bytes`, or too many times its size.
    """
    text = _unpack(body, max_bytes).lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] != b"<":
        return _plain(text, url)
    root, note = parse_xml(text, "broken-sitemap")
    name = local(root)
    if name in ROOTS:
        return replace(read_feed(text, url), further=())
    if name == "sitemapindex":
        return Found(further=_links(root, "sitemap", url), note=note)
    if name == "urlset":
        return Found(_links(root, "url", url), note=note)
    raise UnreadableError("broken-sitemap", f"not a sitemap: its root element is <{name}>")


def _unpack(body: bytes, max_bytes: int) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return unpack(body, ["gzip"], max_bytes)
    except NotPackedError as err:
        raise UnreadableError("broken-sitemap", f"not gzip: {err}") from err
    except TooMuchError as err:
        raise UnreadableError(err.reason, str(err)) from err


def _links(root: Any, entry: str, url: str) -> tuple[Link, ...]:
    links = []
    for element in root:
        if local(element) != entry:
            continue
        places = [text_of(child) for child in element if local(child) == "loc"]
        # Some sites leave the element out and write the URL straight into its parent.
        place = next(filter(None, [*places, (element.text or "").strip()]), None)
        if place is not None:
            links.append(Link(_absolute(url, place), *_hints(element)))
    return tuple(links)


def _hints(element: Any) -> tuple[str | None, str | None, str | None]:
    """Title and date of Google's news extension, and ``lastmod``, which is no date of publication."""
    values = {local(child): text_of(child) for child in element.iter() if local(child) in HINTS}
    published = values.get("publication_date") or None
    return values.get("title") if published else None, published, values.get("lastmod") or None


def _plain(text: bytes, url: str) -> Found:
    lines = [line.strip() for line in text.decode("utf8", "replace").splitlines()]
    links = tuple(Link(line) for line in lines if line.startswith(("http://", "https://")))
    if not links:
        raise UnreadableError("broken-sitemap", f"no URL in it: {url}")
    return Found(links)


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href
