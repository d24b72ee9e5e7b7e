"""Boundaries of names after the guidelines: no article, bullet, possessive, quotation mark or next line's words."""

from __future__ import annotations

import re

_LEAD = re.compile(r"(?:(?:the|The|THE|a|A|an|An|our|Our|its|their|and|&|by|of|at|from|with|to|in|for)\s+|[^\w#(/])*")
_POSSESSIVE = re.compile(r"['’]s?$")
_TRAIL = re.compile(r"(?:\s+(?:and|of|for|the|in|at|with|by|to|is|has|will|&)|\s|[^\w\s).!+\]])$")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Inc|Ltd|Co|Corp|plc|S\.A|S\.p\.A|e\. ?V|N\.V|B\.V|U\.S|hf|ehf|s\.r\.o|a\.s)|\b[A-Z])\.$"
)
_LEGAL_FORM = re.compile(r",? (?:e\. ?V\.|S\.p\.A\.|[BN]\.V\.|S\.A\.|S\.r\.l\.|s\.r\.o\.)(?!\w)")
_RUMP = re.compile(r"(?<=\w\.)[^\W\d_]\.[\s,;]*")
"""The end of an abbreviation whose beginning a tokenizer cut off: the ``V.`` of ``e.V.``."""
_ABBREVIATION_ONLY = re.compile(
    r"(?:e\. ?V|S\.p\.A|B\.V|N\.V|S\.A|S\.r\.l|s\.r\.o|a\.s|U\.S|U\.K|St|Inc|Ltd|Co|Corp|Dr|Prof)\.?"
)
"""Legal forms and other abbreviations that are no name by themselves."""
MOST_CHARACTERS = 150
"""A longer span is no name."""


def repair(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the name's proper boundaries, or None if nothing that can be a name is left."""
    start, end = _one_line(text, start, min(end, start + 2 * MOST_CHARACTERS))
    if match := _LEAD.match(text, start, end):
        start = match.end()
    if match := _RUMP.match(text, start, end):
        start = match.end()
    end = _trail(text, start, end)
    if end > start and (match := _LEGAL_FORM.match(text, end)):
        end = match.end()
    name = text[start:end]
    if sum(map(str.isalnum, name)) < 2 or len(name) > MOST_CHARACTERS or not any(map(str.isalpha, name)):
        return None
    if _ABBREVIATION_ONLY.fullmatch(name):
        return None
    if not any(map(str.isupper, name)) and "." not in name:
        return None
    return start, end


def _one_line(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut at a blank line or where a list goes on; a single break inside a wrapped name stays."""
    name = text[start:end]
    for match in re.finditer(r"\s*\n\s*", name):
        after = name[match.end() :]
        if match.group().count("\n") > 1 or not after or not after[0].isalnum():
            return start, start + match.start()
    return start, end


def _trail(text: str, start: int, end: int) -> int:
    while True:
        name = text[start:end]
        match = _POSSESSIVE.search(name) or _TRAIL.search(name)
        if match is None and name.endswith(".") and not _ABBREVIATED.search(name):
            end -= 1
            continue
        if match is None and name.endswith(")") and name.count("(") < name.count(")"):
            end -= 1
            continue
        if match is None and name.count("(") > name.count(")"):
            end = start + name.rindex("(")
            continue
        if match is None:
            return end
        end = start + match.start()
