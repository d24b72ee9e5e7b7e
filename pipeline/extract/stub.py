"""Pages that stand in front of a page: consent walls, paywall stubs, bot checks, redirects. Stored as such, not as
articles.
"""

from __future__ import annotations

import re

_SHORT = 900
"""Characters: an article longer than that is one, whatever else stands in it."""

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
        r"free articles? (?:left|remaining)",
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


def stub_reason(text: str, title: str | None, refreshes: bool) -> str | None:
    """Name what stands in the page's place, or None where the text is an article. ``refreshes``: the page has a meta
    refresh.
    """
    if len(text) > _SHORT:
        return None
    whole = f"{title or ''}\n{text}"
    for reason, pattern in _WALLS.items():
        if pattern.search(whole):
            return reason
    return "redirect" if refreshes and len(text) < 200 else None
