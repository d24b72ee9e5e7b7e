"""When a page was published and last changed, with the place that says so.

Order of belief: JSON-LD, meta elements, a ``time`` element, the URL, the text (htmldate), and last what the feed
said. The date of the crawl is never an answer.
"""

from __future__ import annotations

import re

from htmldate import find_date
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.dateparse import parse_date
from pipeline.extract.page import Page, host

_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "og:published_time",
    "datepublished",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "citation_publication_date",
    "citation_date",
    "article:publication_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "published_date",
    "pubdate",
    "publication_date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "vr:published_time",
    "rnews:datepublished",
    "bt:pubdate",
    "dc.date",
    "dcterms.date",
    "iptc:publication_date",
    "article_date_original",
    "originalpublicationdate",
    "displaydate",
    "shareaholic:article_published_time",
    "last_published_date",
    "published_at",
    "created",
    "datecreated",
    "date",
    "dc:date",
    "ptime",
    "pdate",
    "last-published",
)
_MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "article:modified",
    "dcterms.modified",
    "dc.modified",
    "lastmod",
    "last-modified",
    "cxenseparse:recs:modifiedtime",
    "bt:moddate",
)
_URL_DAY = re.compile(
    # One separator throughout, or eight digits: /2018/12/slug must not be read as January, the second.
    r"/((?:19|20)\d\d)(?:([/_-])([01]?\d)\2([0-3]?\d)|([01]\d)([0-3]\d))(?!\d)"
)
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)/([01]\d)/")
_PUBLISH_CUE = re.compile(
    r"publi|posted|entry-date|pubdate|date|created|veröff|fecha|parution|datum|dato", re.IGNORECASE
)
_MODIFIED_CUE = re.compile(r"modif|updated?\b|aktualis|actualiz|mise.à.jour|bijgewerkt|last-change", re.IGNORECASE)
_LOOK_AHEAD = 250
"""Text nodes after the heading."""
_LONG_LINE = 100
_ASIDE = frozenset(("aside", "footer", "nav", "form"))
_ASIDE_CUE = re.compile(
    r"related|comment|sidebar|teaser|recommend|most-?read|latest|popular|widget|promo|listing|carousel", re.IGNORECASE
)


def stated_date(page: Page) -> tuple[str | None, str | None]:
    """(partial ISO date, where it stands) from what the page marks as its date, or (None, None)."""
    month_first = _american(page)
    stated = jsonld.date(page.article, "datePublished", "dateCreated", "uploadDate")
    if found := parse_date(stated, month_first=month_first):
        return found, "json-ld"
    if found := _from_meta(page, _PUBLISHED_META, month_first):
        return found, "meta"
    if found := _from_time(page.tree, month_first):
        return found, "time"
    return None, None


def searched_date(page: Page, hint: str | None) -> tuple[str | None, str | None]:
    """The same from the URL, the text (of a page without its boxes, which have dates of others) and the feed."""
    from_url = url_date(page.url)
    if from_url and len(from_url) == 10:
        return from_url, "url"
    if found := _near_heading(page.tree, _american(page)) or _from_text(page):
        return found, "text"
    if from_url:
        return from_url, "url"
    if found := parse_date(hint):
        return found, "feed"
    return None, None


def find_modified(page: Page, published: str | None) -> str | None:
    """The day of the last change that the page states; None where it states none or one before its publication."""
    found = parse_date(jsonld.date(page.article, "dateModified")) or _from_meta(page, _MODIFIED_META, _american(page))
    if found and published and found < published[: len(found)]:
        return None
    return found


def url_date(url: str) -> str | None:
    """A day, else a month, that the path of the URL spells out (``/2021/04/05/``, ``/20210405-``)."""
    path = url.split("://", 1)[-1].split("?", 1)[0]
    path = path[path.find("/") :] if "/" in path else ""
    if match := _URL_DAY.search(path):
        year, _, month, day, digits_month, digits_day = match.groups()
        if found := parse_date(f"{year}-{month or digits_month}-{day or digits_day}"):
            return found
    if match := _URL_MONTH.search(path):
        return parse_date(f"{match[1]}-{match[2]}")
    return None


def _from_meta(page: Page, names: tuple[str, ...], month_first: bool) -> str | None:
    for name in names:
        for value in page.meta.get(name, ()):
            if found := parse_date(value, month_first=month_first):
                return found
    return None


def _from_time(tree: HtmlElement, month_first: bool) -> str | None:
    """The first ``time`` (or ``itemprop=datePublished``) that belongs to the article itself; one marked as
    publication goes first.
    """
    fallback = None
    for element in tree.iter("time", "span", "div", "p", "abbr", "meta"):
        prop = (element.get("itemprop") or "").lower()
        if element.tag != "time" and prop not in ("datepublished", "datecreated"):
            continue
        if _in_aside(element):
            continue
        value = element.get("datetime") or element.get("content") or element.get("title") or element.text_content()
        found = parse_date(value, month_first=month_first) or parse_date(
            element.text_content(), month_first=month_first
        )
        if not found:
            continue
        cue = " ".join((prop, element.get("class") or "", element.get("pubdate", "")))
        if prop == "datemodified" or (_MODIFIED_CUE.search(cue) and not _PUBLISH_CUE.search(cue)):
            continue
        if prop == "datepublished" or "pubdate" in element.attrib or "publi" in cue.lower():
            return found
        fallback = fallback or found
    return fallback


def _in_aside(element: HtmlElement) -> bool:
    for up in element.iterancestors():
        if up.tag in _ASIDE or (
            _ASIDE_CUE.search(up.get("class") or "") and up.tag not in ("body", "html", "main", "article")
        ):
            return True
    return False


def _near_heading(tree: HtmlElement, month_first: bool) -> str | None:
    """The first day in a short text between the page's heading and the flow of its paragraphs: where a dateline
    stands.
    """
    heading = next(tree.iter("h1"), None)
    start = heading if heading is not None else next(tree.iter("article", "main"), None)
    if start is None:
        return None
    following = start.xpath("following::text() | descendant::text()")
    long = 0
    for text in following[:_LOOK_AHEAD]:
        line = text.strip()
        if len(line) > _LONG_LINE:
            long += 1
            if long > 2:
                return None
        elif len(line) >= 8 and (found := parse_date(line, month_first=month_first)) and len(found) == 10:
            return found
    return None


def _from_text(page: Page) -> str | None:
    try:
        found = find_date(page.tree, extensive_search=False, original_date=True, url=None, deferred_url_extractor=True)
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, LxmlError, RecursionError):
        return None  # htmldate meets odd pages too; a page without a date is an answer
    return parse_date(found)


def _american(page: Page) -> bool:
    """Does ``03/04/2021`` mean March? The page says en-US, or is on an American host."""
    language = (page.tree.get("lang") or page.first_meta("og:locale", "language") or "").lower().replace("_", "-")
    return language == "en-us" or (language in ("", "en") and host(page.url).endswith((".com", ".gov", ".us", ".edu")))
