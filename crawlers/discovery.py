"""What feeds, sitemaps and listings have in common: they name links, or they cannot be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a discovery document names, with what it says of it."""

    url: str
    """Absolute where the document gives a base; else as written."""
    title: str | None = None
    published: str | None = None
    """As written in the document, unparsed."""
    changed: str | None = None
    """When the page last changed (a sitemap's ``lastmod``), as written: orders a crawl, dates nothing."""
    promises_file: bool = False
    """Whether its text or its URL speaks of a file, although it has no file's ending."""


@dataclass(frozen=True, slots=True)
class Found:
    """Links of a discovery document: to documents, and to further discovery documents (next page, child sitemap)."""

    documents: tuple[Link, ...] = ()
    further: tuple[Link, ...] = ()
    guessed: bool = False
    """Whether `further` was made from a pattern, so that it may not be there."""
    note: str | None = None
    """What was wrong with it, where it could be read all the same."""
    digest: str | None = None
    """``sha256:<hex>`` of the entries of a feed."""


class UnreadableError(Exception):
    """A discovery document that cannot be read; the reason word of its outcome, and a detail for people."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
