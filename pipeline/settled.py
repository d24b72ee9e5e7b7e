"""What of a text counts as its text: not the clock, not the counters, not the box with other articles.

Pages show when they were rendered ("5 minutes ago"), how often they were read, and what else is on the site. All of
that differs on every visit. `settled` leaves it out, and only where it stands as such: in short lines, never in prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SHORT = 15
"""Words of a line that may be such a mark."""
TITLE = 20
"""Words of a line that may be the title of another article."""
TITLES = 15
"""Lines under a heading such as "Related articles" that are taken for titles."""

_NUMBER = r"\d+(?:[.,' ]\d{3})*(?:[.,]\d+)?\s?[kKmM]?"
_FEW = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a few|few|several)"
_AGO = "|".join((
    rf"\b(?:about\s+|over\s+)?{_FEW}\s*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|years?)\.?\s+ago\b",
    r"\bjust now\b|\bmoments ago\b",
    r"\bvor\s+(?:\d+|wenigen|ein(?:er|em)?|zwei|drei)\s+(?:Sekunden?|Minuten?|Stunden?|Tag(?:en)?|Wochen?|Monat(?:en)?|Jahr(?:en)?)\b",
    r"\bil y a\s+(?:\d+|une?|quelques|deux)\s+(?:secondes?|minutes?|heures?|jours?|semaines?|mois|ans?)\b",
    r"\bhace\s+(?:\d+|una?|unos|dos)\s+(?:segundos?|minutos?|horas?|días?|semanas?|mes(?:es)?|años?)\b",
    r"\b(?:\d+|una?|due)\s+(?:second[oi]|minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei])\s+fa\b",
    r"\b(?:\d+|een|enkele)\s+(?:seconden|minuten|minuut|uur|uren|dag(?:en)?|weken|maand(?:en)?)\s+geleden\b",
))  # fmt: skip
_READERS = (
    r"(?:page\s*)?views?|reads?|readers|likes?|comments?|reactions?|claps?|retweets|followers|Aufrufe|Kommentare?|Leser"
    r"|vues|lectures|commentaires?|visualizaciones|lecturas|comentarios?|visualizzazioni|letture|comment[oi]|weergaven"
    r"|reacties"
)
_MOVES = r"shares?|downloads?|visits?|hits|votes?"
_COUNT = "|".join((
    rf"\b{_NUMBER}\s+(?:{_READERS})\b",
    rf"\b(?:{_READERS})\s*[:(]\s*{_NUMBER}\)?",
    rf"\b(?:has been\s+|been\s+)?(?:viewed|read|shared|downloaded)\s+{_NUMBER}\s+times\b",
    r"\bno comments(?: yet)?\b|\bbe the first to comment\b",
    rf"\b{_NUMBER}[\s-]+min(?:ute)?s?\s+read\b|\breading time:?\s*{_NUMBER}\s*min(?:ute)?s?\b",
))  # fmt: skip
_MONTH = (
    r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|janv|févr|mars|avr|juin|juil|août|déc|ene|abr|ago|dic"
    r"|gen|mag|giu|lug|set|ott|mrt|mei)[^\W\d]{0,7}\.?"
)
_DAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|montag|dienstag|mittwoch|donnerstag|freitag"
    r"|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
)
_CLOCK = r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s*(?:uhr|utc|gmt|cet|cest|bst|[ecp][sd]t|z))?"
_DATE = (
    rf"(?:{_DAY}\.?,?\s+)?(?:(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th|\.|er)?(?:\s+of|\s+de)?\s+{_MONTH},?(?:\s+de)?\s+\d{{4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})"
    rf"(?:[T,\s]+(?:at\s+|um\s+|à\s+|-\s+)?{_CLOCK})?"
)
_LABEL = (
    r"(?:first\s+|last\s+|date\s+)?(?:published|publication date|posted|updated|modified|changed|reviewed|edited"
    r"|created|accessed|printed|retrieved|update|today is|as of|stand|aktualisiert"
    r"|zuletzt geändert|veröffentlicht|erstellt"
    r"|mis à jour|publié|mise à jour|actualizado|publicado|aggiornato|pubblicato|bijgewerkt|gepubliceerd)"
    r"(?:\s+(?:on|at|am|le|el|il|op|by))?"
)
_STAMP = rf"\b{_LABEL}\s*[:\-–—]?\s*(?:{_DATE}|{_AGO})"

_MARK = re.compile(rf"(?:{_STAMP}|{_AGO}|{_COUNT})", re.IGNORECASE)
_ALONE = re.compile(rf"(?:\b{_NUMBER}\s+(?:{_MOVES})\b|\b(?:{_MOVES})\s*[:(]?\s*{_NUMBER}\)?)", re.IGNORECASE)
"""Counters whose words also count other things ("100,000 shares"): only where nothing else is in the line."""
_HINT = re.compile(r"\d|\bago\b|\bnow\b|comment|\bvor\b|\bil y a\b|\bhace\b|\bfa\b|geleden", re.IGNORECASE)
_EDGE = re.compile(rf"\s*(?:{_DATE}|{_CLOCK})\s*", re.IGNORECASE)
_JOINS = re.compile(r"[\W_]+|\b(?:and|und|et|y|e|en)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"\W*(?:read (?:also|more|next)|see also|also read|related"
    r"(?: (?:articles?|news|stor(?:y|ies)|posts?|content|links?))?|more (?:news|stories|articles)"
    r"|you (?:may|might) also (?:like|be interested in)|recommended (?:for you|articles|reading)"
    r"|latest (?:news|articles|stories|posts)|most (?:read|popular|viewed)|trending(?: now)?|up next"
    r"|lesen sie auch|mehr zum thema|das könnte sie auch interessieren|verwandte artikel|meistgelesen"
    r"|(?:à )?lire aussi|articles liés|sur le même sujet|leer también|artículos relacionados|lee también"
    r"|leggi anche|articoli correlati|lees ook|gerelateerd)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[\s:.…»>→-]*")
_SENTENCE = re.compile(r"[.!?][\"'”’)\]]*$")


def settled(text: str) -> str:
    """The text without marks of the moment, white space as single blanks."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    kept = [_without_marks(line) for line in _without_edges(_without_related(lines))]
    return " ".join(line for line in kept if line)


