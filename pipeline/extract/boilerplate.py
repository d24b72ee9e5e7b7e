"""What stands around an article: boxes taken out of the tree before its text is read, and lines taken out after.

Publishers name their boxes for their style sheets, and those names are much alike. A box is only taken out where most
of the page's paragraphs stand outside it, so that a badly chosen name never costs the article.
"""

from __future__ import annotations

import re
import unicodedata

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
    r"paywall-?(?:banner|message|prompt|overlay)|barrier-?page|regwall\w*|article-gating\w*|gated-overlay"
    r")(?:$|[\s_-])",
    re.IGNORECASE,
)
_KEEP = frozenset(("html", "body", "main", "article", "h1", "head", "title", "meta", "link", "script"))
_MOST = 0.4
"""Of the page's paragraph text: a box with more of it is no box."""

_LINE = re.compile(
    r"^(?:read (?:more|also|next|the full)\b|read our \b|see also\b|also (?:on|read)\b|related(?: (?:articles?|"
    r"stories|posts?|topics?|content|video))?\s*(?::|$)|more (?:from|on|about) \S+|"
    r"click here (?:to|for)\b|sign up (?:for|to|here)\b|subscribe (?:to|now|today|here)\b|"
    r"join our \b.{0,40}(?:forum|channel|group|newsletter|list)|follow us (?:on|at)\b|"
    r"share this\b|share (?:on|via) (?:facebook|twitter|x|linkedin|whatsapp)|print this\b|advertisement\s*$|"
    r"advertising\s*$|anzeige\s*$|publicité\s*$|publicidad\s*$|werbung\s*$|"
    r"our standards: |want to bookmark your\b|download (?:the|our) app\b|get (?:the|our) app\b|"
    r"all rights reserved\b|copyright \W?\s*\d{4}|©\s*\d{4}|"
    r"lesen sie (?:auch|mehr)\b|mehr zum thema\b|lire aussi\b|à lire aussi\b|lea también\b|lee también\b|"
    r"leggi anche\b|lees ook\b|les også\b|læs også\b|läs (?:också|mer)\b|leia (?:também|mais)\b|"
    r"czytaj też\b|zobacz także\b|abonnez-vous\b|suscríbete\b|image source,|image caption|"
    r"photo(?:graph)?(?: credit)?: |getty images$|loading\s*(?:\.\.\.)?$|"
    r"the post .{3,200} (?:appeared first on|first appeared on) )",
    re.IGNORECASE,
)  # fmt: skip
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|leadtext|standfirst|intro|chapo|ingress|vorspann|deck|dek)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MAX_NAME = 300
_MAX_LINE = 220
_LETTER = re.compile(r"[^\W_]")
_KEY = re.compile(r"[^\W_]+")


def prune(tree: HtmlElement) -> None:
    """Take the boxes around the article out of the tree, in place."""
    total = paragraph_length(tree)
    for element in list(
        tree.iter("div", "section", "aside", "ul", "ol", "p", "span", "nav", "figure", "dl", "form", "footer")
    ):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAME]
        if (
            len(name) > 1
            and _BOX.search(name)
            and _is_attached(element, tree)
            and not _holds_the_article(element, total)
        ):
            element.drop_tree()
    _drop_link_paragraphs(tree)
    _leads_to_paragraphs(tree)


def without_lines(text: str, title: str | None) -> str:
    """The text without its headline and the lines that ask for a click, a share or a subscription."""
    lines = [
        line for line in text.split("\n") if _LETTER.search(line) and not (len(line) <= _MAX_LINE and _LINE.match(line))
    ]
    headline = _fold(title or "")
    for i, line in enumerate(lines[:3]):
        if headline and _fold(line) == headline:
            del lines[i]
            break
    return "\n".join(lines)


def _holds_the_article(element: HtmlElement, total: int) -> bool:
    if next(element.iter("h1", "article", "main"), None) is not None:
        return True
    return paragraph_length(element) > total * _MOST


def paragraph_length(element: HtmlElement) -> int:
    """Characters in all paragraphs of an element."""
    return sum(len(p.text_content()) for p in element.iter("p"))


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


def _fold(text: str) -> str:
    return " ".join(_KEY.findall(unicodedata.normalize("NFKC", text).casefold()))
