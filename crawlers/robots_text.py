"""robots.txt made ready for Protego where it reads other than Google's reference parser does, within RFC 9309.

A group's name ends at its first blank (``User-agent: Foo Bar`` means Foo), and a line that nobody knows stands between
two ``User-agent`` lines as if it were not there.
"""

from __future__ import annotations

import re

from protego import Protego

KNOWN = ("user", "dis", "al", "site", "crawl", "request", "visit")
"""Beginnings of the names that Protego reads, its misspellings included."""
_LINE = re.compile(r"\s*([A-Za-z][A-Za-z_ -]*?)\s*:(.*)")
_AGENT = re.compile(r"user-?\s?agent", re.IGNORECASE)


def parse_robots(text: str) -> Protego:
    """The rules of a robots.txt; whatever stands in it."""
    return Protego.parse("\n".join(line for line in map(_ready, text.splitlines()) if line is not None))


def _ready(line: str) -> str | None:
    found = _LINE.match(line)
    if found is None:
        return line if line.strip() and not line.lstrip().startswith("#") else None  # Protego takes its time with those
    name, value = found[1], found[2].partition("#")[0].strip()
    if _AGENT.fullmatch(name):
        return f"User-agent: {value.split()[0] if value else ''}"
    return line if name.lower().startswith(KNOWN) else None
