"""What is asked: the frozen `Query`, and the query language parsed to a tree. Pure functions; no index, no database.

The language: words, ``"phrases"``, ``AND OR NOT``, ``-word``, parentheses, ``prefix*`` and fields (`FIELDS`). Words
that stand side by side must all be found. ``docs/search.md`` explains it to users, with examples that are tests.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from dataclasses import field as declared
from datetime import MINYEAR, date, timedelta
from typing import Literal

MAX_LENGTH = 2000
"""Characters of a query; longer ones are refused."""
MAX_TERMS = 200
MAX_DEPTH = 40
MAX_OFFSET = 10_000
"""Hits that paging can skip; whoever wants more exports."""
MAX_LIMIT = 1000

TEXT_FIELDS = {"title": "title", "org": "names", "with": "partners"}
"""Fields that are searched by words: the user's name to the index's name."""
EXACT_FIELDS = {
    "theme": "theme",
    "kind": "kind",
    "agreement": "agreement",
    "source": "source",
    "country": "country",
    "lang": "language",
}
"""Fields whose value is one identifier."""
DATE_FIELDS = ("date", "since", "until")
FIELDS = (*TEXT_FIELDS, *EXACT_FIELDS, *DATE_FIELDS)


class QueryError(ValueError):
    """A mistake in a query: one line that says what is wrong and marks the place with ``>>``."""

    def __init__(self, problem: str, text: str = "", position: int | None = None) -> None:
        self.problem = problem
        self.position = position
        """Characters before the mistake; none where the whole query is meant."""
        super().__init__(
            problem if position is None else f"{problem}, at character {position + 1}: {mark(text, position)}"
        )


def mark(text: str, position: int, around: int = 30) -> str:
    """The part of the query around the mistake, on one line, with ``>>`` in front of it."""
    before, after = text[max(0, position - around) : position], text[position : position + around]
    cut_left, cut_right = "…" if position > around else "", "…" if len(text) > position + around else ""
    return " ".join(f"{cut_left}{before}>>{after}{cut_right}".split())


@dataclass(frozen=True, slots=True)
class Query:
    """A search: the text in the query language, filters from facets, order and place in the results.

    Values of one filter are alternatives; different filters must all hold. `organisations` and `with_` hold ids
    (digits) or names; `with_` means a party of an agreement that the document reports.
    """

    text: str = ""
    organisations: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    """Last day, included."""
    sort: Literal["relevance", "date"] = "relevance"
    limit: int = 20
    offset: int = 0
    facets: bool = True
    fold: bool = True
    """Show copies of one announcement as one hit."""

    def __post_init__(self) -> None:
        """Refuse what no search can answer."""
        if self.sort not in ("relevance", "date"):
            raise QueryError(f"cannot sort by {self.sort!r}: use relevance or date")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise QueryError(f"limit {self.limit} is not between 1 and {MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise QueryError(f"offset {self.offset} is not between 0 and {MAX_OFFSET}: narrow the search, or export it")
        if self.since and self.until and self.since > self.until:
            raise QueryError(f"since {self.since} is later than until {self.until}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or the beginning of one."""

    text: str
    prefix: bool = False
    field: str | None = None
    """A value of `TEXT_FIELDS`; none for title and text."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Exact:
    """An identifier in a field of `EXACT_FIELDS`."""

    field: str
    value: str
    at: int = declared(default=0, compare=False)
    """Where the value stands in the query."""


@dataclass(frozen=True, slots=True)
class Between:
    """Published from one day to another, both included; none is open."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Not:
    """The documents that the part does not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """What all parts match; every document where there are no parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part matches."""

    parts: tuple[Node, ...]


Node = Word | Phrase | Exact | Between | Not | And | Or


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<open>\() | (?P<close>\))
      | (?P<phrase>"[^"]*") | (?P<unclosed>"[^"]*\Z)
      | (?P<minus>-(?=[\w"(]))
      | (?P<field>[A-Za-z]+:(?=[^\s:/)]))
      | (?P<bare>(?i:{"|".join(FIELDS)}):)
      | (?P<word>[^\s()"]+)""",
    re.VERBOSE,
)
_QUOTES = str.maketrans("“”„«»\0", '""""" ')


def _tokens(text: str) -> list[_Token]:
    """Cut a query into tokens; every character belongs to one."""
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        kind, at = str(match.lastgroup), match.start()
        if kind == "unclosed":
            raise QueryError('the quotation mark is not closed: add a second "', text, at)
        if kind == "bare":
            raise QueryError(
                f"{match.group()} needs its value right behind the colon, without a blank", text, match.end()
            )
        if kind == "word" and match.group() in ("AND", "OR", "NOT"):
            kind = match.group().lower()
        if kind != "space":
            found.append(_Token(kind, match.group(), at))
    if len(found) > MAX_TERMS:
        raise QueryError(f"more than {MAX_TERMS} words and signs: shorten the query", text, found[MAX_TERMS].at)
    return found


