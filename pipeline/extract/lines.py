"""Lines of a read page that are none of its text: its headline and byline again, credits, and what asks for a click."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.dateparse import parse_date
from pipeline.extract.names import name_key
from pipeline.extract.site import key

_LINE = re.compile(
    r"^\W{0,3}(?:read (?:more|also|next|the full)\b|read our \b|see also\b|also (?:on|read)\b|related(?: (?:articles?|"
    r"stories|posts?|topics?|content|video))?\s*(?::|$)|more (?:from|on|about) \S+|"
    r"click here (?:to|for)\b|sign up (?:for|to|here)\b|subscribe (?:to|now|today|here)\b|"
    r"join our \b.{0,40}(?:forum|channel|group|newsletter|list)|"
    r"follow (?:us|me|\S+(?: \S+){0,3}) (?:on|at) (?:twitter|x|facebook|instagram|linkedin|tiktok|youtube|google)\b|"
    r"follow us (?:on|at)\b|share this\b|share (?:on|via) (?:facebook|twitter|x|linkedin|whatsapp)|print this\b|"
    r"advertisement\s*$|advertising\s*$|anzeige\s*$|publicité\s*$|publicidad\s*$|werbung\s*$|sponsored ads\s*$|"
    r"our standards: |want to bookmark your\b|to revisit this article\b|download (?:the|our) app\b|"
    r"get (?:the|our) app\b|main content\s*$|skip to \w|"
    r"all rights reserved\b|copyright \W?\s*\d{4}|[©™].{0,20}\d{4}|\(c\) \d{4}|"
    r"privacy policy\W?$|terms of (?:use|service)\W?$|"
    r"lesen sie (?:auch|mehr)\b|mehr zum thema\b|lire aussi\b|à lire aussi\b|lea también\b|lee también\b|"
    r"leggi anche\b|lees ook\b|les også\b|læs også\b|läs (?:också|mer)\b|leia (?:também|mais)\b|lue myös\b|"
    r"czytaj (?:też|także|również)\b|zobacz (?:także|też|również)\b|čtěte také\b|читайте также\b|читайте також\b|"
    r"ayrıca okuyun\b|baca juga\b|xem thêm\b|関連記事|相关阅读|延伸閱讀|관련기사|"
    r"abonnez-vous\b|suscríbete\b|image source,|image caption|"
    r"getty images$|loading\b.{0,30}\.\.\.$|loading\s*$|"
    r"the post .{3,200} (?:appeared first on|first appeared on) |"
    r"[\[【（(](?:责任)?编辑|【纠错】|\(?责编|\(end\)\s*$|\S+@\S+\.\w+\s*$)",
    re.IGNORECASE,
)  # fmt: skip
_CREDIT = re.compile(
    r"^\W{0,2}(?:photo(?:graph)?(?:s| credits?| by)?|image(?: credits?)?|pictures?|credits?|"
    r"illustration(?: by)?|foto(?:s|grafía)?|bild(?:quelle)?|crédits? photo|quelle|kuva|zdjęcie|фото)\s*(?:[:©/]|by\b)",
    re.IGNORECASE,
)
_AROUND_NAMES = re.compile(
    r"\b(?:by|von|par|por|door|di|updated|published|posted|on|at|am|pm|last|modified|aktualisiert|uhr|publié|"
    r"mis à jour|le|publicado|actualizado|el|min(?:ute)?s?|read|gmt|utc|[ap]\.m|est|edt|et|and|und|y)\b",
    re.IGNORECASE,
)
_MAX_LINE = 220
_MAX_CREDIT = 120
_FIRST = 4
"""Lines at the top, and at the end, in which headline and byline are looked for."""
_LETTER = re.compile(r"[^\W_]")


def without_lines(text: str, headlines: Sequence[str], authors: Sequence[str] = ()) -> str:
    """The text without its headline (as any of these), its byline, its credits and the lines that ask for a click, a
    share or a subscription.
    """
    lines = [line for line in text.split("\n") if not _is_foreign(line)]
    titles = {k for k in map(key, headlines) if k}
    names = [name_key(author) for author in authors]
    last = len(lines) - _FIRST
    kept = [
        line
        for number, line in enumerate(lines)
        if not (number < _FIRST and (key(line) in titles or _is_byline(line, names)))
        and not (number >= last and name_key(line) in names)
    ]
    return "\n".join(kept or lines)


def _is_foreign(line: str) -> bool:
    if not _LETTER.search(line):
        return True
    return len(line) <= _MAX_LINE and bool(_LINE.match(line) or (len(line) <= _MAX_CREDIT and _CREDIT.match(line)))


def _is_byline(line: str, names: Sequence[str]) -> bool:
    """A short line that names an author and little else, or is a date and nothing else."""
    if len(line) > _MAX_CREDIT:
        return False
    folded = name_key(_AROUND_NAMES.sub(" ", line))
    rest = folded
    for name in names:
        rest = rest.replace(name, "")
    if rest != folded and (len(rest) <= len(folded) - len(rest) or parse_date(line)):
        return True
    return sum(c.isalpha() for c in folded) <= 12 and parse_date(line) is not None
