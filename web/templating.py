"""The Jinja2 environment: everything is escaped, a name that is not there is an error."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.links import Address

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
KINDS = {
    "mou": "Memorandum of understanding",
    "collaboration": "Collaboration",
    "consortium": "Consortium",
    "membership": "Membership",
    "funding": "Funding",
    "licence": "Licence",
    "acquisition": "Acquisition",
    "joint-venture": "Joint venture",
}
"""Kinds of agreement as people read them."""
WHENCE = {
    "json-ld": "the page's structured data",
    "meta": "the page's metadata",
    "time": "a time element of the page",
    "url": "the address",
    "text": "the text",
    "pdf": "the file's properties",
    "office": "the file's properties",
    "feed": "the feed",
    "mail": "the e-mail's header",
}


def make_templates(folder: Path) -> Environment:
    """The environment over the folder's templates; autoescape is on for every file."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=number, plural=plural, day=day, moment=moment, agreement=agreement, words=words, whence=whence, host=host
    )
    made.globals["asset"] = _assets(folder.parent / "static")
    made.globals["address_of"] = Address
    return made


def _assets(folder: Path) -> Any:
    """Address of a static file with a mark of its content, so that browsers may keep it."""
    marks = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in folder.iterdir()}
    return lambda name: f"/static/{name}?v={marks[name]}"


def number(value: float) -> str:
    """``12,345``."""
    return f"{value:,.0f}"


def plural(count: int, noun: str, many: str | None = None) -> str:
    """``1 report``, ``2 reports``."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def day(partial: str | None) -> str:
    """A partial ISO date for people, to its own precision: ``2021``, ``Apr 2021``, ``5 Apr 2021``."""
    if not partial:
        return "no date"
    parts = str(partial).split("-")
    try:
        month = MONTHS[int(parts[1]) - 1] if len(parts) > 1 else ""
        return " ".join(filter(None, (str(int(parts[2])) if len(parts) > 2 else "", month, parts[0])))
    except (ValueError, IndexError):
        return str(partial)


def moment(value: datetime | None) -> str:
    """A time to the minute, UTC."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}, {value:%H:%M} UTC" if value else "never"


def agreement(kind: str) -> str:
    """A kind of agreement for people."""
    return KINDS.get(kind, words(kind))


def words(identifier: str) -> str:
    """An identifier as words: ``not-green`` becomes ``Not green``."""
    text = identifier.replace("-", " ").replace("_", " ")
    return text[:1].upper() + text[1:]


def whence(source: str | None) -> str:
    """Where a date was read from, for people."""
    return WHENCE.get(source or "", source or "nowhere")


def host(url: str) -> str:
    """The host of a URL."""
    return url.partition("://")[2].partition("/")[0] or url
