"""Dates and terms in a sentence, resolved against the publication date; a partial ISO date keeps its precision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {w: n for n, w in enumerate(_COUNTED, start=1)} | {"a": 1, "an": 1, "fifteen": 15, "twenty": 20}
_MONTH = (
    r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?"
    r"|aug(?:ust|\.)?|sep(?:t|tember|t?\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_COUNT = r"(?P<count>\d{1,3}|" + "|".join(_NUMBERS) + ")"

_BARE_YEAR = re.compile(rf"\b{_YEAR}\b")
_PATTERNS = [
    re.compile(rf"\b{_YEAR}-(?P<m>[01]\d)-(?P<day>[0-3]\d)\b"),
    re.compile(rf"(?<![\d.])(?P<day>[0-3]?\d)\.(?P<m>[01]?\d)\.{_YEAR}\b"),
    re.compile(rf"(?<![\d/])(?P<m>0\d|1[0-2])/{_YEAR}\b"),
    re.compile(rf"\b{_DAY}(?: of)?\s+{_MONTH},?\s+{_YEAR}\b", re.I),
    re.compile(rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b", re.I),
    re.compile(rf"\b{_MONTH},?(?: of)?\s+{_YEAR}\b", re.I),
    re.compile(rf"\b{_MONTH}(?: of)? (?P<which>last|this) year\b", re.I),
    re.compile(rf"\b{_DAY}(?: of)?\s+{_MONTH}\b", re.I),
    re.compile(rf"\b{_MONTH}\s+{_DAY}\b", re.I),
    re.compile(
        rf"\b(?:in|since|of|by|from|early|late|mid|last|this|until)[ -](?:the \w+ of )?"
        rf"{_MONTH}(?!\w|,?\s(?:19|20)\d\d)",
        re.I,
    ),
    re.compile(
        r"\b(?P<word>today|yesterday|(?:this|last|earlier this|late last) (?:week|month|year)|a year ago)\b", re.I
    ),
    re.compile(r"\b(?P<season>(?:this|last|earlier this|late last) (?:spring|summer|autumn|fall|winter))\b", re.I),
    re.compile(
        r"(?<!later )\b(?:in|since|during|early in|late in) (?:the )?(?P<season>spring|summer|autumn|winter)\b"
        r"(?!,? (?:of )?\d)",
        re.I,
    ),
    re.compile(rf"\b(?:last|on|this) (?P<weekday>{'|'.join(_DAYS)})\b", re.I),
    re.compile(rf"\b{_COUNT} (?P<unit>years?|months?|weeks?|days?) ago\b", re.I),
    _BARE_YEAR,
]
_AFTER = re.compile(rf"\b{_COUNT} years? (?P<way>later|earlier|before|after)\b", re.I)
"""A year told by its distance from the one named before: "in 2021 …, and a year later"."""
_MOST_YEARS = 100
_RANGE = re.compile(r"\s?[-–—/]\s?\d")
_OF_TIME = re.compile(
    r"(?:\b(?:in|since|of|from|early|late|mid|during|spring|summer|autumn|fall|winter|and|year)[ -]"
    r"|^\W*|[(\[:]\s?|[–-]\s)$",
    re.I,
)
"""A bare year counts after a word of time, or first in a line; "Hackathon 2023" is a name."""
_FUTURE = re.compile(
    r"(?:\b(?:until|till|through|up to|by|ends? in|expires? in|runs? to|to|for|horizon|vision|deadline)|(?<=\w)\s?[–-])"
    r"\s*(?:the end of\s*)?(?:(?:early|mid|late|spring|summer|autumn|winter)[ -])?$"
    r"|\b(?:over|during|throughout|for) the (?:first|second|third|fourth|last|rest|remainder|course)"
    r"(?: (?:half|quarter|months|weeks))? of (?:the year )?$",
    re.I,
)
_TERM = re.compile(
    rf"(?<![\w-])(?:{_COUNT}|(?P<another>another|further|next|additional|more))"
    r"(?:[ -](?:more|further|additional|full|calendar))?[ -](?P<unit>years?|months?|decade)\b"
    r"(?! ago| old|-old| later| earlier)",
    re.I,
)
_TERM_CUE = re.compile(
    r"\b(?:for|over|next|spend|spends|spending|within|during|lasts?|lasting|runs?|term:?|period:?|duration:?|running|by|another|further|additional|an?|the|covers?"
    r"|their|its|spans?|first|of|initial|runs? for|running for)\W*$",
    re.I,
)
_DECADE = re.compile(r"\b(?:next|last|a|another|for the) decade\b", re.I)
_UNTIL = re.compile(
    rf"\b(?:until|till|through|to run to|runs? to|expires? in|ends? in)\s+(?:the end of\s+)?(?:{_MONTH}\s+)?{_YEAR}\b",
    re.I,
)

_FROM_TO = re.compile(
    r"\b(?:from|starting|between|runs?|running|(?:the )?(?:period|years|timeframe):?)\s+(?:in\s+|from\s+)?"
    rf"{_MONTH}?\s*{_YEAR}"
    r"\s*(?:to|until|till|through|and|-|–|—)\s*(?:the end of\s+)?"
    + _MONTH.replace("<month>", "<last_month>") + r"?\s*" + _YEAR.replace("<year>", "<last_year>") + r"\b",
    re.I,
)  # fmt: skip
"""A term given by its two ends: "runs from 2023 to 2026", "from October 2020 until September 2025"."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A partial ISO date with the characters of the sentence that give it."""

    iso: str
    start: int
    end: int


