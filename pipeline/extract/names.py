"""Bylines to names: lists are split; "By", roles, places, addresses and dates go; desks, "Admin" and the site itself
are nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.extract.clean import one_line
from pipeline.extract.dateparse import MONTHS
from pipeline.extract.site import initials

_NOBODY = frozenset(
    line.strip()
    for line in """
        admin|administrator|administrador|super user|root|user|test|guest|none|null|undefined|anonymous|unknown
        no author|editor|editors|the editors|editorial|redaktion|die redaktion|redaktionen|redaksjonen|onlineredaktion
        webredaktion|toimitus|redakcja|redakce|redaction|rédaction|la rédaction|redacción|la redacción|redacao|redação
        redazione|la redazione|redactie|de redactie|webmaster|web|web admin|site admin|website|wordpress|internet
        online|news|nachrichten|press office|pressoffice|press release|marketing|communication|communications|team
        author|authors|anonymous author|guest author|autor|auteur|autores|auteurs|not specified|n/a|by|share|follow
        view all posts|view profile|contact|email|twitter|facebook|read more|more by|ntb|noticias|actualités|wires
        wire services|agencies|agencias|agenturen|various|contributors|contributor|n.n|editorial board
    """.replace("\n", "|").split("|")
)
_PREFIX = re.compile(
    r"^(?:(?:written|posted|published|reported|reporting|edited|story|words|article|report|interview|photos?|analysis|"
    r"opinion|review|reviewed|compiled|escrito|publicado|publié|écrit|geschrieben|skrevet|scritto|geschreven)\s+)?"
    r"(?:by|par|por|door|autorin|autor(?:es|en)?|authors?|auteurs?|autor[ei]|text|texto|texte|testo|tekst|skribent|"
    r"journalist|автор|yazar|penulis|reporter|oleh)\s*[:\s]\s*",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:von|di|da|av|af|od|fra|från|door|de)\s+(?=\S+\s+\S)", re.IGNORECASE)
"""The same word begins surnames ("Di Maria"), so a given name and a surname must follow."""
_SPLIT = re.compile(
    r"\s*(?:;|•|·|\||/|\n|、|，|،|,(?!\s*(?:jr|sr|ph\.?d|m\.?d|md|phd|esq|iii|ii)\b))\s*|"
    r"\s+(?:and|und|et|och|og|oraz|with|ja|и|та|ve|dan|και)\s+",
    re.IGNORECASE,
)
_WEAK_SPLIT = re.compile(r"\s*&\s*|\s+(?:y|e|en|i|a)\s+")
"""Also parts of surnames ("Ortega y Gasset"): taken for separators between full names only."""
_ARTICLE = re.compile(r"^(?:the|der|die|das|la|le|el|il)\s+", re.IGNORECASE)
_LEADING_AND = re.compile(r"^(?:and|und|et|y|e|en|och|og|with|mit)\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:\S*|www\.\S+|\S+@\S+\.\w+|(?<!\w)@\w+", re.IGNORECASE)
_HOST = re.compile(r"^\S+\.[a-z]{2,6}$|\.(?:com|org|net|de|eu)\b(?!\w)", re.IGNORECASE)
_PAREN = re.compile(r"\s*[(\[][^()\[\]]{0,120}[)\]]?\s*")
_ROLE_WORD = (
    r"(?:correspondents?|reporters?|editors?|columnists?|contributors?|producers?|journalists?|writers?|authors?|"
    r"analysts?|photographers?|critics?|bureau|redakteur(?:in)?|korrespondent(?:in)?|periodistas?|journaliste|"
    r"redactora?|correspon[sd]al|director|manager|fellow|chief|specialist|presenter|newsreader|intern|editora?)"
)
_ROLE = re.compile(rf"\b{_ROLE_WORD}\b|\bprofessor of\b", re.IGNORECASE)
_MODIFIER = (
    r"(?:senior|staff|chief|deputy|assistant|associate|managing|executive|special|foreign|political|politics|science|"
    r"health|medical|business|economics?|technology|tech|environment|climate|education|sports?|world|news|digital|"
    r"national|international|local|culture|arts|legal|security|defen[cs]e|investigative|contributing|data|lead|"
    r"diplomatic|freelance|guest|online|home|social|affairs|europe|us|uk|washington|video|opinion|markets?|energy)"
)
_ROLE_BEFORE = re.compile(rf"^(?:{_MODIFIER}\s+){{0,3}}{_ROLE_WORD}\s+(?=\S+\s+\S)", re.IGNORECASE)
_ROLE_AFTER = re.compile(rf"^(\S+(?:\s+\S+){{1,3}}?)\s+(?:{_MODIFIER}\s+){{0,3}}{_ROLE_WORD}$", re.IGNORECASE)
_DESK = re.compile(
    r"\b(?:desk|team|staff|newsroom|editorial|redaktion|redacción|rédaction|redazione|redactie|redação|redakcja)\b|"
    r"\b(?:reporters|writers|editors|correspondents|agencies|wires|services|online|webdesk)$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"^(\S+\s+\S+.*?)\s+(?:in|for|from|at|für|pour|aus|para)\s+[^\W\d_].*$")
_AFTER_DASH = re.compile(r"\s+[-–—]\s+.*$|\s+(?:envoyée?s?|correspondante?s?|avec|mit)\s+\w.*$", re.IGNORECASE)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_DATED = re.compile(
    r"\s*[-–—|,·]*\s*(?:\b(?:updated|published|posted|modified|aktualisiert|veröffentlicht|publié|publicado|"
    rf"pubblicato|gepubliceerd|last)\b|{_MONTH}\.?\s+\d{{1,2}}(?!\d)|\d{{1,4}}\s*[./:-]\s*\d|\b(?:19|20)\d\d\b|"
    r"\d{1,2}\.?\s+\w{3,}).*$",
    re.IGNORECASE | re.DOTALL,
)
_MONTH_TAIL = re.compile(rf"\s*{_MONTH}\.?$", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_MAX_NAME = 70
_MAX_LIST = 600
"""Characters of one statement: a longer one is text, not a list of names."""


def tidy_names(raw: Iterable[str], sites: Iterable[str] = ()) -> tuple[str, ...]:
    """Split lists of names, cut "By", roles and brackets, drop what names nobody; duplicates fold. ``sites`` are keys
    not to accept.
    """
    unwanted = set(sites)
    kept: dict[str, str] = {}
    for text in raw:
        for name in _split(text):
            found = name_key(name)
            is_site = {found, name_key(_ARTICLE.sub("", name)), initials(name)} & unwanted
            if found and not is_site and names_somebody(name):
                kept.setdefault(found, name)
    return tuple(kept.values())


def undated(byline: str) -> str:
    """A byline without the date that stands behind its names, even glued to them ("Ada MarínMarch 4, 2024")."""
    cut = _DATED.sub("", byline)
    return _MONTH_TAIL.sub("", cut).strip() if cut != byline else byline


def is_person_like(name: str) -> bool:
    """Two to five words without digits or roles, each written as names are: what a list must be made of to be
    believed before another.
    """
    words = name.split()
    written = all(not w[:1].islower() or len(w) <= 4 for w in words)
    return 2 <= len(words) <= 5 and written and not _ROLE.search(name) and not any(c.isdigit() for c in name)


def names_somebody(name: str) -> bool:
    """Could it be a person's or an agency's name?"""
    folded, words = name.casefold(), name.split()
    if not 2 <= len(name) <= _MAX_NAME or folded in _NOBODY or _HOST.search(name) or _DESK.search(name):
        return False
    if len(words) > 7 or not _LETTER.search(name) or sum(c.isdigit() for c in name) > 2:
        return False
    if folded in MONTHS or (words[0].casefold() in MONTHS and words[-1].isdigit()):
        return False
    if len(words) > 3 and sum(w[0].islower() for w in words) * 2 > len(words):
        return False  # a clause
    return not _ROLE.search(name)


def name_key(name: str) -> str:
    """Letters and digits, case folded."""
    return "".join(c for c in name.casefold() if c.isalnum())


def _split(text: str) -> Iterator[str]:
    text = _ADDRESS.sub(" ", one_line(text[: 2 * _MAX_LIST])[:_MAX_LIST])
    for part in _SPLIT.split(_PAREN.sub(" ", text)):
        pieces = _WEAK_SPLIT.split(part)
        whole = len(pieces) > 1 and all(len(_bare(piece).split()) >= 2 for piece in pieces)
        for piece in pieces if whole else [part]:
            if name := _bare(piece):
                yield name


def _bare(part: str) -> str:
    """One name without what stands before and after it."""
    name = _PREFIX.sub("", _LEADING_AND.sub("", part.strip(" \t:-–—|,*'\"").lstrip(".")))
    name = _FROM.sub("", name) if name.split(" ", 1)[-1][:1].isupper() else name
    name = _ROLE_BEFORE.sub("", name.strip())
    name = _ROLE_AFTER.sub(r"\1", _ELSEWHERE.sub(r"\1", _AFTER_DASH.sub("", name)))
    return name.strip() if re.search(r"\b(?:jr|sr)\.$", name, re.IGNORECASE) else name.strip(" .:-–—|,")
