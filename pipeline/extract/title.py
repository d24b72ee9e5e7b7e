"""The headline of a page, as its publisher means it: not the site's name, not the section's.

A page names its headline several times: JSON-LD ``headline``, ``og:title``, ``h1``, ``title``. The statement that
others agree with is taken, in that order of trust, with the site's name cut off its end or beginning.
"""

from __future__ import annotations

import re
from html import unescape

from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.clean import one_line
from pipeline.extract.page import Page
from pipeline.extract.site import is_site, key, site_keys

_SEPARATOR = re.compile(
    r"(?:\s+[|\-–—‒―•·»«:/\\~]{1,3}\s+|\s*[|｜]\s*|\s*::\s*|：(?=[^：]{2,20}$)|\s+_\s*|_(?=[^_]{2,20}$))"
)
_BAR = re.compile(r"\s*(?:[|｜»«]|::)\s*")
_DATE_TAIL = re.compile(r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$")
_BAD_H1_AREA = re.compile(
    r"logo|site-?(?:name|title|header)|brand|masthead|navbar|cookie|consent|newsletter|modal|visually-hidden", re.I
)
_TAG = re.compile(r"</?[a-z][^<>]{0,80}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8});", re.IGNORECASE)
_CUT = re.compile(r"\s*(?:\.{3}|…)$")
_MAX_TITLE = 400
_TELLING = 15
"""Letters from which on one title within another is no chance."""
_CUT_LENGTH = 60
"""Characters: sites that cut their statements do so later than that."""
_FURTHER = ("twitter:title", "dc.title", "dcterms.title", "citation_title", "headline", "parsely-title",
            "sailthru.title", "title")  # fmt: skip


def find_title(page: Page) -> str | None:
    """The page's headline on one line, or None."""
    names = site_keys(page)
    shown = _headings(page.tree, names, "h1")
    element = page.tree.find(".//title")
    page_title = _plain(element.text_content()) if element is not None else ""
    raw = (
        jsonld.text(page.article.get("headline")) or jsonld.text(page.article.get("name")),
        page.first_meta("og:title"),
        page.first_meta(*_FURTHER),
    )
    stated = [_without_tail(_plain(s), names, shown) for s in raw if s and key(s) not in names]
    cut = _without_tail(page_title, names, shown)
    stated = [_whole(s, [*stated, cut], shown) for s in stated if s]
    return _agreed(stated, shown, cut) or _unstated(page, names, shown, page_title, cut)


def headings(page: Page) -> list[str]:
    """The texts of the page's ``h1`` elements that are no site name: what readers see as its headline."""
    return _headings(page.tree, site_keys(page), "h1")


def _plain(text: str) -> str:
    """On one line, without the tags and entities that some systems leave in their statements."""
    line = one_line(text[: 4 * _MAX_TITLE])
    if _ENTITY.search(line):
        line = unescape(unescape(line))  # some systems escape what is escaped
    return one_line(_TAG.sub("", line))[:_MAX_TITLE]


def _agreed(stated: list[str], headings: list[str], page_title: str) -> str | None:
    """The statement that a heading of the page shows; else the one that the title element repeats; else the first."""
    shown = {key(h) for h in headings}
    for candidate in stated:
        if key(candidate) in shown:
            return candidate
    if key(page_title) in shown and len(page_title) > _TELLING:
        return page_title
    for candidate in stated:  # a heading with its kicker, or with its byline
        wanted = key(candidate)
        if len(wanted) >= _TELLING and any(h.startswith(wanted) or h.endswith(wanted) for h in shown):
            return candidate
    for candidate in stated:
        if key(candidate) == key(page_title):
            return candidate
    return stated[0] if stated else None


def _unstated(page: Page, names: list[str], headings: list[str], page_title: str, cut: str) -> str | None:
    """The headline of a page that states none: the heading that its title element repeats, else the more telling."""
    whole = key(page_title)
    below = _headings(page.tree, names, "h2", "h3")
    for heading in (*headings, *below):
        if len(key(heading)) >= _TELLING and key(heading) in whole:
            return heading
    title = cut if key(cut) not in names else ""
    if title == page_title:
        title = _without_section(title)
    if headings and (not title or key(headings[0]) in whole or len(headings[0].split()) > 3):
        return headings[0]
    return title or (headings[0] if headings else None) or page_title or None


def _headings(tree: HtmlElement, names: list[str], *tags: str) -> list[str]:
    """The texts of the headings that are no site name, in order."""
    found: list[str] = []
    for element in tree.iter(*tags):
        text = one_line(element.text_content()[: 4 * _MAX_TITLE])
        area = " ".join(filter(None, (element.get("class"), element.get("id"))))
        if 2 < len(text) <= _MAX_TITLE and key(text) not in names and not _BAD_H1_AREA.search(area):
            found.append(text)
        if len(found) >= 50:
            break
    return found


def _without_tail(title: str, names: list[str], headings: list[str]) -> str:
    """Cut off what stands behind or before a separator and is no part of the headline.

    That is the site's name, a date beside it, and whatever is left over where a heading of the page is the rest.
    """
    title = _to_heading(title, headings)
    for _ in range(3):
        breaks = list(_SEPARATOR.finditer(title))
        if not breaks:
            break
        last, first = breaks[-1], breaks[0]
        tail, head = title[last.end() :], title[: first.start()]
        dated = len(breaks) > 1 and _DATE_TAIL.match(tail) and is_site(title[breaks[-2].end() : last.start()], names)
        if (dated or is_site(tail, names)) and len(title[: last.start()]) > 2:
            title = title[: last.start()].strip()
        elif is_site(head, names) and len(title[first.end() :]) > 2:
            title = title[first.end() :].strip()
        else:
            break
    return _to_heading(title, headings)


def _to_heading(title: str, headings: list[str]) -> str:
    """The title up to the separator where it is just what a heading shows, else the whole."""
    shown = {k for k in map(key, headings) if len(k) >= _TELLING}
    if not shown or key(title) in shown:
        return title
    for match in _SEPARATOR.finditer(title):
        for part in (title[: match.start()], title[match.end() :]):
            if key(part) in shown:
                return part.strip()
    return title


def _without_section(title: str) -> str:
    """Where nothing else is known of a site: what stands behind a bar and is shorter than the rest goes."""
    match = next(iter(_BAR.finditer(title)), None)
    if match and len(title[match.end() :]) < match.start() and len(title[: match.start()].split()) > 2:
        return title[: match.start()].strip()
    return title


def _whole(title: str, stated: list[str], headings: list[str]) -> str:
    """The same headline from a place that has not cut it short."""
    stem = _CUT.sub("", title)
    wanted = key(stem)
    if stem != title:
        longer = [t for t in (*stated, *headings) if len(key(t)) > len(wanted) and key(t).startswith(wanted)]
        return min(longer, key=len, default=title) if len(wanted) >= _TELLING else title
    if len(title) < _CUT_LENGTH:
        return title
    # Without dots only a cut in the middle of a word is a sure sign.
    return next((t for t in stated if t.startswith(title) and t[len(title) : len(title) + 1].isalnum()), title)
