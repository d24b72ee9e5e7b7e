"""The headline of a page, as its publisher means it: not the site's name, not the section's.

A page names its headline several times: JSON-LD ``headline``, ``og:title``, ``h1``, ``title``. The statement that
others agree with is taken, in that order of trust, with the site's name cut off its end or beginning.
"""

from __future__ import annotations

import re
import unicodedata

from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.clean import one_line
from pipeline.extract.page import Page, host

_SEPARATOR = re.compile(
    r"(?:\s+[|\-–—‒―•·»«:/\\~]{1,3}\s+|\s*[|｜]\s*|\s*::\s*|：(?=[^：]{2,20}$)|\s+_\s*|_(?=[^_]{2,20}$))"
)
_WORD = re.compile(r"\w+")
_BAD_H1_AREA = re.compile(
    r"logo|site-?(?:name|title|header)|brand|masthead|navbar|cookie|consent|newsletter|modal|visually-hidden", re.I
)
_MAX_TITLE = 400


def site_names(page: Page) -> list[str]:
    """What the site calls itself, the most explicit first: ``og:site_name``, publisher in JSON-LD, application name."""
    found = [page.first_meta("og:site_name"), jsonld.text(page.article.get("publisher"))]
    publisher = page.article.get("publisher")
    if isinstance(publisher, dict) and not publisher.get("name"):
        found.append(jsonld.text(page.by_id.get(str(publisher.get("@id")), {}).get("name")))
    sites = (n for n in page.nodes if jsonld.types(n) & {"website", "newsmediaorganization"})
    found.extend(jsonld.text(node.get("name")) for node in sites)
    found += [page.first_meta("application-name", "apple-mobile-web-app-title"), page.first_meta("twitter:site")]
    return list(dict.fromkeys(n.lstrip("@") for n in found if n and len(n) < 80))


def find_title(page: Page) -> str | None:
    """The page's headline on one line, or None."""
    names = [_key(n) for n in site_names(page)]
    label = host(page.url).split(".")[0]
    names.append(_key(label))
    names = [n for n in names if n]
    headings = _headings(page.tree, names)
    title_element = page.tree.find(".//title")
    page_title = one_line(title_element.text_content())[:_MAX_TITLE] if title_element is not None else ""
    stated = [
        jsonld.text(page.article.get("headline")) or jsonld.text(page.article.get("name")),
        page.first_meta("og:title"),
        page.first_meta(
            "twitter:title",
            "dc.title",
            "dcterms.title",
            "citation_title",
            "headline",
            "parsely-title",
            "sailthru.title",
        ),
    ]
    named = [_without_site(s[:_MAX_TITLE], names) for s in stated if s and _key(s) not in names]
    chosen = _agreed(named, headings, _without_site(page_title, names))
    if chosen is None and headings:
        chosen = headings[0]
    if chosen is None and page_title and _key(page_title) not in names:
        chosen = _without_site(page_title, names)
    return chosen or (page_title or None)


def _agreed(stated: list[str], headings: list[str], page_title: str) -> str | None:
    """The statement that a heading of the page shows; else the one that the title element repeats; else the first."""
    shown = {_key(h): h for h in reversed(headings)}
    for candidate in stated:
        if _key(candidate) in shown:
            return candidate
    if _key(page_title) in shown and len(page_title) > 15:
        return page_title
    for candidate in stated:
        if _key(candidate) == _key(page_title):
            return candidate
    return stated[0] if stated else None


def _headings(tree: HtmlElement, names: list[str]) -> list[str]:
    """The ``h1`` texts of the page that are no site name, in order."""
    found = []
    for element in tree.iter("h1"):
        text = one_line(element.text_content())
        area = " ".join(filter(None, (element.get("class"), element.get("id"))))
        if 2 < len(text) <= _MAX_TITLE and _key(text) not in names and not _BAD_H1_AREA.search(area):
            found.append(text)
    return found


def _without_site(title: str, names: list[str]) -> str:
    """Cut the site's name off: the last or first of the parts between separators, where it is the site's name or like
    it.
    """
    title = one_line(title)
    for _ in range(3):
        breaks = list(_SEPARATOR.finditer(title))
        if not breaks:
            break
        last, first = breaks[-1], breaks[0]
        if _is_site(title[last.end() :], names) and len(title[: last.start()]) > 2:
            title = title[: last.start()].strip()
        elif _is_site(title[: first.start()], names) and len(title[first.end() :]) > 2:
            title = title[first.end() :].strip()
        else:
            break
    return title


def _is_site(part: str, names: list[str]) -> bool:
    key = _key(part)
    if not key or len(key) > 60:
        return False
    return any(
        key == n
        or (len(n) > 3 and len(key) > 3 and (key.startswith(n) or (n.startswith(key) and len(key) * 2 >= len(n))))
        for n in names
    )


def _key(text: str) -> str:
    """What two spellings of a title have in common: letters and digits, case and accents folded."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c)))).replace("_", "")
