"""Patterns of listing pages: links that stand alike in a page, and the link to the next page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html
from lxml.cssselect import CSSSelector
from lxml.etree import ParserError

from crawlers.urls import clean, host_of, is_file

LEAST = 3
"""Links that stand alike before they are a list."""
TITLE = 20
"""Characters of a link's text that make a title of it."""
DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?\s+[A-Za-zäéû]{3,10}\.?,?\s+(?:19|20)\d\d"
    r"|[A-Za-zäéû]{3,10}\.?\s+\d{1,2},?\s+(?:19|20)\d\d)(?!\d)"
)
FURNITURE = frozenset({"nav", "header", "footer", "aside"})
NEXT_WORDS = re.compile(
    r"^\W*(?:next(?: page)?|older(?: posts| entries)?|more|weiter|nächste(?: seite)?|suivante?|page suivante"
    r"|siguiente|successiv[oa]|volgende|neste|nästa)\W*$|^\s*[›»→>]+\s*$",
    re.IGNORECASE,
)
NAMES = re.compile(r"^[A-Za-z][\w-]*$")
"""Classes and ids that may stand in a selector as they are."""
STATEFUL = re.compile(r"\d{3,}|^(?:active|current|first|last|odd|even|is-|js-|has-)|^(?:post|item|node|id)-\d+$")
"""Classes that differ from item to item."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A list of links in a page."""

    items: str
    """CSS selector of the links."""
    links: tuple[str, ...]
    prefix: str
    """What their URLs begin with, up to the last slash."""
    dated: bool
    """Whether a date stands beside most of them."""
    score: float
    next: str | None = None
    """CSS selector of the link to the next page."""


def parse(body: bytes) -> Any | None:
    """Root element of a page; None where there is none."""
    try:
        parser = html.HTMLParser(encoding="utf8") if _is_utf8(body) else None
        return html.document_fromstring(body, parser=parser)
    except (ParserError, ValueError):
        return None


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf8")
    except UnicodeDecodeError:
        return False
    return True


def find_pattern(body: bytes, url: str) -> Pattern | None:
    """The best list of links in a page; None where no links stand alike."""
    root = parse(body)
    if root is None:
        return None
    groups: dict[str, list[Any]] = defaultdict(list)
    for anchor in root.iter("a"):
        if not _in_furniture(anchor) and _own(anchor, url):
            groups[_signature(anchor)].append(anchor)
    found = [pattern for anchors in groups.values() if (pattern := _pattern(root, anchors, url))]
    return max(found, key=lambda pattern: pattern.score, default=None)


def next_selector(root: Any) -> str | None:
    """CSS selector of the link to the next page, by ``rel``, class or words."""
    if root.xpath("//*[self::a or self::link][@rel='next'][@href]"):
        return "[rel=next]"
    for anchor in root.iter("a"):
        words = f"{anchor.text_content() or ''}".strip() or anchor.get("aria-label", "")
        if anchor.get("href") and (NEXT_WORDS.match(words) or "next" in (anchor.get("class") or "").split()):
            selector = _selector(anchor, 2)
            selected = CSSSelector(selector)(root)
            if selected and selected[0] is anchor:
                return selector
    return None


def _pattern(root: Any, anchors: list[Any], url: str) -> Pattern | None:
    links = list(dict.fromkeys(_target(anchor, url) for anchor in anchors))
    if len(links) < LEAST:
        return None
    texts = [" ".join(anchor.text_content().split()) for anchor in anchors]
    titled = sum(len(text) >= TITLE for text in texts) / len(texts)
    dated = sum(_dated(anchor) for anchor in anchors) / len(anchors)
    prefix = _prefix(links, url)
    files = sum(is_file(link) for link in links) / len(links)
    alike = len(urlsplit(prefix).path) > 1
    score = min(len(links), 12) / 12 + 2 * titled + 1.5 * dated + 0.8 * alike + 0.3 * files
    if titled < 0.5 and dated < 0.5 and files < 0.5:
        return None
    return Pattern(_best_selector(root, anchors), tuple(links), prefix, dated >= 0.5, score, next_selector(root))


def _prefix(links: list[str], url: str) -> str:
    """What most of the links begin with, up to a slash; the site's root where they lie all over it."""
    root = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}/"
    first, last = min(links), max(links)
    same = next(
        (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)
    )
    common = first[: first.rfind("/", 0, same) + 1]
    if len(common) > len(root):
        return common
    folders = Counter(urlsplit(link).path.split("/")[1] for link in links if urlsplit(link).path.count("/") > 1)
    name, number = folders.most_common(1)[0] if folders else ("", 0)
    return f"{root}{name}/" if number >= 0.8 * len(links) else root


def _own(anchor: Any, url: str) -> bool:
    target = _target(anchor, url)
    return bool(target) and host_of(target) == host_of(url) and target.rstrip("/") != url.rstrip("/")


def _target(anchor: Any, url: str) -> str:
    href = (anchor.get("href") or "").strip()
    if not href or href.startswith(("#", "mailto:", "javascript:", "tel:", "data:")):
        return ""
    try:
        return clean(urljoin(url, href))
    except ValueError:
        return ""


def _in_furniture(anchor: Any) -> bool:
    return any(parent.tag in FURNITURE for parent in anchor.iterancestors())


def _dated(anchor: Any) -> bool:
    """Whether a date stands in the element that holds this link and no other one of its kind."""
    around = anchor
    for parent in list(anchor.iterancestors())[:4]:
        if len({link.get("href") for link in parent.iter("a")}) > 2:
            break
        around = parent
    return next(around.iter("time"), None) is not None or DATE.search(around.text_content()) is not None


def _steps(anchor: Any) -> Iterator[str]:
    """The link and what it stands in, from the inside out, each as a part of a selector."""
    for element in [anchor, *anchor.iterancestors()]:
        if element.tag in {"body", "html"} or not isinstance(element.tag, str):
            return
        names = [
            name for name in (element.get("class") or "").split() if NAMES.match(name) and not STATEFUL.search(name)
        ]
        yield element.tag + (f".{names[0]}" if names else "")


def _signature(anchor: Any) -> str:
    return _selector(anchor, 5)


def _selector(anchor: Any, most: int) -> str:
    return " ".join(list(_steps(anchor))[:most][::-1])


def _best_selector(root: Any, anchors: list[Any]) -> str:
    """The shortest selector that selects these links and hardly any other."""
    wanted = set(anchors)
    for most in range(1, 6):
        selector = _selector(anchors[0], most)
        if most == 1 and "." not in selector:
            continue  # every link: true of today's page alone
        selected = [one for one in CSSSelector(selector)(root) if not _in_furniture(one)]
        if len(selected) <= 1.1 * len(wanted) and len(selected) == len(CSSSelector(selector)(root)):
            return selector
    return _selector(anchors[0], 5)
