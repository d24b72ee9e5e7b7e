"""Who wrote a page: names of persons (or agencies), never "Admin", the site itself, or an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.clean import one_line
from pipeline.extract.names import is_person_like, name_key, tidy_names, undated
from pipeline.extract.page import Page
from pipeline.extract.site import site_keys

_AUTHOR_META = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author",
    "byl", "dc.contributor", "article:author_name", "cxenseparse:author", "article.author", "author_name", "og:author",
    "twitter:data1",
)  # fmt: skip
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line\w*|author(?:s|-?names?|__name|_name|-?link)?|autor(?:en?|es)?|auteurs?|autore|"
    r"article-author|post-author|entry-author|signature|firma|contributors?|writer|reporter|journalist)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOT_BYLINE = re.compile(
    r"comment|related|bio|avatar|image|photo|social|follow|sidebar|share|description|box|widget|teaser|quote|role|"
    r"title|caption|more|list",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"comment|related|sidebar|teaser|recommend|carousel|card|promo", re.IGNORECASE)
_MAX_NAME = 70
_MOST_MARKED = 20
"""Elements marked as author: more of them are those of a list of articles."""


def find_authors(page: Page) -> tuple[str, ...]:
    """The authors in the order in which the page names them; empty where it names none."""
    sites = site_keys(page)
    stated = tidy_names(_from_jsonld(page), sites)
    for source in (_from_meta, _from_links, _from_byline):
        if stated and source is _from_links:
            return stated
        names = tidy_names(source(page, sites), sites)
        if not stated and names:
            stated = names
            if source is not _from_meta:
                return stated
        elif _says_more(names, stated):
            stated = names
    return stated


def _says_more(names: tuple[str, ...], than: tuple[str, ...]) -> bool:
    """Are these all of those and others, every one written as persons are? Some systems state the first author only."""
    return {name_key(n) for n in than} < {name_key(n) for n in names} and all(map(is_person_like, names))


def _from_jsonld(page: Page) -> Iterator[str]:
    found = list(jsonld.people(page.article.get("author") or page.article.get("creator"), page.by_id))
    persons = [name for name, is_organisation in found if not is_organisation]
    yield from persons or [name for name, _ in found]


def _from_meta(page: Page, sites: list[str]) -> Iterator[str]:
    for name in _AUTHOR_META:
        values = page.meta.get(name, [])
        if name == "twitter:data1" and not _labels_author(page):
            continue
        if tidy_names(values, sites):
            yield from values
            return


def _labels_author(page: Page) -> bool:
    """``twitter:data1`` is a value of anything: its label says of what."""
    label = (page.first_meta("twitter:label1") or "").casefold()
    return label in ("written by", "geschrieben von", "escrito por", "écrit par", "scritto da", "author", "by")


def _from_links(page: Page, _sites: list[str]) -> Iterator[str]:
    """Elements that are marked as the author, outside lists of other articles."""
    found = 0
    for element in page.tree.iter("a", "span", "p", "div", "address"):
        marked = (
            "author" in (element.get("rel") or "").lower().split()
            or (element.get("itemprop") or "").lower() == "author"
        )
        if marked and not _beside(element):
            named = element.find(".//*[@itemprop='name']")
            text = one_line((named if named is not None else element).text_content()[:1000])
            found += 1
            if found > _MOST_MARKED:
                return
            if len(text) < 2 * _MAX_NAME:
                yield undated(text)


def _from_byline(page: Page, sites: list[str]) -> Iterator[str]:
    """The first element whose class says byline or author, outside comments and related boxes."""
    for element in page.tree.iter("span", "p", "div", "a", "li", "address", "h3", "h4", "h5", "strong", "cite"):
        marker = element.get("class") or ""
        if not marker or not _BYLINE_CLASS.search(marker) or _NOT_BYLINE.search(marker) or _beside(element):
            continue
        text = one_line(element.text_content()[:1000])
        if 3 < len(text) < 120:
            links = [one_line(a.text_content()) for a in element.iter("a") if a is not element]
            names = [t for t in links if 3 < len(t) < _MAX_NAME]
            # Behind a bar stand places and agencies, not further authors.
            found = names or [undated(text).split("|")[0]]
            if tidy_names(found, sites):
                yield from found
                return


def _beside(element: HtmlElement) -> bool:
    for up in element.iterancestors():
        if up.tag in ("aside", "footer", "nav") or (
            up.tag not in ("body", "html", "main", "article") and _BESIDE.search(up.get("class") or "")
        ):
            return True
    return False
