"""Who wrote a page: names of persons (or agencies), never "Admin", the site itself, or an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.clean import one_line
from pipeline.extract.page import Page, host
from pipeline.extract.title import site_names

_AUTHOR_META = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author",
    "byl", "dc.contributor", "article:author_name", "cxenseparse:author",
)  # fmt: skip
_NOBODY = frozenset(
    line.strip()
    for line in """
        admin|administrator|administrador|super user|root|user|test|guest|none|null|undefined|anonymous|unknown
        no author|editor|editors|the editors|editorial|editorial team|editorial staff|staff|staff writer|staff writers
        staff reporter|redaktion|die redaktion|redaktionen|redaksjonen|onlineredaktion|webredaktion|toimitus
        redakcja|redakce|redaction|rédaction|la rédaction|redacción|la redacción|redacao|redação|redazione
        la redazione|redactie|de redactie|webmaster|web|web desk|web admin|site admin|website|wordpress|internet
        online|online desk|news|news desk|newsdesk|newsroom|nachrichten|press office|pressoffice|press release
        marketing|communication|communications|team|author|authors|anonymous author|guest author|autor|auteur
        not specified
    """.replace("\n", "|").split("|")
)
_PREFIX = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|article|report|interview|photos?)\s+)?"
    r"(?:by|par|por|door|autorin|autor|author|authors|auteur|autore|text|texto|texte|tekst)\s*[:\s]\s*",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:von|di|da|av|af|od|fra|från)\s+(?=\S+\s+\S)", re.IGNORECASE)
"""The same word begins surnames ("Di Maria"), so a given name and a surname must follow."""
_SPLIT = re.compile(
    r"\s*(?:;|\||•|·|/|&|\n|、|，|,(?!\s*(?:jr|sr|ph\.?d|m\.?d|md|phd|esq|iii|ii)\b))\s*|\s+(?:and|und|et|y|e|en|"
    r"och|og|oraz|with|ja|и)\s+",
    re.IGNORECASE,
)
_LEADING_AND = re.compile(r"^(?:and|und|et|y|e|en|och|og)\s+", re.IGNORECASE)
_DESK = re.compile(r"\b(?:desk|team|newsroom|redaktion|redacción|rédaction|redazione|redactie)$", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|\S+@\S+\.\w|^@|\.(?:com|org|net|de|eu)\b(?!\w)", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:correspondents?|reporters?|editors?|columnists?|contributors?|producers?|journalists?|writers?|"
    r"analysts?|staff|bureau|"
    r"redakteur(?:in)?|korrespondent(?:in)?|periodista|journaliste|director|manager|professor of|fellow|chief)\b",
    re.IGNORECASE,
)
_PAREN = re.compile(r"\s*[(\[].*?[)\]]\s*")
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|author(?:s|-?name|__name|_name)?|autor|auteur|autore|article-author|post-author|"
    r"entry-author)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOT_BYLINE = re.compile(
    r"comment|related|bio|avatar|image|photo|social|follow|sidebar|share|description|box|widget|teaser", re.IGNORECASE
)
_LETTER = re.compile(r"[^\W\d_]")
_MAX_NAME = 70


def find_authors(page: Page) -> tuple[str, ...]:
    """The authors in the order in which the page names them; empty where it names none."""
    sites = {_key(n) for n in site_names(page)} | {_key(host(page.url)), _key(host(page.url).split(".")[0])}
    for source in (_from_jsonld, _from_meta, _from_links, _from_byline):
        names = tidy_names(source(page), sites)
        if names:
            return names
    return ()


def tidy_names(raw: Iterable[str], sites: Iterable[str] = ()) -> tuple[str, ...]:
    """Split lists of names, cut "By", roles and brackets, drop what names nobody; duplicates fold. ``sites`` are keys
    not to accept.
    """
    unwanted = set(sites)
    kept: dict[str, str] = {}
    for text in raw:
        for name in _split(text):
            key = _key(name)
            if key and key not in unwanted and _names_somebody(name):
                kept.setdefault(key, name)
    return tuple(kept.values())


def _from_jsonld(page: Page) -> Iterator[str]:
    yield from jsonld.people(page.article.get("author") or page.article.get("creator"), page.by_id)


def _from_meta(page: Page) -> Iterator[str]:
    for name in _AUTHOR_META:
        values = page.meta.get(name, [])
        if tidy_names(values):
            yield from values
            return


def _from_links(page: Page) -> Iterator[str]:
    for element in page.tree.iter("a", "span", "p", "div", "address"):
        marked = (
            "author" in (element.get("rel") or "").lower().split()
            or (element.get("itemprop") or "").lower() == "author"
        )
        if marked and not _beside(element):
            named = element.find(".//*[@itemprop='name']")
            yield one_line((named if named is not None else element).text_content())


def _from_byline(page: Page) -> Iterator[str]:
    """The first element whose class says byline or author, outside comments and related boxes."""
    for element in page.tree.iter("span", "p", "div", "a", "li", "address", "h3", "h4", "h5", "strong"):
        marker = element.get("class") or ""
        if not marker or not _BYLINE_CLASS.search(marker) or _NOT_BYLINE.search(marker) or _beside(element):
            continue
        text = one_line(element.text_content())
        if 3 < len(text) < 120:
            links = [one_line(a.text_content()) for a in element.iter("a") if a is not element]
            names = [t for t in links if 3 < len(t) < _MAX_NAME]
            yield from names or [text]
            return


def _beside(element: HtmlElement) -> bool:
    for up in element.iterancestors():
        if up.tag in ("aside", "footer", "nav") or (
            up.tag not in ("body", "html") and re.search(r"comment|related|sidebar|teaser", up.get("class") or "")
        ):
            return True
    return False


def _split(text: str) -> Iterator[str]:
    text = _PAREN.sub(" ", one_line(text))
    if _ADDRESS.search(text) and " " not in text:
        return
    for part in _SPLIT.split(text):
        name = _PREFIX.sub("", _LEADING_AND.sub("", part.strip(" \t:-–—|,*'\"").lstrip(".")))
        name = _FROM.sub("", name) if name.split(" ", 1)[-1][:1].isupper() else name
        if name:
            yield name.strip(" .:-–—|,") if not re.search(r"\b(?:jr|sr)\.$", name, re.IGNORECASE) else name


def _names_somebody(name: str) -> bool:
    if not 2 <= len(name) <= _MAX_NAME or name.casefold() in _NOBODY or _ADDRESS.search(name) or _DESK.search(name):
        return False
    if len(name.split()) > 7 or not _LETTER.search(name) or sum(c.isdigit() for c in name) > 2:
        return False
    return not (_ROLE.search(name) and len(name.split()) <= 3)


def _key(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