def find_dates(sentence: str, published: str | None) -> list[Dated]:
    """All dates of a sentence that lie in the past of `published` or carry their own year, in text order."""
    found: list[Dated] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            if any(match.start() < d.end and d.start < match.end() for d in found):
                continue
            if _FUTURE.search(sentence[: match.start()]) or _RANGE.match(sentence, match.end()):
                continue
            if match.re is _BARE_YEAR and not _OF_TIME.search(sentence[: match.start()]):
                continue
            iso = _resolve(match.groupdict(), published)
            if iso:
                found.append(Dated(iso, match.start(), match.end()))
    found += _counted(sentence, found)
    return sorted(found, key=lambda d: d.start)


def _counted(sentence: str, found: Sequence[Dated]) -> list[Dated]:
    """Years that are counted from the date named before them: "joined in 2021, and B followed a year later"."""
    counted = []
    for match in _AFTER.finditer(sentence):
        before = [date for date in found if date.end <= match.start()]
        if before and _number(match["count"]) <= _MOST_YEARS:
            years = _number(match["count"]) * (1 if match["way"].lower() in ("later", "after") else -1)
            counted.append(Dated(str(int(before[-1].iso[:4]) + years), match.start(), match.end()))
    return counted


@dataclass(frozen=True, slots=True)
class Term:
    """A term in months with the characters of the sentence that give it."""

    months: int
    start: int
    end: int


def find_terms(sentence: str, published: str | None, signed: str | None = None) -> Iterator[Term]:
    """Terms of up to fifty years, whatever they are terms of: spans of time first, then ends."""
    for match in _TERM.finditer(sentence):
        if "-" not in match.group() and not _TERM_CUE.search(sentence[max(0, match.start() - 40) : match.start()]):
            continue
        count = _number(match["count"]) if match["count"] else 1
        unit = match["unit"].lower()
        yield from _term(count * (120 if unit == "decade" else 12 if unit.startswith("year") else 1), match)
    for match in _DECADE.finditer(sentence):
        yield from _term(120, match)
    for match in _FROM_TO.finditer(sentence):
        months = (int(match["last_year"]) - int(match["year"])) * 12
        if match["month"] and match["last_month"]:
            months += _month(match["last_month"]) - _month(match["month"]) + 1  # both months are part of it
        yield from _term(months, match)
    start = signed or published
    if not start or _FROM_TO.search(sentence):
        return
    for match in _UNTIL.finditer(sentence):
        month = _month(match["month"]) if match["month"] else 12
        months = (int(match["year"]) - int(start[:4])) * 12 + month - (int(start[5:7]) if len(start) > 4 else 12)
        yield from _term(months, match)


def _term(months: int, match: re.Match[str]) -> Iterator[Term]:
    if 0 < months <= 600:
        yield Term(months, match.start(), match.end())


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _month(word: str) -> int:
    return next(n for n, name in enumerate(_MONTHS, start=1) if name.startswith(word.lower().rstrip(".")[:3]))


def _resolve(parts: dict[str, str | None], published: str | None) -> str | None:
    number = int(parts["m"] or 0) if parts.get("m") else _month(parts["month"] or "") if parts.get("month") else None
    if parts.get("year"):
        return _iso(int(parts["year"] or 0), number, int(parts["day"] or 0) if parts.get("day") else None)
    if not published:
        return None
    if number and parts.get("which"):
        return _iso(int(published[:4]) - (str(parts["which"]).lower() == "last"), number, None)
    if number:
        return _before(published, number, int(parts["day"] or 0) if parts.get("day") else None)
    return _relative(parts, published)


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    if month is None:
        return f"{year:04}"
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year:04}-{month:02}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return f"{year:04}-{month:02}"


def _before(published: str, month: int, day: int | None) -> str | None:
    """The last such month or day that is not after the publication."""
    year = int(published[:4])
    iso = _iso(year, month, day)
    return _iso(year - 1, month, day) if iso is not None and iso[: len(published)] > published[: len(iso)] else iso


def _relative(parts: dict[str, str | None], published: str) -> str | None:
    if parts.get("season"):
        return _season((parts["season"] or "").lower(), published)
    word, unit = (parts.get("word") or "").lower(), (parts.get("unit") or "").lower()
    if word.endswith("year") or word == "a year ago":
        return published[:4] if "this" in word else str(int(published[:4]) - 1)
    if len(published) >= 7 and (word.endswith("month") or unit[:1] in ("y", "m")):
        back = 0 if "this" in word else 1 if word else _number(parts["count"] or "1") * (12 if unit[0] == "y" else 1)
        at = int(published[:4]) * 12 + int(published[5:7]) - 1 - back
        return str(at // 12) if unit[:1] == "y" else _iso(at // 12, at % 12 + 1, None)
    return _by_day(parts, word, published) if len(published) == 10 else None


def _season(words: str, published: str) -> str | None:
    """The year of a season: last autumn is last year's until this year's has begun, "in autumn" as well."""
    if "this" in words or len(published) < 7:
        return published[:4] if "this" in words else None
    begins = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[words.rpartition(" ")[2]]
    over = begins + 3 if "last" in words else begins
    return str(int(published[:4]) - (int(published[5:7]) < over))


def _by_day(parts: dict[str, str | None], word: str, published: str) -> str | None:
    try:
        day = date.fromisoformat(published)
    except ValueError:
        return None
    if parts.get("weekday"):
        back = (day.weekday() - _DAYS.index((parts["weekday"] or "").lower())) % 7
        return (day - timedelta(days=back)).isoformat()
    if parts.get("unit"):
        days = _number(parts["count"] or "1") * (7 if (parts["unit"] or "")[0].lower() == "w" else 1)
        return (day - timedelta(days=days)).isoformat()
    if word == "today":
        return published
    if word == "yesterday":
        return (day - timedelta(days=1)).isoformat()
    return (day - timedelta(days=7)).isoformat()[:7] if "last week" in word else published[:7]
