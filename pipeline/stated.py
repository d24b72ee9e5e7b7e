"""Where a value stands in a payload: the metadata, headings and text in which a reader can find it again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.extract.charset import decode
from pipeline.extract.page import parse_tree, read_page

Place = tuple[str, str]
"""What it is called, and what it says."""

SHOWN = 4
"""Places that are named."""
HEAD = 1500
"""Characters that count as the beginning of a text."""
_WEB = ("text/html", "application/xhtml+xml")
_WORD = re.compile(r"\w+")


def places(body: bytes, media_type: str | None, charset: str | None, url: str) -> list[Place]:
    """All that a page says of itself outside its text; empty for what is no page."""
    tree = parse_tree(decode(body, charset)) if media_type in _WEB else None
    if tree is None:
        return []
    page = read_page(tree, url)
    found: list[Place] = [(f"JSON-LD {key}", said) for key, value in page.article.items() for said in _strings(value)]
    found += [(f"meta {name}", value) for name, values in page.meta.items() for value in values]
    found += [("h1", element.text_content()) for element in tree.iter("h1")]
    found += [("title element", element.text_content()) for element in tree.iter("title")]
    found += [("html lang", value) for value in [tree.get("lang")] if value]
    found += [("time element", element.get("datetime") or element.text_content()) for element in tree.iter("time")]
    found += [("link canonical", element.get("href") or "") for element in tree.iter("link")
              if "canonical" in (element.get("rel") or "").lower().split()]  # fmt: skip
    return found


def where(value: str, stated: Sequence[Place], text: str) -> str | None:
    """The places that say the value, or that hold it with more; None where none does."""
    wanted = _key(value)
    if not wanted:
        return None
    said = [(name, _key(content)) for name, content in stated]
    whole = list(dict.fromkeys(name for name, content in said if content == wanted))
    if not whole and wanted in _key(text[:HEAD]):
        whole = ["beginning of the text"]
    part = list(dict.fromkeys(name for name, content in said if wanted in content and name not in whole))
    told = ", ".join(whole[:SHOWN]) or ""
    return told or (f"part of {', '.join(part[:SHOWN])}" if part else None)


def _key(text: str) -> str:
    """What two spellings have in common: letters and digits in lower case, one blank between words."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _strings(value: Any, depth: int = 4) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth:
        for one in value:
            yield from _strings(one, depth - 1)
    elif isinstance(value, dict) and depth:
        for one in value.values():
            yield from _strings(one, depth - 1)
