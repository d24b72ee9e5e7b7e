"""What a site says of the use of a document: robots in headers and in the page, and the reservation of text mining.

Sources: Google's "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"; TDM Reservation Protocol (W3C
Community Group report, 2024). ``noai`` is no standard, but a word that many sites use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy.http import Response

from crawlers.media import declared

WORDS = frozenset({"noai", "nofollow", "noindex"})
HEAD_BYTES = 100_000
"""How much of a page is searched for its head."""
TOKEN = "pactwatch"  # the product's name in user agents
_META = re.compile(rb"<meta\s[^>]{0,500}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_HINTS = (b"robots", b"tdm-reservation", TOKEN.encode())
"""Plain words, found in a hundredth of the time that a pattern takes: most pages have none of them."""


def signals_of(response: Response, *, html: bool) -> list[str]:
    """Which of ``noai``, ``nofollow``, ``noindex``, ``tdm`` hold for a document, sorted."""
    found = set(_from_headers(response))
    if html:
        found |= set(_from_page(response.body))
    return sorted(found)


def _from_headers(response: Response) -> Iterator[str]:
    for value in response.headers.getlist("X-Robots-Tag"):
        text = value.decode("latin-1").lower()
        agent, colon, rest = text.partition(":")
        if (
            colon
            and "," not in agent
            and agent.strip() not in {"unavailable_after", "max-snippet", "max-image-preview"}
        ):
            if agent.strip() != TOKEN:
                continue  # a rule for another robot
            text = rest
        yield from _words(text)
    if declared(response.headers.get("TDM-Reservation")) == "1":
        yield "tdm"


def _from_page(body: bytes) -> Iterator[str]:
    head = body[:HEAD_BYTES]
    lower = head.lower()
    if not any(hint in lower for hint in _HINTS):
        return
    for tag in _META.findall(head):
        named = {name.lower(): b"".join(values) for name, *values in _ATTRIBUTE.findall(tag)}
        name = named.get(b"name", b"").lower().decode("latin-1")
        content = named.get(b"content", b"").lower().decode("latin-1")
        if name in {"robots", TOKEN}:
            yield from _words(content)
        elif name == "tdm-reservation" and content.strip() == "1":
            yield "tdm"


def _words(text: str) -> Iterator[str]:
    for word in re.split(r"[\s,;]+", text):
        if word == "none":
            yield from ("nofollow", "noindex")
        elif word in WORDS:
            yield word
