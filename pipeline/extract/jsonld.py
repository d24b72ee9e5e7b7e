"""What a page says of itself in JSON-LD (schema.org): the node that is the article, and typed access to its fields."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline.extract.clean import clean_text, one_line

Node = dict[str, Any]

ARTICLE_TYPES = frozenset(
    [
        "newsarticle",
        "article",
        "blogposting",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "backgroundnewsarticle",
        "askpublicnewsarticle",
        "advertisercontentarticle",
        "satiricalarticle",
        "liveblogposting",
        "scholarlyarticle",
        "techarticle",
        "report",
        "medicalscholarlyarticle",
        "socialmediaposting",
        "discussionforumposting",
        "pressrelease",
    ]
)
_OTHER_PAGES = frozenset(["webpage", "itempage", "event", "videoobject", "medicalwebpage", "recipe", "podcastepisode"])
_COMMENT = re.compile(
    r"^\s*(?:<!--|//<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_CONTROL = re.compile(r"[\x00-\x1f]+")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_TAG = re.compile(r"<[^<>]{1,200}>")
_BREAKING_TAG = re.compile(r"</(?:p|div|li|h[1-6]|tr|blockquote)>|<br\s*/?>", re.IGNORECASE)
_ORGANISATIONS = frozenset(("organization", "newsmediaorganization", "corporation", "ngo", "governmentorganization"))
_MAX_PEOPLE = 100
_MAX_NODES = 2000
_MAX_DEPTH = 12
_COMPLETED = (
    "headline", "datePublished", "author", "articleBody", "dateModified", "publisher", "mainEntityOfPage",
    "articleSection", "keywords", "isAccessibleForFree",
)  # fmt: skip


def nodes(tree: HtmlElement) -> list[Node]:
    """Every object of every JSON-LD script of the page, in order; what cannot be parsed is passed over."""
    found: list[Node] = []
    for script in tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if "ld+json" in kind and script.text:
            found.extend(_walk(_load(script.text), 0))
        if len(found) > _MAX_NODES:
            break
    return found


def _load(raw: str) -> Any:
    raw = _COMMENT.sub("", raw.strip())
    for attempt in (raw, _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", raw))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "subjectOf"):
            if isinstance(value.get(key), list | dict):
                yield from _walk(value[key], depth + 1)


def types(node: Node) -> set[str]:
    """The node's types, lower-case, without their vocabulary."""
    declared = node.get("@type")
    listed = declared if isinstance(declared, list) else [declared]
    return {str(t).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for t in listed if t}


def article(found: list[Node]) -> Node:
    """The node that describes the page's article; of several the one that says most, completed from those that describe
    the same. Empty where there is none.
    """
    candidates = [n for n in found if types(n) & ARTICLE_TYPES]
    others = [n for n in found if types(n) & _OTHER_PAGES and ("datePublished" in n or "headline" in n)]
    chosen = max(candidates or others, key=_says, default={})
    alike = [n for n in (*candidates, *others) if n is not chosen and _same_article(n, chosen)]
    missing = {key: n[key] for n in reversed(alike) for key in _COMPLETED if n.get(key) and not chosen.get(key)}
    return {**chosen, **missing} if missing else chosen


def _same_article(one: Node, other: Node) -> bool:
    """Do both nodes describe one article? They share the headline, or are all that there is to say about the page."""
    headlines = [text(n.get("headline")) or text(n.get("name")) for n in (one, other)]
    if headlines[0] and headlines[1]:
        return headlines[0] == headlines[1] or headlines[0].startswith(headlines[1])
    return bool(types(one) & _OTHER_PAGES) and one.get("@type") != "VideoObject"


def _says(node: Node) -> int:
    return sum(bool(node.get(key)) for key in _COMPLETED)


def text(value: Any) -> str | None:
    """A field as one line: entities and tags resolved; of a list the first."""
    if isinstance(value, list):
        return text(value[0]) if value else None
    if isinstance(value, dict):
        return text(value.get("@value") or value.get("name"))
    if not isinstance(value, str):
        return None
    return one_line(_TAG.sub("", html.unescape(html.unescape(value)))) or None


def body(node: Node) -> str:
    """``articleBody`` as text with its paragraphs, empty where the page gives none."""
    updates = node.get("liveBlogUpdate")
    if isinstance(updates, list) and updates:
        parts = [
            part for u in updates[:1000] if isinstance(u, dict) for part in (text(u.get("headline")), body(u)) if part
        ]
        return "\n".join(dict.fromkeys([*filter(None, [_plain_body(node)]), *parts]))
    return _plain_body(node)


def is_live(found: list[Node]) -> bool:
    """Does the page describe a live blog?"""
    return any("liveblogposting" in types(node) for node in found)


def stated_body(chosen: Node, found: list[Node]) -> str:
    """The page's own text of its article; a live blog may state its updates in a node beside the article's."""
    live = (body(node) for node in found if "liveblogposting" in types(node) and node is not chosen)
    return max([body(chosen), *live], key=len)


def _plain_body(node: Node) -> str:
    value = node.get("articleBody")
    if isinstance(value, list):
        value = "\n".join(v for v in value if isinstance(v, str))
    if not isinstance(value, str):
        return ""
    value = html.unescape(value)
    if "<" in value:
        value = html.unescape(_TAG.sub("", _BREAKING_TAG.sub("\n", value)))
    return clean_text(value)


def date(node: Node, *keys: str) -> str | None:
    """The first of the fields that holds anything, as a string to be parsed."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("@value")
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return None


def people(value: Any, by_id: dict[str, Node]) -> Iterator[tuple[str, bool]]:
    """(name, is it typed as an organisation) for an ``author`` field: string, object, list of either, or a reference
    into the graph.
    """
    if isinstance(value, list):
        for item in value[:_MAX_PEOPLE]:
            yield from people(item, by_id)
    elif isinstance(value, dict):
        node = value if value.get("name") else by_id.get(str(value.get("@id")), value)
        name, is_organisation = node.get("name"), bool(types(node) & _ORGANISATIONS)
        for item in name[:_MAX_PEOPLE] if isinstance(name, list) else [name]:
            if line := text(item):
                yield line, is_organisation
    elif isinstance(value, str) and (line := text(value)):
        yield line, False


def index(found: list[Node]) -> dict[str, Node]:
    """Nodes by their ``@id``, for references; of several with one id the one with a name."""
    by_id: dict[str, Node] = {}
    for node in found:
        if (key := node.get("@id")) and (str(key) not in by_id or node.get("name")):
            by_id[str(key)] = node
    return by_id
