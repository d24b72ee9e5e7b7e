"""The sample sites' content: Markdown files with a YAML head, read into pages. Everything is deterministic."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CONTENT = HERE / "content"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a sample site, as its content file says it."""

    id: str
    """Name of the content file, without suffix."""
    path: str
    title: str
    body: str
    """Markdown of a few forms: paragraphs, ``##`` headings, ``-`` lists, ``[text](url)``."""
    published: date | None = None
    modified: date | None = None
    date_in: str = "json-ld"
    """Where the page states its date: ``json-ld``, ``meta``, ``time``, ``url``, ``text``, ``none``."""
    section: str = ""
    summary: str = ""
    validators: str = "none"
    """What the server sends to let a crawler ask again cheaply: ``etag``, ``last-modified``, ``none``."""
    related: tuple[str, ...] = ()
    editions: tuple[int, ...] = (1, 2)
    """Editions of the site in which the page exists."""
    in_feed: bool = True
    in_archive: bool = True

    @property
    def html(self) -> str:
        """The body as HTML."""
        return to_html(self.body)


def load_pages(site: str, edition: int) -> dict[str, Page]:
    """Read the pages of a site as they are in an edition, in file order: {id: page}.

    ``X.edition2.md`` takes the place of ``X.md`` from edition 2 on. A page with ``copy_of: site/id`` has the body of
    that page.
    """
    pages: dict[str, Page] = {}
    for path in sorted((CONTENT / site).glob("*.md"), key=lambda p: (len(p.suffixes), p.name)):
        name, _, since = path.stem.partition(".edition")
        if not since or int(since) <= edition:
            pages[name] = _read(path, name, edition)
    return {name: page for name, page in pages.items() if edition in page.editions}


def _read(path: Path, name: str, edition: int) -> Page:
    _, head, body = path.read_text(encoding="utf8").split("---\n", 2)
    fields: dict[str, Any] = yaml.safe_load(head)
    copy_of = fields.pop("copy_of", None)
    if copy_of:
        site, _, original = copy_of.partition("/")
        body = load_pages(site, edition)[original].body
    for key in ("related", "editions"):
        if key in fields:
            fields[key] = tuple(fields[key])
    return Page(id=name, body=body.strip(), **fields)


def to_html(text: str) -> str:
    """Turn the body's Markdown into HTML."""
    return "\n".join(_block(block) for block in re.split(r"\n\n+", text.strip()))


def _block(block: str) -> str:
    if block.startswith("## "):
        return f"<h2>{_inline(block[3:])}</h2>"
    if block.startswith("- "):
        items = "\n".join(f"<li>{_inline(line[2:])}</li>" for line in block.splitlines())
        return f"<ul>\n{items}\n</ul>"
    return f"<p>{_inline(block)}</p>"


def _inline(text: str) -> str:
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', html.escape(text, quote=False))
