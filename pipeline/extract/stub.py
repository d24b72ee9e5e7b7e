"""Pages that stand in front of a page: consent walls, paywall stubs, bot checks, redirects. Stored as such, not as
articles.
"""

from __future__ import annotations

import re

from pipeline.extract.page import Page

_SHORT = 900
"""Characters: an article longer than that is one, whatever else stands in it."""
_TEASER = 1500
"""Of a page for subscribers: a text of that length that breaks off is what is shown to everybody."""
_CUT_OFF = re.compile(r"(?:\.{3}|…)\W{0,3}$|^$")
_CLOSED = 2000
"""Of a page for subscribers: with a wall's words in it, so much is a teaser still."""

_WALLS = {
    "consent wall": re.compile(
        r"(?:we|and our \d*\s*partners)\b.{0,80}\b(?:use|store|process)\b.{0,60}\bcookies|"
        r"accept (?:all )?cookies|cookie (?:consent|settings|policy)|your privacy choices|"
        r"before you continue|wir (?:und unsere partner )?(?:verwenden|nutzen|brauchen)\b.{0,60}(?:cookies|"
        r"zustimmung)|alle akzeptieren|"
        r"nous (?:et nos partenaires )?utilisons des cookies|continuer sans accepter|utilizamos cookies|"
        r"utilizziamo (?:i )?cookie|wij gebruiken cookies|"
        r"consent to (?:the )?(?:use|processing)|pur-abo|mit werbung weiterlesen",
        re.IGNORECASE | re.DOTALL,
    ),
    "paywall": re.compile(
        r"subscribe (?:now )?to (?:continue|read|keep)|to continue reading|this (?:article|content|"
        r"story) is (?:for|only|exclusive|available to)|already a (?:subscriber|member)\?|"
        r"register (?:for free )?to (?:continue|read)|sign in to (?:read|continue)|log in to (?:read|continue)|"
        r"jetzt weiterlesen|weiterlesen mit|nur für abonnenten|"
        r"réservé aux abonnés|lire la suite en vous abonnant|contenido exclusivo para suscriptores|"
        r"solo para suscriptores|contenuto riservato agli abbonati|"
        r"dit artikel is alleen voor abonnees|members[- ]only content|you have reached your (?:article )?limit|"
        r"free articles? (?:left|remaining)|有料会員|会員限定|続きを読む|残り\d+文字|仅限订阅|訂閱後|구독자 전용|"
        r"tylko dla prenumeratorów|dostęp do treści|pro předplatitele|för prenumeranter|for abonnenter|tilaajille|"
        r"только для подписчиков|conteúdo exclusivo para assinantes|diesen artikel (?:weiter)?lesen mit|"
        r"cet article est réservé|il vous reste \d+ ?% de cet article|sign up to read|subscribers? only|"
        r"subscribe for full access",
        re.IGNORECASE,
    ),
    "bot check": re.compile(
        r"checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|unusual traffic|"
        r"captcha|access (?:to this page has been )?denied|"
        r"enable javascript and cookies|request unsuccessful|incapsula|ddos protection by|attention required! \|"
        r" cloudflare|just a moment\.\.\.",
        re.IGNORECASE,
    ),
    "needs JavaScript": re.compile(
        r"(?:please )?(?:enable|activate|turn on) javascript|javascript (?:is )?(?:required|disabled|"
        r"not enabled)|requires javascript|you need to enable javascript",
        re.IGNORECASE,
    ),
    "error page": re.compile(
        r"^(?:error )?404\b|page (?:not|cannot be|could not be) found|seite nicht gefunden|page introuvable|"
        r"página no encontrada|pagina non trovata|pagina niet gevonden",
        re.IGNORECASE,
    ),
    "redirect": re.compile(
        r"you are being redirected|redirecting (?:you )?to|if you are not redirected", re.IGNORECASE
    ),
}


def locked(page: Page) -> bool:
    """Does the page itself say that it is for subscribers (``isAccessibleForFree``, the content tier)?"""
    free = page.article.get("isAccessibleForFree")
    tier = (page.first_meta("article:content_tier", "og:article:content_tier") or "").casefold()
    return free is False or str(free).strip().casefold() in ("false", "no", "0") or tier == "locked"


def stub_reason(text: str, title: str | None, *, refreshes: bool = False, closed: bool = False) -> str | None:
    """Name what stands in the page's place, or None where the text is an article.

    ``refreshes``: the page has a meta refresh; ``closed``: it says that it is for subscribers.
    """
    if closed and len(text) <= _TEASER and _CUT_OFF.search(text):
        return "paywall"
    if len(text) > (_CLOSED if closed else _SHORT):
        return None
    whole = f"{title or ''}\n{text}"
    for reason, pattern in _WALLS.items():
        if pattern.search(whole):
            return reason
    return "redirect" if refreshes and len(text) < 200 else None
