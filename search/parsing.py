"""The query language, parsed to a tree. Pure functions; no index, no database.

The language: words, ``"phrases"``, ``AND OR NOT``, ``-word``, parentheses, ``prefix*``, ``fuzzy~``,
``"words apart"~5``, ``word NEAR org:name`` and fields (`search.query.FIELDS`). Words that stand side by side must all
be found.
``docs/search.md`` explains it to users, with examples that are tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from search.dates import between
from search.nodes import And, Exact, Near, Node, Not, Or, Phrase, Word
from search.query import DATE_FIELDS, EXACT_FIELDS, FIELDS, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, TEXT_FIELDS, QueryError


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<open>\() | (?P<close>\))
      | (?P<phrase>"[^"]*"(?:~\d{{1,2}}(?!\w))?) | (?P<unclosed>"[^"]*\Z)
      | (?P<minus>-(?=[\w"(]))
      | (?P<field>[A-Za-z]+:(?=[^\s:/)]))
      | (?P<bare>(?i:{"|".join(FIELDS)}):)
      | (?P<word>[^\s()"]+)""",
    re.VERBOSE,
)
_NEAR = re.compile(r"NEAR(?:/(\d{1,2}))?")
_FUZZY = re.compile(r"(.*\w)~([0-9]*)")
NEAR_WORDS = 10
"""Words that may stand between what NEAR joins, where the query does not say."""
MAX_EDITS = 2
_HALF = re.compile("[\ud800-\udfff]")
"""What such a byte becomes on a command line: half a surrogate pair, which no index can be asked for."""
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
        if kind == "word" and _NEAR.fullmatch(match.group()):
            kind = "near"
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
    if (half := _HALF.search(text)) is not None:
        raise QueryError("a byte that is no UTF-8: type the query anew", text, half.start())
    tokens = _tokens(text)
    if not tokens:
        return And(())
    parser = _Parser(text, tokens, today)
    node = parser.either(None, 0)
    if (rest := parser.peek()) is not None:
        raise QueryError("this parenthesis closes nothing", text, rest.at)
    return node


def plain_words(text: str) -> str:
    """What can be searched of a query with a mistake: its words alone, without signs, operators and field names."""
    words = re.findall(r"\w[\w.&'’/-]*", re.sub(r"\b[A-Za-z]+:(?=\S)", " ", text[:MAX_LENGTH]))
    kept = [word.strip(".-/'’&") for word in words if word not in ("AND", "OR", "NOT") and not _NEAR.fullmatch(word)]
    return " ".join(word for word in kept if word)[:MAX_LENGTH]


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
        token = self.peek()
        if token is not None and token.kind == "near":
            part = self.near(part, token, field, depth)
        return Not(part) if negative else part

    def near(self, first: Node, token: _Token, field: str | None, depth: int) -> Node:
        """What NEAR joins: a word or phrase, and another or an organisation, in either order."""
        self.index += 1
        second = self.primary(field, depth)
        if isinstance(first, Word | Phrase) and first.field is not None:
            first, second = second, first
        plain = isinstance(first, Word | Phrase) and first.field is None and not getattr(first, "prefix", False)
        if not plain or not isinstance(second, Word | Phrase) or second.field not in (None, "names"):
            hint = 'a word or phrase and another, or org:name, as in mou NEAR org:"EIT Health"'
            raise self.fail(f"{token.text} stands between {hint}", token)
        assert isinstance(first, Word | Phrase)
        given = _NEAR.fullmatch(token.text)
        apart = int(given[1]) if given and given[1] else NEAR_WORDS
        return Near(first.text, second.text, apart, organisation=second.field == "names")

    def primary(self, field: str | None, depth: int) -> Node:
        token = self.peek()
        if token is None or token.kind in ("and", "or", "near", "close"):
            found = "the query ends" if token is None else f"{token.text} stands"
            raise self.fail(f"{found} where a word or phrase is needed", token)
        self.index += 1
        if token.kind == "open":
            return self.group(token, field, depth)
        if token.kind == "field":
            return self.fielded(token, field, depth)
        if token.kind == "phrase":
            quoted, _, apart = token.text[1:].rpartition('"')
            return self.value(token, quoted, field, phrase=True, apart=int(apart[1:] or 0))
        return self.value(token, token.text, field)

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

    def value(self, token: _Token, text: str, field: str | None, *, phrase: bool = False, apart: int = 0) -> Node:
        if field in DATE_FIELDS:
            try:
                return between(field, text, self.today)
            except (ValueError, OverflowError) as error:
                raise self.fail(str(error), token) from None
        if field in EXACT_FIELDS:
            return Exact(EXACT_FIELDS[field], text.strip().lower(), token.at)
        name = TEXT_FIELDS[field] if field else None
        if phrase:
            return Phrase(text, name, apart)
        if fuzzy := _FUZZY.fullmatch(text):
            return self.fuzzy(token, fuzzy[1], fuzzy[2], name)
        if not text.endswith("*"):
            return Word(text, field=name, at=token.at)
        stem = text.rstrip("*")
        if sum(character.isalnum() for character in stem) < 2:
            raise self.fail("a beginning needs at least two letters before the *", token)
        return Word(stem, prefix=True, field=name, at=token.at)

    def fuzzy(self, token: _Token, text: str, edits: str, name: str | None) -> Node:
        """A word with its misspellings: one letter may differ in a short word, two in a longer one, or as given."""
        if len(text) < 4:
            raise self.fail("a word needs at least four letters before the ~", token)
        number = int(edits) if edits else (1 if len(text) < 8 else MAX_EDITS)
        if not 1 <= number <= MAX_EDITS:
            raise self.fail(f"write ~1 or ~{MAX_EDITS}: so many letters may differ", token)
        return Word(text, field=name, edits=number, at=token.at)