def parse(text: str, today: date) -> Node:
    """Parse a query; an empty one matches everything.

    `today` is what ``since:30d`` counts from. Raises `QueryError`, never anything else.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text)} characters; the most is {MAX_LENGTH}")
    text = text.translate(_QUOTES)
    tokens = _tokens(text)
    if not tokens:
        return And(())
    parser = _Parser(text, tokens, today)
    node = parser.either(None, 0)
    if (rest := parser.peek()) is not None:
        raise QueryError("this parenthesis closes nothing", text, rest.at)
    return node


class _Parser:
    """Recursive descent over the tokens: OR binds weakest, then AND (also unwritten), then NOT."""

    def __init__(self, text: str, tokens: list[_Token], today: date) -> None:
        self.text, self.tokens, self.today, self.index = text, tokens, today, 0

    def peek(self) -> _Token | None:
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    def fail(self, problem: str, token: _Token | None) -> QueryError:
        return QueryError(problem, self.text, len(self.text) if token is None else token.at)

    def either(self, field: str | None, depth: int) -> Node:
        parts = [self.both(field, depth)]
        while (token := self.peek()) is not None and token.kind == "or":
            self.index += 1
            parts.append(self.both(field, depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self, field: str | None, depth: int) -> Node:
        parts = [self.negated(field, depth)]
        while (token := self.peek()) is not None and token.kind not in ("or", "close"):
            if token.kind == "and":
                self.index += 1
            parts.append(self.negated(field, depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negated(self, field: str | None, depth: int) -> Node:
        negative = False
        while (token := self.peek()) is not None and token.kind in ("not", "minus"):
            negative = not negative
            self.index += 1
        part = self.primary(field, depth)
        return Not(part) if negative else part

    def primary(self, field: str | None, depth: int) -> Node:
        token = self.peek()
        if token is None or token.kind in ("and", "or", "close"):
            found = "the query ends" if token is None else f"{token.text} stands"
            raise self.fail(f"{found} where a word or phrase is needed", token)
        self.index += 1
        if token.kind == "open":
            return self.group(token, field, depth)
        if token.kind == "field":
            return self.fielded(token, field, depth)
        phrase = token.kind == "phrase"
        return self.value(token, token.text[1:-1] if phrase else token.text, phrase, field)

    def group(self, token: _Token, field: str | None, depth: int) -> Node:
        if depth >= MAX_DEPTH:
            raise self.fail(f"more than {MAX_DEPTH} parentheses within each other", token)
        node = self.either(field, depth + 1)
        close = self.peek()
        if close is None or close.kind != "close":
            raise self.fail("this parenthesis is not closed", token)
        self.index += 1
        return node

    def fielded(self, token: _Token, outer: str | None, depth: int) -> Node:
        name = token.text[:-1].lower()
        if name not in FIELDS:
            hint = f"known are {', '.join(FIELDS)}; put quotation marks around a text with a colon"
            raise self.fail(f"there is no field {name!r} ({hint})", token)
        if outer is not None:
            raise self.fail(f"{name}: stands inside {outer}:( )", token)
        following = self.peek()
        if following is None or following.kind not in ("word", "phrase", "open", "minus"):
            raise self.fail(f"{name}: needs a value behind the colon", token)
        if following.kind == "minus":
            raise self.fail(f"write the minus sign before {name}:, not behind it", following)
        return self.primary(name, depth)

    def value(self, token: _Token, text: str, phrase: bool, field: str | None) -> Node:
        if field in DATE_FIELDS:
            try:
                return between(field, text, self.today)
            except (ValueError, OverflowError) as error:
                raise self.fail(str(error), token) from None
        if field in EXACT_FIELDS:
            return Exact(EXACT_FIELDS[field], text.strip().lower(), token.at)
        name = TEXT_FIELDS[field] if field else None
        if phrase:
            return Phrase(text, name)
        if not text.endswith("*"):
            return Word(text, field=name)
        stem = text.rstrip("*")
        if sum(character.isalnum() for character in stem) < 2:
            raise self.fail("a beginning needs at least two letters before the *", token)
        return Word(stem, prefix=True, field=name)


_AGO = re.compile(r"(\d{1,4})([dwmy])")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DATE_HELP = "is no date: write 2021, 2021-04, 2021-04-05, 30d, 6m or 2y"


def between(field: str | None, text: str, today: date) -> Between:
    """Read the value of ``date:``, ``since:`` or ``until:``; raises ValueError with a message for people."""
    text = text.strip()
    if field == "since":
        return Between(day(text, today, last=False), None)
    if field == "until":
        return Between(None, day(text, today, last=True))
    first, dots, second = text.partition("..")
    if not dots:
        if _AGO.fullmatch(text):
            return Between(day(text, today, last=False), today)
        return Between(day(first, today, last=False), day(first, today, last=True))
    if not first and not second:
        raise ValueError("a range needs at least one date: 2021..2023, 2021.. or ..2023")
    since = day(first, today, last=False) if first else None
    until = day(second, today, last=True) if second else None
    if since and until and since > until:
        raise ValueError(f"the range ends before it begins: {text}")
    return Between(since, until)


def day(text: str, today: date, *, last: bool) -> date:
    """First or last day of a partial ISO date, or the day that lies ``30d``, ``2w``, ``6m``, ``2y`` back."""
    if match := _AGO.fullmatch(text):
        days = int(match[1]) * _DAYS[match[2]]
        return today - timedelta(days=min(days, (today - date(MINYEAR, 1, 1)).days))
    match = _PARTIAL.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} {_DATE_HELP}")
    year, month, number = int(match[1]), match[2] and int(match[2]), match[3] and int(match[3])
    try:
        if number:
            return date(year, int(month or 1), number)
        if not last:
            return date(year, int(month or 1), 1)
        ending = int(month or 12)
        return date(year, ending, calendar.monthrange(year, ending)[1])
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError(f"{text!r} {_DATE_HELP}") from None
