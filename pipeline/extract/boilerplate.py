"""What stands around an article: boxes taken out of the tree before its text is read.

Publishers name their boxes for their style sheets, and those names are much alike. A box is only taken out where most
of the page's paragraphs stand outside it, so that a badly chosen name never costs the article.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

_BOX = re.compile(
    r"(?:^|[\s_-])(?:"
    r"related(?:-?(?:articles?|posts?|stor(?:y|ies)|content|links?|news|items?|topics?))?|recirc\w*|"
    r"recommend(?:ed|ations?)?|read-?(?:more|next|also)|"
    r"more-?(?:from|stories|news|articles|on)|also-?(?:read|like)|most-?(?:read|popular|viewed)|"
    r"popular(?:-?(?:articles|posts))?|trending|"
    r"newsletters?\w*|sign-?up(?:-?(?:box|form))?|subscri(?:be|ption)-?(?:box|form|banner|cta|widget)?|"
    r"promo(?:-\w+)?|teaser-?(?:list|box)|"
    r"author-?(?:bio\w*|box|content|info|card|profile|description|about)|about-?(?:the-?)?author|"
    r"bio(?:graphy)?-?(?:box|text)|"
    r"share(?:-?(?:bar|box|buttons?|tools?|links?|icons?|widget|this))?|sharing|social(?:-?(?:share|sharing|"
    r"links?|media|icons?|buttons?|bar))?|addtoany\w*|sharedaddy|"
    r"breadcrumbs?|tag-?(?:list|cloud|links)|tags|post-?tags|comments?-?(?:area|section|list|form|link|count)?|"
    r"show-comments|disqus\w*|"
    r"cookie\w*|consent\w*|gdpr\w*|lightbox\w*|bookmark\w*|print-?(?:button|only)|skip-?links?|screen-reader-\w+|"
    r"visually-hidden|sr-only|"
    r"advert\w*|ad-?(?:slot|unit|container|wrapper|label)|sponsor(?:ed)?-?(?:content|links?)|outbrain\w*|"
    r"taboola\w*|jp-relatedposts|"
    r"current-?date|todays?-?date|date-?box|header-?date|top-?date|clock|weather\w*|"
    r"collections__\w+|pagination|post-navigation|nav-links|donat(?:e|ion)-?(?:box|banner|form)?|"
    r"comentarios?|kommentare?r?|commentaires|commenti|reacties|komentarze|relacionad[ao]s?|verwandt\w*|"
    r"(?:a-)?lire-?aussi|lea-tambien|leggi-anche|lees-ook|les-ogs[aå]|mehr-?zum-?thema|meistgelesen|mas-?leid[ao]s|"
    r"teilen|partage\w*|compart\w*|condivid\w*|deel-?knoppen|schlagw(?:o|oe|ö)rter|mots-?cles|etiquetas|"
    # Posts of social networks come as widgets; what their markup holds for browsers without scripts is no text of
    # the article.
    r"twitter-(?:tweet|video)|instagram-media|tiktok-embed|fb-(?:post|video)|reddit-(?:card|embed\w*)|"
    r"bluesky-embed|mastodon-embed|telegram-post|"
    r"paywall-?(?:banner|message|prompt|overlay)|barrier-?page|regwall\w*|article-gating\w*|gated-overlay"
    r")(?:$|[\s_-])",
    re.IGNORECASE,
)
_KEEP = frozenset(("html", "body", "main", "article", "h1", "head", "title", "meta", "link", "script"))
_MOST = 0.4
"""Of the page's paragraph text: a box with more of it is no box."""

_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|leadtext|standfirst|intro|chapo|ingress|vorspann|deck|dek)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MAX_NAME = 300
_MANY = 1_000
"""Paragraphs from which on they are not looked at one by one."""


def prune(tree: HtmlElement) -> None:
    """Take the boxes around the article out of the tree, in place."""
    lengths = paragraph_lengths(tree)
    most = lengths.get(tree, 0) * _MOST
    for element in list(
        tree.iter(
            "div", "section", "aside", "ul", "ol", "p", "span", "nav", "figure", "dl", "form", "footer", "blockquote"
        )
    ):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAME]
        if (
            len(name) > 1
            and _is_box(name)
            and lengths.get(element, 0) <= most
            and _is_attached(element, tree)
            and next(element.iter("h1", "article", "main"), None) is None
        ):
            element.drop_tree()
    _drop_link_paragraphs(tree)
    _leads_to_paragraphs(tree)


def paragraph_length(element: HtmlElement) -> int:
    """Characters in all paragraphs of an element."""
    return sum(len(p.text_content()) for p in element.iter("p"))


def paragraph_lengths(tree: HtmlElement) -> dict[HtmlElement, int]:
    """The same for each element that has any, in one pass where many paragraphs could stand deep in each other."""
    lengths: dict[HtmlElement, int] = {}
    paragraphs = list(tree.iter("p"))
    if len(paragraphs) <= _MANY:
        for paragraph in paragraphs:
            own = len(paragraph.text_content())
            for up in (paragraph, *paragraph.iterancestors()):
                lengths[up] = lengths.get(up, 0) + own
        return lengths
    for element in reversed(list(tree.iter())):
        if element.tag == "p":
            lengths[element] = lengths.get(element, 0) + len(element.text_content())
        up = element.getparent()
        if up is not None and (own := lengths.get(element, 0)):
            lengths[up] = lengths.get(up, 0) + own
    return lengths


@lru_cache(maxsize=50_000)
def _is_box(name: str) -> bool:
    """Do class and id say so? The pages of a site use the same few again and again."""
    return _BOX.search(name) is not None


def _is_attached(element: HtmlElement, tree: HtmlElement) -> bool:
    """Not inside a box that has gone already."""
    top = element
    while (up := top.getparent()) is not None:
        top = up
    return top is tree


def _drop_link_paragraphs(tree: HtmlElement) -> None:
    """Paragraphs that are one link and nothing else lead to other articles; where most paragraphs are so, it is the
    page's way.
    """
    paragraphs = [p for p in tree.iter("p") if len(p.text_content()) > 3]
    links = [p for p in paragraphs if _is_link(p)]
    if len(links) * 3 > len(paragraphs):
        return
    for paragraph in links:
        paragraph.drop_tree()


def _leads_to_paragraphs(tree: HtmlElement) -> None:
    """A standfirst that is a bare ``div`` becomes the paragraph that it is, so that the readers see it."""
    for element in tree.iter("div"):
        if len(element) == 0 and element.text and len(element.text) > 40 and _LEAD.search(element.get("class") or ""):
            element.tag = "p"


def _is_link(paragraph: HtmlElement) -> bool:
    inside = sum(len(a.text_content().strip()) for a in paragraph.iter("a") if a.get("href"))
    return inside > 12 and len(paragraph.text_content().strip()) - inside < 4