def _without_marks(line: str) -> str:
    if not _is_short(line, SHORT) or not _HINT.search(line):
        return line
    rest = _MARK.sub(" ", line)
    alone = _ALONE.sub(" ", rest)
    if alone != line and not _JOINS.sub("", alone):
        return ""
    return line if rest == line else " ".join(rest.split())


def _without_edges(lines: Sequence[str]) -> Sequence[str]:
    """A bare date in the first or the last line is the page's clock; between others it may be what they tell."""
    first = 1 if len(lines) > 1 and _EDGE.fullmatch(lines[0]) else 0
    last = len(lines) - 1 if len(lines) > 1 + first and _EDGE.fullmatch(lines[-1]) else len(lines)
    return lines[first:last]


def _without_related(lines: Sequence[str]) -> list[str]:
    """Lines that lead to other articles; and the titles under a heading of that kind, until prose begins again."""
    kept: list[str] = []
    titles = 0
    for line in lines:
        found = _LEAD.fullmatch(line) if _is_short(line, TITLE) else None
        rest = found["rest"] if found else ""
        if found and _HEADING.fullmatch(rest):
            titles = TITLES
        elif found and rest.lstrip()[:1] in (":", "→", "»", ">"):
            continue
        elif titles and _is_title(line):
            titles -= 1
        else:
            titles = 0
            kept.append(line)
    return kept


def _is_short(line: str, words: int) -> bool:
    return len(line) <= 12 * words and line.count(" ") < words


def _is_title(line: str) -> bool:
    return _is_short(line, TITLE) and not _SENTENCE.search(line)
