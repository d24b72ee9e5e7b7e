"""When a page was published and last changed, with the place that says so.

Order of belief: JSON-LD, meta elements, a ``time`` element, the URL, the text (htmldate), and last what the feed
said. The date of the crawl is never an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from htmldate import find_date
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.dateparse import parse_date
from pipeline.extract.page import Page, host

Dated = tuple[str | None, str | None]
"""A partial ISO date and the place it was found in; both or neither."""

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
_TIME_PROPS = frozenset(("datepublished", "datecreated", "datemodified"))
_MOST_TIMES = 200
"""``time`` elements that are looked at: the article's own stand among the first."""
_MAX_WRITTEN = 300
_PUBLISHED_CUE = re.compile(
    r"^\W*(?:(?:date )?(?:first )?(?:published|posted|released|issued|created)(?: (?:on|at|date))?|publication date|"
    r"date|"
    r"publiée? le|mise? en ligne le|publicado (?:el|em)|fecha(?: de publicación)?|pubblicat[oa] il|data|"
    r"veröffentlicht(?: am)?|erschienen am|erstellt(?: am)?|datum|gepubliceerd(?: op)?|publicerad|publisert|udgivet|"
    r"julkaistu|opublikowano|data publikacji|publikováno|опубликовано|опубліковано|yayınlanma|diterbitkan)\b\s*:?\s*",
    re.IGNORECASE,
)
_CHANGED_CUE = re.compile(
    r"^\W*(?:last (?:updated?|modified|reviewed|changed)(?: on)?|updated(?: on| at)?|modified(?: on)?|"
    r"mise? à jour(?: le)?|"
    r"(?:última )?actualiza(?:do|ción)(?: el)?|atualizado em|aggiornat[oa] il|ultima modifica|(?:zuletzt )?aktualisiert"
    r"(?: am)?|letzte änderung|bijgewerkt(?: op)?|uppdaterad|oppdatert|opdateret|päivitetty|aktualizacja|aktualizováno|"
    r"обновлено|оновлено|güncelleme)\b\s*:?\s*",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^(?:[^\W\d_][\w .,'’/()-]{1,60}[,(–—-]\s*)?\(?((?:\w{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d)|"
    r"(?:\d{1,2}(?:st|nd|rd|th|\.)? (?:de )?\w{3,10}\.?,? (?:de )?(?:19|20)\d\d)|"
    r"(?:\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d))\)?\s*(?:[-–—:|/(]|$)"
)
_DATELINE_LINES = 5
_TEXT_TAGS = ("p", "span", "div", "em", "i", "small", "strong", "b", "time", "li", "td", "dd", "dt", "br", "label")
_SHORTEST = 8
_LOOK_AHEAD = 250
"""Text nodes after the heading."""
_LONG_LINE = 100
_ASIDE = frozenset(("aside", "footer", "nav", "form"))
_ASIDE_CUE = re.compile(
    r"related|comment|sidebar|teaser|recommend|most-?read|latest|popular|widget|promo|listing|carousel", re.IGNORECASE
)


def stated_date(page: Page) -> Dated:
    """(partial ISO date, where it stands) from what the page marks as its date, or (None, None)."""
    month_first = _american(page)
    stated = jsonld.date(page.article, "datePublished", "dateCreated", "uploadDate")
    if found := parse_date(stated, month_first=month_first):
        return _own_day(found, stated, page), "json-ld"
    if found := _from_meta(page, _PUBLISHED_META, month_first):
        return found, "meta"
    if found := _from_time(page.tree, month_first):
        return found, "time"
    return None, None


def _own_day(found: str, stated: str | None, page: Page) -> str:
    """The day at the publisher's, where JSON-LD gives the time in UTC and a meta element the same time in the zone of
    the publisher.
    """
    moment = _moment(stated)
    if moment is None or moment.utcoffset():
        return found
    for name in _PUBLISHED_META[:6]:
        for value in page.meta.get(name, ()):
            local = _moment(value)
            if local is not None and local.utcoffset() and abs((local - moment).total_seconds()) < 60:
                return local.date().isoformat()
    return found


def _moment(value: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((value or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def searched_date(page: Page, text: str, hint: str | None, *, large: bool = False) -> Dated:
    """The same from the URL, the page's text (its boxes away, they have dates of others) and the feed.

    ``text`` is the article as it was read; ``large`` pages are not searched node by node.
    """
    from_url = url_date(page.url)
    if from_url and len(from_url) == 10:
        return from_url, "url"
    american = _american(page)
    found = (
        _cued(page.tree, _PUBLISHED_CUE, american) or _near_heading(page.tree, american) or _dateline(text, american)
    )
    if found := found or (None if large else _from_text(page)):
        return found, "text"
    if from_url:
        return from_url, "url"
    if found := parse_date(hint):
        return found, "feed"
    return None, None


def find_modified(page: Page, published: str | None) -> Dated:
    """(day of the last change, where it stands) as the page states it; (None, None) where it states none, or one
    before its publication.
    """
    month_first = _american(page)
    for found, place in (
        (parse_date(jsonld.date(page.article, "dateModified"), month_first=month_first), "json-ld"),
        (_from_meta(page, _MODIFIED_META, month_first), "meta"),
        (_changed_time(page.tree, month_first), "time"),
        (_cued(page.tree, _CHANGED_CUE, month_first), "text"),
    ):
        if found:
            return (None, None) if published and found < published[: len(found)] else (found, place)
    return None, None


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
    for element, cue in _time_elements(tree):
        prop = (element.get("itemprop") or "").lower()
        if (prop == "datemodified" or (_MODIFIED_CUE.search(cue) and not _PUBLISH_CUE.search(cue))) or not (
            found := _time_value(element, month_first)
        ):
            continue
        if prop == "datepublished" or "pubdate" in element.attrib or "publi" in cue.lower():
            return found
        fallback = fallback or found
    return fallback


def _changed_time(tree: HtmlElement, month_first: bool) -> str | None:
    """The first ``time`` that is marked as that of the last change."""
    for element, cue in _time_elements(tree):
        if (element.get("itemprop") or "").lower() == "datemodified" or (
            _MODIFIED_CUE.search(cue) and not _PUBLISH_CUE.search(cue)
        ):
            return _time_value(element, month_first)
    return None


def _time_elements(tree: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Elements that hold a date of the page itself, each with the names it is marked with."""
    seen = 0
    for element in tree.iter("time", "span", "div", "p", "abbr", "meta"):
        prop = (element.get("itemprop") or "").lower()
        if element.tag != "time" and prop not in _TIME_PROPS:
            continue
        seen += 1
        if seen > _MOST_TIMES:
            return
        if not _in_aside(element):
            yield element, " ".join((prop, element.get("class") or "", element.get("pubdate", "")))


def _time_value(element: HtmlElement, month_first: bool) -> str | None:
    written = element.text_content()[:_MAX_WRITTEN]
    value = element.get("datetime") or element.get("content") or element.get("title") or written
    return parse_date(value, month_first=month_first) or parse_date(written, month_first=month_first)


def _in_aside(element: HtmlElement) -> bool:
    for up in element.iterancestors():
        if up.tag in _ASIDE or (
            _ASIDE_CUE.search(up.get("class") or "") and up.tag not in ("body", "html", "main", "article")
        ):
            return True
    return False


def _cued(tree: HtmlElement, cue: re.Pattern[str], month_first: bool) -> str | None:
    """The first day in a short text that says which day it is: "Published: 5 April 2021"."""
    for element in tree.iter(*_TEXT_TAGS):
        for piece in (element.text, element.tail):
            # Most pieces are white space or paragraphs: the length is the cheapest thing to look at.
            if piece is None or not _SHORTEST < len(piece) < _LONG_LINE * 2 or not (match := cue.match(piece)):
                continue
            said = piece[match.end() :].strip()
            found = parse_date(said[:40], month_first=month_first) if len(said) <= _LONG_LINE else None
            if found and len(found) == 10 and not _in_aside(element):
                return found
    return None


def _dateline(text: str, month_first: bool) -> str | None:
    """The day at the beginning of a press release: "LEUVEN, 5 April 2021 – The institute …"."""
    for line in text.split("\n", _DATELINE_LINES)[:_DATELINE_LINES]:
        if match := _DATELINE.match(line):
            found = parse_date(match[1], month_first=month_first)
            if found and len(found) == 10:
                return found
    return None


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
